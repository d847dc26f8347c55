"""What a comparison would do and cost: `--dry-run`."""

import time
from collections import defaultdict

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from priorscope.experiments.comparison import Comparison
from priorscope.runs.cost import TRAINING_SHARE, UPDATES_SHARE, describe_network, seconds_per_step
from priorscope.runs.planner import TOGETHER
from priorscope.runs.worker import prepare_process
from priorscope.wording import numbers as words
from priorscope.wording.page import plural, t
from priorscope.wording.read import read_lines

COLUMNS = ("learner", "parameters", "multiply_adds", "step", "runs", "seconds")


def print_plan(comparison: Comparison, console: Console) -> None:
    """One line per learner, and the time that all missing runs will take on this machine.

    With the time that it took until here, as a comparison starts alike, and that of a report.
    """
    start = time.monotonic() - comparison.started
    if (read := comparison.data.examples.read) is not None:
        for line in read_lines(read):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    prepare_process(1)
    signature = comparison.data.examples.signature
    missing = comparison.missing()
    seconds: dict[str, float] = defaultdict(float)
    runs: dict[str, int] = defaultdict(int)
    table = Table(*(t(f"dry.{name}") for name in COLUMNS))
    for learner in comparison.question.learners:
        if learner.model.trains_itself:  # how long that takes is known once it has
            count = sum(run.learner == learner for run in missing)
            table.add_row(escape(learner.text), "", "", "", str(count), "")
            continue
        together = TOGETHER // 2 if learner.model.vectorises else 1
        step = seconds_per_step(learner, signature, together)
        for run in missing:
            if run.learner == learner:
                examples = int(run.size * TRAINING_SHARE)
                steps = learner.recipe.planned_steps(examples)
                share = UPDATES_SHARE * learner.recipe.planned_share(examples)
                seconds[learner.text] += step * steps * share * run.tune
                runs[learner.text] += 1
        cost = describe_network(learner.model, learner.recipe.network_signature(signature))
        table.add_row(
            escape(learner.text),
            f"{cost['parameters']:,}",
            f"{cost['multiply_adds']:,}",
            f"{step * 1e3:.2f}",
            str(runs[learner.text]),
            f"{seconds[learner.text]:.0f}",
        )
    console.print(table)
    workers, question = max(1, comparison.workers), comparison.question
    report = comparison.report_seconds
    total = sum(seconds.values()) / workers + start + report
    count = len(comparison.runs)
    done = count - len(missing)
    console.print(
        t(
            "dry.runs_of",
            n=count,
            done=done,
            sizes=", ".join(f"{size:,}" for size in question.sizes),
            repeats=question.repeats,
            structures=", ".join(s.label for s in question.structures),
        )
    )
    told = {"time": total, "start": start, "report": report}
    told = {name: words.seconds(value) for name, value in told.items()}
    console.print(plural("dry.time", workers, **told))
    if own := [one.text for one in question.learners if one.model.trains_itself]:
        console.print(t("dry.untimed", learners=escape(", ".join(own))))
    if not comparison.settings.full_grid:
        limit = comparison.settings.limit
        ends = None if limit is None else words.seconds(limit.total_seconds())
        console.print(t("dry.race") if ends is None else t("dry.race_ends", time=ends))
