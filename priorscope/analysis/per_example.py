"""The noise that a finite test split leaves, from results example by example.

All learners are tested on the same examples: where they err on the same ones, their difference is
known better than each of them; where they err independently, its variance is the sum of theirs.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from jaxtyping import Float

from priorscope.analysis.table import RunTable

_MAIN = ("accuracy", "rmse")  # what tells whether members of a group err together
Load = Callable[[str], Mapping[str, np.ndarray] | None]  # digest -> what `Store` keeps beside a row


@dataclasses.dataclass(frozen=True)
class ByExample:
    """What every learner predicted of every test example, read when asked for.

    load: arrays of a run by its digest, None where there are none. targets: (examples,) classes
    as integers or quantities, in the order of the test split. groups: (examples,) int64, what
    belongs together, as the examples of one person: then groups are what was drawn independently.
    """

    load: Load
    targets: np.ndarray
    groups: np.ndarray | None = None

    def covariance(
        self, table: RunTable, metric: str, learners: Sequence[int], size: int
    ) -> Float[np.ndarray, "learners learners"] | None:
        """Covariance of the learners' means of a metric from the choice of test examples.

        metric: its key in rows; None comes back where it isn't a mean over examples. learners,
        size: indices in the table. Each learner's scores are averaged over the repeats that all of
        them have; None without such a repeat, or if a run has no results by example.
        """
        if "intact" not in table.structures:
            return None
        of = table.structures.index("intact")
        shared = [
            r
            for r in range(table.repeats)
            if all((i, of, size, r) in table.digests for i in learners)
        ]
        if not shared:
            return None
        means = []
        for i in learners:
            scores = [self.scores(table.digests[i, of, size, r], metric) for r in shared]
            usable = [each for each in scores if each is not None and np.isfinite(each).all()]
            if len(usable) < len(shared):
                return None
            means.append(np.mean(usable, axis=0))
        return covariance_of_means(np.stack(means), self.groups)

    def design_effect(self, table: RunTable) -> float:
        """By what groups multiply the variance of a mean over test examples, 1 or more.

        Of the learners' errors at the largest size that each has (Kish 1965, section 8.2); where
        members of a group are right or wrong together it nears the size of a group.
        """
        if self.groups is None or "intact" not in table.structures:
            return 1.0
        of = table.structures.index("intact")
        together = alone = 0.0
        for i in range(len(table.learners)):
            sizes = np.flatnonzero(table.done[i, of].any(axis=1))
            if not len(sizes):
                continue
            repeats = np.flatnonzero(table.done[i, of, sizes[-1]])
            digests = [table.digests[i, of, int(sizes[-1]), int(r)] for r in repeats]
            each = [self.scores(digest, metric) for digest in digests for metric in _MAIN]
            usable = [scores for scores in each if scores is not None]
            if usable:
                scores = np.mean(usable, axis=0)[None]
                together += float(covariance_of_means(scores, self.groups)[0, 0])
                alone += float(covariance_of_means(scores)[0, 0])
        return max(1.0, together / alone) if alone > 0 else 1.0

    def scores(self, digest: str, metric: str) -> Float[np.ndarray, " examples"] | None:
        """One run's contribution of each test example to a metric; their mean is the metric.

        Of the root of the mean squared error it is the linear part (the delta method).
        """
        arrays = self.load(digest)
        if arrays is None:
            return None
        own = {key.removeprefix("test."): a for key, a in arrays.items() if key[:5] == "test."}
        if not own or any(len(a) != len(self.targets) for a in own.values()):
            return None
        if metric in ("rmse", "mae", "r2"):
            return _of_quantities(metric, own, self.targets)
        return _of_classes(metric, own, self.targets)


def covariance_of_means(
    scores: Float[np.ndarray, "learners examples"], groups: np.ndarray | None = None
) -> Float[np.ndarray, "learners learners"]:
    """Covariance of the means over examples, or groups of them, that were drawn independently.

    groups: (examples,) int64; deviations are added within each (Liang & Zeger 1986).
    """
    centred = scores - scores.mean(axis=1, keepdims=True)
    examples = scores.shape[1]
    if groups is not None:
        _, place = np.unique(groups, return_inverse=True)
        centred = np.stack([np.bincount(place, weights=row) for row in centred])
    drawn = centred.shape[1]
    return centred @ centred.T * drawn / (max(drawn - 1, 1) * examples**2)


def _of_classes(
    metric: str, own: Mapping[str, np.ndarray], targets: np.ndarray
) -> np.ndarray | None:
    log2_p = own.get("log2_p")
    if metric == "bits":
        if log2_p is not None:
            return -log2_p[np.arange(len(targets)), targets].astype(float)
        return own["bits"].astype(float) if "bits" in own else None
    if metric not in ("accuracy", "balanced_accuracy"):
        return None
    predicted = own.get("prediction") if log2_p is None else log2_p.argmax(axis=1)
    if predicted is None:
        return None
    correct = (predicted == targets).astype(float)
    if metric == "accuracy":
        return correct
    counts = np.bincount(targets)
    return correct * (len(targets) / (np.count_nonzero(counts) * counts[targets]))


def _of_quantities(
    metric: str, own: Mapping[str, np.ndarray], targets: np.ndarray
) -> np.ndarray | None:
    if "prediction" not in own:
        return None
    errors = targets - own["prediction"].astype(float)
    if metric == "mae":
        return np.abs(errors)
    squares = np.square(errors)
    mse = squares.mean()
    if metric == "r2":
        variance = targets.var()
        return 1 - squares / variance if variance > 0 else None
    return np.sqrt(mse) + (squares - mse) / (2 * np.sqrt(mse)) if mse > 0 else np.zeros(len(errors))
