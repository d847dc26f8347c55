"""The plan of a training: how fast it learns at each step, when it is evaluated, when it ends."""

import math
from typing import Protocol, runtime_checkable

from priorscope.train.early_stopping import EarlyStopping
from priorscope.train.recipe import Recipe
from priorscope.train.schedules import PASSES, cosine, steps_per_evaluation, warm_up

LEAST = 150  # updates before validation may end the constant part,
LEAST_EPOCHS = 5  # and passes over the training part in addition
FIRST = 10  # update after which it is first evaluated, where evaluations are cheap
FIRST_PASSES = 20.0  # training is worth so many forward passes of the validation part by then
GROWTH = 1.25  # from one evaluation of the constant part to the next, in updates
BEYOND = 1.5  # the constant part ends so far behind its best evaluation
ANNEALING = 1.0  # updates of the annealing, as a share of those before it
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

    def goes_back(self, done: int) -> bool:
        """Whether training continues from the best evaluation; asked once after each one."""
        ...

    def ends(self, done: int) -> bool:
        """Whether no update follows."""
        ...


def make_plan(recipe: Recipe, examples: int, validation: int) -> TrainingPlan:
    """The recipe's plan for so many examples of the training and the validation part."""
    planned, batch = recipe.planned_steps(examples), min(recipe.batch, examples)
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

    def goes_back(self, done: int) -> bool:
        return False

    def ends(self, done: int) -> bool:
        return done >= self.planned or self._stopping.should_stop(done)


class PlateauPlan:
    """A constant rate until validation is past its best, then annealing from there.

    After a warm-up the rate is constant, and evaluations are GROWTH times as far apart each time.
    The constant part ends BEYOND times behind the best evaluation, but not before LEAST updates
    and LEAST_EPOCHS: the first evaluations lie a few updates apart, and with a small validation
    part chance alone would end it there. The network of the best evaluation is taken back and
    annealed linearly for ANNEALING times as many updates as it has had (warm-up, stable, decay: Hu
    et al. 2024, 4), and the best evaluation of the annealing is kept.
    """

    def __init__(self, planned: int, examples: int, batch: int, validation: int):
        self.planned = planned
        self.lowest, self.best_at, self.at_limit = math.inf, 0, False
        self._most = max(1, int(planned / (1 + ANNEALING)))
        self._least = LEAST + math.ceil(LEAST_EPOCHS * examples / batch)
        dear = math.ceil(FIRST_PASSES * validation / (PASSES * batch))
        first = max(1, min(max(FIRST, dear), self._most // 5))
        self._evaluations = [first]
        while self._evaluations[-1] < self._most:
            following = math.ceil(self._evaluations[-1] * GROWTH)
            self._evaluations.append(min(self._most, following))
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
        if not loss < self.lowest:
            return False
        self.lowest, self.best_at = loss, done
        return True

    def goes_back(self, done: int) -> bool:
        if self._turn is not None:
            return False
        is_past = done >= self._least and done >= BEYOND * self.best_at
        if not is_past and done < self._most:
            return False
        self.at_limit = not is_past
        self._turn = done
        wanted = max(1, math.ceil(ANNEALING * self.best_at))
        self._annealing = min(wanted, self.planned - done)
        if self._annealing:
            self.lowest = math.inf  # at the full rate a low loss is often a lucky one
        return self.best_at < done

    def ends(self, done: int) -> bool:
        return self._turn is not None and done >= self._turn + self._annealing
