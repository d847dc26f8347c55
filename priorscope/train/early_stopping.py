"""Which evaluation was best, and when enough have passed without a better one."""

import math
from dataclasses import dataclass


@dataclass
class EarlyStopping:
    """The lowest validation loss so far.

    patience: how far, in steps or evaluations (whatever `at` counts), training goes on after the
        best evaluation.
    lowest: loss of the best evaluation; infinite before the first.
    best_at: when it was.
    """

    patience: int
    lowest: float = math.inf
    best_at: int = 0

    def improves(self, loss: float, at: int) -> bool:
        """Record an evaluation; whether it is the best so far. NaN never is."""
        if not loss < self.lowest:
            return False
        self.lowest, self.best_at = loss, at
        return True

    def should_stop(self, at: int) -> bool:
        """Whether `patience` has passed since the best evaluation."""
        return at - self.best_at >= self.patience
