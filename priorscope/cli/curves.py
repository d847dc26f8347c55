"""`priorscope curves`: forecasts, crossovers and data-equivalence from anybody's table."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from priorscope.cli.exit_codes import Exit
from priorscope.wording.language import Language, speak

_QUIET = 2.0  # seconds before progress is shown


def run(
    *files: Path,
    columns: str = "",
    metric: str | None = None,
    json_: Annotated[bool, Parameter(name="--json")] = False,
    page: Path | None = None,
    overwrite: Annotated[bool, Parameter(negative=())] = False,
    nats: bool = False,
    percent: bool = False,
    seed: int = 0,
    lang: Language | None = None,
) -> int:
    """Forecasts, crossovers and data-equivalence from learning curves in a table.

    Parameters
    ----------
    files
        CSV (or tab- or semicolon-separated, or a Markdown table) with a column for the training
        examples and one for the metric; learner, repeat, dataset and test_examples where there
        are any. Also wide tables, with a column per learner or per size, and what Weights &
        Biases or TensorBoard export (several files are joined).
    columns
        Which column is what, where its name doesn't tell: `n=train_size,learner=model`; roles
        are n, learner, repeat, dataset, test_examples and every metric.
    metric
        What the values of a wide table (one column per learner) are: accuracy, f1, loss, ...
    json_
        Print the result as JSON on stdout, and nothing else there.
    page
        Write a self-contained HTML page here.
    overwrite
        Replace the file that --page names, if it is there.
    nats
        Losses are in nats; they are turned into bits.
    percent
        Errors and scores are in percent; they are turned into shares.
    seed
        Of the perturbations that intervals are taken from.
    lang
        Language of what is said: en or ko (PRIORSCOPE_LANG, else en).
    """
    from priorscope.analysis.curves.run import CurveSettings, curves
    from priorscope.core.files import refuse_existing, write
    from priorscope.core.folders import refuse_overlap

    speak(lang)
    if not files:
        raise ValueError("Name at least one file: priorscope curves runs.csv.")
    if page is not None:
        refuse_overlap(files, page)
        refuse_existing(page, "--page", overwrite=overwrite)
    settings = CurveSettings(
        columns=parse_columns(columns), metric=metric, nats=nats, percent=percent, seed=seed
    )
    with _progress() as tell:
        result = curves(files, settings, progress=tell)
    if page is not None:
        from priorscope.report.curves_page import curves_page

        write(page, curves_page(result, ", ".join(file.name for file in files)))
        print(f"priorscope: wrote {page}", file=sys.stderr)
    if json_:
        whole = result[""] if list(result) == [""] else result
        print(json.dumps(whole, allow_nan=False, indent=1))
    else:
        from priorscope.cli.curves_text import show

        for name, match in result.items():
            show(Console(), name, match)
    return Exit.DONE


def parse_columns(text: str) -> dict[str, str]:
    """`n=train_size,learner=model` as role -> column."""
    out: dict[str, str] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        role, equals, column = (p.strip() for p in part.partition("="))
        if not (role and equals and column):
            raise ValueError(
                f"--columns takes ROLE=COLUMN, separated by commas, but one part is {part!r}."
            )
        out[role] = column
    return out


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A status line on stderr once the work has taken 2 s; plain lines if it is no terminal."""
    console, begun = Console(stderr=True), time.monotonic()
    status = console.status("") if console.is_terminal else None

    def tell(stage: str) -> None:
        if status is not None:
            status.update(f"{stage} …")
        elif time.monotonic() - begun > _QUIET:
            print(f"priorscope: {stage}", file=sys.stderr)

    if status is None:
        yield tell
    else:
        with status:
            yield tell
