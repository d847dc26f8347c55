"""`priorscope compare DATA`: which model is best on these data, how sure, what labels it saves."""

import time
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from priorscope.cli.exit_codes import Exit
from priorscope.experiments.settings import Settings

IMPORTED = [time.monotonic()]  # where the budget of a process's first command counts from


def run(
    data: str,
    /,
    *,
    config: Path | None = None,
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative="")] = False,
    details: Annotated[bool, Parameter(negative="")] = False,
    settings: Settings | None = None,
) -> int:
    """Compare models on DATA: which is best, how sure that is, and how many labels it saves.

    Parameters
    ----------
    data
        `digits`, `mnist1d` or another registered task; a folder or archive of images in one
        folder per class; .npz or .npy arrays; a .csv, .tsv, .jsonl or .parquet table; .ts or
        .arff series. `priorscope inspect DATA` shows how they are understood.
    config
        TOML file with the same keys as the flags; flags win.
    json_
        Print the summary as JSON on stdout, everything else on stderr.
    dry_run
        Print the plan and what it would cost, and train nothing.
    quiet
        No progress.
    details
        All tables, sentences and notes under the card.
    """
    from priorscope.data.existing import existing
    from priorscope.wording.language import speak

    started = IMPORTED.pop() if IMPORTED else time.monotonic()
    settings = settings or Settings()
    speak(settings.lang)
    existing(data)

    from priorscope.cli.dry_run import print_plan
    from priorscope.core.printable import json_line
    from priorscope.experiments.comparison import Comparison
    from priorscope.experiments.progress import console, watching
    from priorscope.wording.page import t
    from priorscope.wording.read import read_lines
    from priorscope.wording.summary import told

    say = console(to_stderr=json_)
    with watching(t("progress.reading"), quiet):
        comparison = Comparison.of(data, settings, started=started)
    read = comparison.data.examples.read
    if read is not None and not quiet and not dry_run:
        for line in read_lines(read):
            say.print(line, markup=False, highlight=False, soft_wrap=True)
    if dry_run:
        print_plan(comparison, say)
        return Exit.DONE
    with watching(t("progress.training"), quiet, advise=settings.limit is None) as show:
        trained = comparison.train(show)
    if not trained.is_last:
        say.print(t("shard.nothing", shard=settings.shard), highlight=False)
        return Exit.DONE
    summary = comparison.conclude(trained.course)
    if json_:
        print(json_line(told(summary)))
    else:
        from priorscope.report.terminal import print_summary

        print_summary(summary, say, details)
    if comparison.tracking is not None and not quiet:
        place = comparison.tracking.place
        say.print(t("log.done", place=place), markup=False, highlight=False, soft_wrap=True)
    return exit_code(summary, settings)


def exit_code(summary: dict[str, Any], settings: Settings) -> Exit:
    """Failures count before an ended budget, and that only where it left no answer."""
    if summary["failed"]:
        return Exit.SOME_FAILED
    unanswered = summary["answer"]["pick"] is None
    return Exit.BUDGET_ENDED if unanswered and settings.limit is not None else Exit.DONE
