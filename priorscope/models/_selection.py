"""Settings that an estimator chooses for itself: by cross-validation inside its training part."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from priorscope.models._span import span_of

FOLDS = 3
MANY = 3000  # examples of which one fold is enough
MIXTURES = np.array([0.02, 0.05, 0.1, 0.2, 0.4])  # with the uniform one: calibration will do so
PENALTIES = (1.0, 0.01, 0.1, 10.0, 100.0)  # C of logistic regression


class Selected:
    """Of several estimators the one that predicts held-out folds best, fitted again on all.

    Classifiers are judged by log loss, regressors by squared error. The choice is made once:
    another `fit`, with more examples, keeps it.

    Args:
        make: number of training examples -> candidates, not fitted; the first is taken where
            nothing can be compared, and a single one without a comparison.
        seed: decides the folds.
        rotates: whether candidates are linear with a penalty on squared weights, which are the same
            for rotated inputs and may be fitted in the span of sparse examples.
    """

    def __init__(
        self, make: Callable[[int], Sequence[Any]], seed: int, rotates: bool = False
    ) -> None:
        self.make, self.seed, self.rotates = make, seed, rotates
        self.chosen: int | None = None

    def fit(self, inputs: Any, targets: np.ndarray) -> "Selected":
        """Choose and fit; the rows of `inputs`, dense or sparse, are examples."""
        span = span_of(inputs) if self.rotates else None
        read = inputs if span is None else span.coordinates
        candidates = self.make(len(targets))
        if self.chosen is None:
            self.chosen = _chosen(candidates, read, targets, self.seed)
        self.best = candidates[self.chosen]
        fit_quietly(self.best, read, targets)
        if span is not None:
            span.bring_back(self.best)
        self.classes_ = getattr(self.best, "classes_", None)
        return self

    def __getstate__(self) -> dict[str, Any]:
        """What a fitted one is saved as: `make` is a function, and is not needed any more."""
        return {name: value for name, value in vars(self).items() if name != "make"}

    def predict(self, inputs: Any) -> np.ndarray:
        """(examples,) quantities."""
        return self.best.predict(inputs)

    def predict_proba(self, inputs: Any) -> np.ndarray:
        """(examples, classes), in the order of `classes_`."""
        return self.best.predict_proba(inputs)


def logistic(c: float, seed: int) -> Selected:
    """Softmax regression, from zero weights; C is `c`, or where that is 0 one of `PENALTIES`."""
    from sklearn.linear_model import LogisticRegression

    values = [c] if c else PENALTIES
    return Selected(lambda n: [LogisticRegression(C=v, max_iter=500) for v in values], seed, True)


def fit_quietly(estimator: Any, inputs: Any, targets: np.ndarray) -> None:
    """Fit; a solver that stops at its limit of iterations is a regularised one."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        estimator.fit(inputs, targets)


def _chosen(candidates: Sequence[Any], inputs: Any, targets: np.ndarray, seed: int) -> int:
    """Index of the candidate with the least loss on held-out folds."""
    from sklearn.base import clone, is_classifier

    if len(candidates) == 1:
        return 0
    loss = _log_loss if is_classifier(candidates[0]) else _squared_error
    totals = np.zeros(len(candidates))
    for train, held_out in _folds(targets, seed):
        if len(np.unique(targets[train])) < 2:
            continue
        for place, candidate in enumerate(candidates):
            trained = clone(candidate)
            fit_quietly(trained, inputs[train], targets[train])
            totals[place] += loss(trained, inputs[held_out], targets[held_out], targets)
    return int(totals.argmin())


def _folds(targets: np.ndarray, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """(train, held out) indices, spread evenly over the sorted targets."""
    shuffled = np.random.default_rng(seed).permutation(len(targets))
    ranks = np.empty(len(targets), dtype=int)
    ranks[shuffled[np.argsort(targets[shuffled], kind="stable")]] = np.arange(len(targets))
    folds = range(1 if len(targets) > MANY else FOLDS)
    return [(np.flatnonzero(ranks % FOLDS != f), np.flatnonzero(ranks % FOLDS == f)) for f in folds]


def _log_loss(estimator: Any, inputs: Any, targets: np.ndarray, every: np.ndarray) -> float:
    """Summed over the examples, in nats, with the mixture with the uniform that suits them.

    A class that the training folds lack has probability 0 before it.
    """
    if not len(targets):
        return 0.0
    p = estimator.predict_proba(inputs)
    columns = np.searchsorted(estimator.classes_, targets).clip(max=len(estimator.classes_) - 1)
    given = p[np.arange(len(targets)), columns]
    given = np.where(estimator.classes_[columns] == targets, given, 0.0)
    mixed = np.outer(1 - MIXTURES, given) + MIXTURES[:, None] / len(np.unique(every))
    return float((-np.log(mixed)).sum(axis=1).min())


def _squared_error(estimator: Any, inputs: Any, targets: np.ndarray, every: np.ndarray) -> float:
    return float(np.square(estimator.predict(inputs) - targets).sum()) if len(targets) else 0.0
