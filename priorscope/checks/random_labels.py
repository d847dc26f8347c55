"""Random labels can't be compressed: they cost log2 K bits each, whatever learns them."""

import math
from dataclasses import dataclass

import numpy as np

from priorscope.checks import CHECKS, Check, CheckFigure
from priorscope.checks._small import small_runs
from priorscope.runs.experiment import Plan, Rows
from priorscope.runs.run import Run
from priorscope.tasks import Examples
from priorscope.tasks.digits import Digits

LEARNERS = ("linear", "mlp", "cnn", "gru", "vit")


@CHECKS.register
@dataclass(frozen=True, kw_only=True)
class RandomLabelsCheck(Check):
    """Bits per random label over log2 K, within 2%: calibration finds that nothing was learnt."""

    def plan(self) -> Plan:
        data = Digits().load()
        return Plan(tuple(run for name in LEARNERS for run in _runs(name, data)), (data,))

    def judge(self, rows: Rows) -> list[CheckFigure]:
        data = Digits().load()
        classes = len(data.class_names)
        figures = []
        for name in LEARNERS:
            bits = np.mean([rows[run]["block"]["bits"] for run in _runs(name, data)])
            title = f"{name}: bits per random label over log2 K"
            figures.append(CheckFigure(title, float(bits / math.log2(classes)), 0.98, 1.02))
        return figures


def _runs(learner: str, data: Examples) -> list[Run]:
    return small_runs(learner, data, "random-labels", 200, 400, range(3))
