"""Random labels can't be compressed: they cost log2 K bits each, whatever learns them."""

import math
from dataclasses import dataclass

import numpy as np

from priorscope.checks import CHECKS, Check, Figure
from priorscope.checks._small import rows
from priorscope.tasks.digits import Digits

LEARNERS = ("linear", "mlp", "cnn", "gru", "vit")


@CHECKS.register
@dataclass(frozen=True, kw_only=True)
class RandomLabels(Check):
    """Bits per random label over log2 K, within 2%: calibration sees that nothing was learnt."""

    def figures(self) -> list[Figure]:
        data = Digits().load()
        return [
            Figure(
                f"{name}: bits per random label over log2 K", self._ratio(name, data), 0.98, 1.02
            )
            for name in LEARNERS
        ]

    def _ratio(self, learner: str, data) -> float:
        found = rows(learner, data, "random-labels", 200, 400, range(3))
        mean = np.mean([row["block"]["bits"] for row in found])
        return float(mean / math.log2(len(data.class_names)))
