"""Labels of known entropy: the linear model reaches it, and no learner goes below."""

import math
from dataclasses import dataclass

from priorscope.checks import CHECKS, Check, Figure
from priorscope.checks._small import rows
from priorscope.tasks.noise_labels import NoiseLabels

EXAMPLES, TESTS = 4000, 20_000


@CHECKS.register
@dataclass(frozen=True, kw_only=True)
class LabelEntropy(Check):
    """Bits per test label minus the entropy of a label given its input.

    The labels follow a linear rule and are then flipped with probability 0.1. From below the
    difference is bounded by chance: three standard errors of the mean of -log2 p over the test
    split, whose spread at p = 0.9 is 0.95 bits. From above by what 4,000 examples leave to learn.
    """

    def figures(self) -> list[Figure]:
        task = NoiseLabels(num_train=EXAMPLES, num_test=TESTS, flip=0.1)
        data = task.load()
        by_chance = 3 * 0.95 / math.sqrt(TESTS)
        figures = []
        for learner, excess in (("linear", 0.06), ("mlp", 0.12)):
            row = rows(learner, data, "intact", EXAMPLES, EXAMPLES, [0])[0]
            gap = row["test"]["bits"] - task.label_entropy
            name = f"{learner}: bits per label above the label entropy"
            figures.append(Figure(name, gap, -by_chance, excess))
        return figures
