"""Labels of known entropy: the linear model reaches it, and no learner goes below."""

import math
from dataclasses import dataclass

from priorscope.checks import CHECKS, Check, CheckFigure
from priorscope.checks._small import small_runs
from priorscope.runs.experiment import Plan, Rows
from priorscope.runs.run import Run
from priorscope.tasks import Examples
from priorscope.tasks.noise_labels import NoiseLabels

EXAMPLES, TESTS = 4000, 20_000
TASK = NoiseLabels(num_train=EXAMPLES, num_test=TESTS, flip=0.1)
EXCESS = {"linear": 0.06, "mlp": 0.12}  # bits that 4,000 examples leave to learn


@CHECKS.register
@dataclass(frozen=True, kw_only=True)
class LabelEntropy(Check):
    """Bits per test label minus the entropy of a label given its input.

    The labels follow a linear rule and are then flipped with probability 0.1. From below the
    difference is bounded by chance: three standard errors of the mean of -log2 p over the test
    split, whose standard deviation at p = 0.9 is 0.95 bits. From above by what 4,000 examples
    leave to learn.
    """

    def plan(self) -> Plan:
        data = TASK.load()
        return Plan(tuple(_run(name, data) for name in EXCESS), (data,))

    def judge(self, rows: Rows) -> list[CheckFigure]:
        data = TASK.load()
        by_chance = 3 * 0.95 / math.sqrt(TESTS)
        return [
            CheckFigure(
                f"{name}: bits per label above the label entropy",
                rows[_run(name, data)]["test"]["bits"] - TASK.label_entropy,
                -by_chance,
                excess,
            )
            for name, excess in EXCESS.items()
        ]


def _run(learner: str, data: Examples) -> Run:
    return small_runs(learner, data, "intact", EXAMPLES, EXAMPLES)[0]
