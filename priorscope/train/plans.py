"""The plan of a training: how fast it learns at each step, when it is evaluated, when it ends."""

import math
from typing import Protocol, runtime_checkable

from priorscope.train.early_stopping import EarlyStopping
from priorscope.train.recipe import Recipe
from priorscope.train.schedules import PASSES, cosine, steps_per_evaluation, warm_up

LEAST = 50  # updates before validation may end the constant part,
LEAST_ROOT = 72.0  # and in addition so many times the root of the updates that a pass takes
FIRST = 10  # update after which it is first evaluated, where evaluations are cheap
FIRST_PASSES = 20.0  # training is worth so many forward passes of the validation part by then
GROWTH = 1.25  # from one evaluation of the constant part to the next, in updates
WORTH = 0.03  # of the loss: an improvement that the constant part goes on for
BEYOND = 1.5  # the constant part ends so far behind the last one that was worth it
ANNEALED = (
    0.75,
    0.9,
    1.0,
)  # shares of the annealing after which it is evaluated: earlier it is noisy
LOWEST_RATE = 0.01  # at the end of the annealing, of the peak


@runtime_checkable
class TrainingPlan(Protocol):
    """Of one network; a function of the recipe, the sizes and its validation losses alone.

    planned: updates at most. lowest: validation loss of the best evaluation.
    best_at: updates made by then. at_limit: whether `planned` ended it while it still got better.
    """

    @property
    def planned(self) -> int: ...

    @property
    def lowest(self) -> float: ...

    @property
    def best_at(self) -> int: ...

    @property
    def at_limit(self) -> bool: ...

    def rate(self, step: int) -> float:
        """The learning rate of the update `step` (from 0), as a share of the peak."""
        ...

    def next_evaluation(self, done: int) -> int:
        """After how many updates it is evaluated next, `done` being behind it."""
        ...

    def improves(self, loss: float, done: int) -> bool:
        """Record the loss after `done` updates; whether it is the best so far. NaN never is."""
        ...

    def ends(self, done: int) -> bool:
        """Whether no update follows."""
        ...


def make_plan(recipe: Recipe, examples: int, validation: int) -> TrainingPlan:
    """The recipe's plan for so many examples of the training and the validation part."""
    planned, batch = recipe.planned_steps(examples), recipe.batch_size(examples)
    if recipe.plan == "cosine":
        return CosinePlan(planned, batch, validation, recipe.patience)
    return PlateauPlan(planned, examples, batch, validation)


class CosinePlan:
    """Warm-up and half a cosine over all planned updates; `patience` of them end it early."""

    def __init__(self, planned: int, batch: int, validation: int, patience: float):
        self.planned = planned
        self._every = steps_per_evaluation(planned, batch, validation)
        self._stopping = EarlyStopping(math.ceil(patience * planned))

    @property
    def lowest(self) -> float:
        return self._stopping.lowest

    @property
    def best_at(self) -> int:
        return self._stopping.best_at

    @property
    def at_limit(self) -> bool:
        return self.best_at == self.planned

    def rate(self, step: int) -> float:
        return cosine(step, self.planned) if step < self.planned else 0.0

    def next_evaluation(self, done: int) -> int:
        return min(self.planned, (done // self._every + 1) * self._every)

    def improves(self, loss: float, done: int) -> bool:
        return self._stopping.improves(loss, done)

    def ends(self, done: int) -> bool:
        return done >= self.planned or self._stopping.should_stop(done)


class PlateauPlan:
    """A constant rate until validation gets no better, then annealing.

    After a warm-up the rate is constant, and evaluations are GROWTH times as far apart each time.
    The constant part ends BEYOND times behind the last evaluation that was better by WORTH of the
    loss, but not before a least number of updates: the first evaluations lie a few updates apart,
    with a small validation part chance alone would end it there, and at the full rate the loss
    often stands still while what annealing makes of it gets better. Then the rate falls to nearly
    0, linearly, over as many updates as the constant part needed (warm-up, stable, decay: Hu et al.
    2024, 4), and the best evaluation of the annealing is kept.
    """

    def __init__(self, planned: int, examples: int, batch: int, validation: int):
        self.planned = planned
        self.lowest, self.best_at, self.at_limit = math.inf, 0, False
        self._most = max(1, planned // 2)
        least = LEAST + math.ceil(LEAST_ROOT * math.sqrt(examples / batch))
        self._least = min(least, self._most)
        dear = math.ceil(FIRST_PASSES * validation / (PASSES * batch))
        first = max(1, min(max(FIRST, dear), self._most // 5))
        self._evaluations = [first]
        while self._evaluations[-1] < self._most:
            following = math.ceil(self._evaluations[-1] * GROWTH)
            self._evaluations.append(min(self._most, following))
        self._level, self._level_at = math.inf, 0  # of the last evaluation that was worth it
        self._turn: int | None = None  # updates made when the annealing began
        self._annealing = 0

    def rate(self, step: int) -> float:
        if self._turn is None:
            return warm_up(step, self._most)
        left = 1 - (step - self._turn + 1) / self._annealing
        return max(LOWEST_RATE, left) if step < self._turn + self._annealing else 0.0

    def next_evaluation(self, done: int) -> int:
        if self._turn is None:
            return next(at for at in self._evaluations if at > done)
        at = [self._turn + math.ceil(share * self._annealing) for share in ANNEALED]
        return next((evaluation for evaluation in at if evaluation > done), at[-1])

    def improves(self, loss: float, done: int) -> bool:
        if self._turn is not None and self.best_at <= self._turn:
            self.lowest = math.inf  # at the full rate a low loss is often a lucky one
        is_best = loss < self.lowest
        if is_best:
            self.lowest, self.best_at = loss, done
        if self._turn is None:
            self._turn_if_past(loss, done)
        return is_best

    def _turn_if_past(self, loss: float, done: int) -> None:
        """Begin to anneal where nothing has got better for long enough, or no time is left."""
        if self._level - loss > WORTH * abs(loss):
            self._level, self._level_at = loss, done
        is_past = done >= self._least and done >= BEYOND * self._level_at
        if not is_past and done < self._most:
            return
        self.at_limit = not is_past
        self._turn = done
        self._annealing = min(max(self._least, self._level_at), self.planned - done)

    def ends(self, done: int) -> bool:
        return self._turn is not None and done >= self._turn + self._annealing
