"""A network in training: its validation losses say how it goes on, alone or in company."""

import dataclasses
import math

from torch import Tensor

from priorscope.train.plans import TrainingPlan
from priorscope.train.prefix import SplitPrefix, TrainingResult


@dataclasses.dataclass(eq=False, kw_only=True)
class Trainee:
    """The progress of one network.

    split: its prefix. plan: its rates and evaluations. result: what is handed back.
    """

    split: SplitPrefix
    plan: TrainingPlan
    result: TrainingResult

    def evaluated(self, loss: float, done: int) -> bool:
        """Record the validation loss after `done` updates; whether it is the best so far."""
        improved = self.plan.improves(loss, done)
        self.result.steps = done
        self.result.validation_loss = self.plan.lowest
        self.result.best_step = self.plan.best_at
        self.result.at_limit = self.plan.at_limit
        if math.isnan(loss):
            self.result.problem = f"the validation loss became NaN by step {done}"
        return improved

    def continues(self, done: int) -> bool:
        """Whether it goes on training."""
        return self.result.problem is None and not self.plan.ends(done)


@dataclasses.dataclass(eq=False, kw_only=True)
class Resident(Trainee):
    """What a population knows of one replica.

    start: first row of its prefix in the deck. row: of the population's tensors while it trains.
    encoded: targets of its prefix, as the loss takes them, on the device.
    """

    start: int
    row: int
    encoded: Tensor
