"""Who is invariant stays so: permuted positions for linear and mlp, permuted channels for all."""

from dataclasses import dataclass

import numpy as np

from priorscope.analysis.estimates import estimate
from priorscope.checks import CHECKS, Check, CheckFigure
from priorscope.checks._small import small_runs
from priorscope.runs.experiment import Plan, Rows
from priorscope.runs.run import Run
from priorscope.tasks import Examples
from priorscope.tasks.mnist1d import Mnist1d

LEARNERS = ("linear", "mlp")
STRUCTURES = ("permuted", "channels-permuted")
REPEATS = range(8)
SIZE, STOP = 400, 800


@CHECKS.register
@dataclass(frozen=True, kw_only=True)
class Nulls(Check):
    """Change of the bits per label, in half widths of its 95% interval; at most 1 either way."""

    def plan(self) -> Plan:
        runs = [run for case in _cases() for runs in case.values() for run in runs]
        return Plan(tuple(runs), tuple(_data().values()))

    def judge(self, rows: Rows) -> list[CheckFigure]:
        return [_null(case, rows) for case in _cases()]


def _data() -> dict[str, Examples]:
    """By the structure that is removed from them; one channel's order can't be changed."""
    series = Mnist1d().load()
    return {"permuted": series, "channels-permuted": _two_channels(series)}


def _cases() -> list[dict[str, list[Run]]]:
    """Structure -> runs: of each case intact first, then what must not matter."""
    return [
        {
            name: small_runs(learner, examples, name, SIZE, STOP, REPEATS)
            for name in ("intact", structure)
        }
        for structure, examples in _data().items()
        for learner in LEARNERS
    ]


def _null(case: dict[str, list[Run]], rows: Rows) -> CheckFigure:
    intact, changed = (
        np.array([rows[run]["block"]["bits"] for run in runs]) for runs in case.values()
    )
    change = estimate(changed - intact)
    assert change.center is not None
    assert change.high is not None
    run = list(case.values())[1][0]
    name = f"{run.learner.text}, {run.structure.label}: change of bits per label in half widths"
    return CheckFigure(
        f"{name} of its interval", change.center / (change.high - change.center), -1.0, 1.0
    )


def _two_channels(series: Examples) -> Examples:
    """The series and its steps from one point to the next, as two channels."""
    both = [
        np.concatenate([x, np.diff(x, axis=1, prepend=0)], axis=-1).astype(np.float32)
        for x in (series.inputs, series.test_inputs)
    ]
    return Examples(both[0], series.targets, both[1], series.test_targets, series.class_names)
