"""The answer to a goal: the pick, its ties, how sure that is, what it is worth in labels."""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Literal

import numpy as np
from jaxtyping import Float
from scipy.special import stdtr

from priorscope.analysis.code_length import CodeLengths, Reach, reached
from priorscope.analysis.estimates import estimate, moderated, pooled_variance
from priorscope.analysis.labels_worth import labels_worth
from priorscope.analysis.metrics import CODE_INDIFFERENCE, Metric
from priorscope.analysis.paired import Effects, Ranking, effects, noise_around, rank
from priorscope.analysis.per_example import ByExample
from priorscope.analysis.points import cut_to_range, metric_estimate, size_of
from priorscope.analysis.reference import Reference
from priorscope.analysis.selection import selection_bias
from priorscope.analysis.summary import Answer, Certainty, Goal
from priorscope.analysis.table import RunTable
from priorscope.core.confidence import word_of
from priorscope.core.estimate import Estimate

LEFT_CEILING = 0.9
_NOBODY: Mapping[int, float] = {}
NOT_VARIED = "not_varied"


@dataclasses.dataclass(frozen=True)
class Contest:
    """Learners compared at one size by a number of which less is better.

    reach: the size, and who is there; `effects` and `ranking` index `reach.learners`. examples:
    covariance of the means from the finite test split, or None. indifference: as in `ranking`.
    ceiling: of every probability, as others ended before this size: `LEFT_CEILING` if some weren't
    followed further for lack of time; where one learner alone is there, the risk that one who
    was dropped was the best remains.
    share: of the probability of an error by the repeats' chance, what the last look at a race
    could spend.
    """

    reach: Reach
    effects: Effects
    ranking: Ranking
    examples: np.ndarray | None
    ceiling: float = 1.0
    share: float = 1.0

    def learner(self, place: int) -> int:
        """Index in the table of a place in the ranking."""
        return self.reach.learners[place]

    def probability(self, place: int) -> float | None:
        """Of being best or within the indifference; None where nothing tells how noisy runs are."""
        if self.effects.dof <= 0 and len(self.reach.learners) > 1:
            return None
        probability = float(self.ranking.probability[place])
        if self.share < 1:  # a union bound over looks at ever more repeats of one test split
            chance = 1 - float(self._by_repeats[place])
            looked = probability - chance * (1 / self.share - 1)
            probability = max(min(probability, 0.5), looked)
        return min(probability, self.ceiling)

    @cached_property
    def _by_repeats(self) -> Float[np.ndarray, " learners"]:
        """The same as `ranking.probability`, as if the test split were endless."""
        if self.examples is None:
            return self.ranking.probability
        return rank(self.effects, self.ranking.indifference).probability


def contest(
    values: Float[np.ndarray, "learners sizes repeats"],
    indifference: float,
    examples: Float[np.ndarray, "learners sizes"] | None = None,
    paired: Callable[[Sequence[int], int], np.ndarray | None] = lambda learners, size: None,
    dropped: Mapping[int, float] = _NOBODY,
) -> Contest | None:
    """Compare at the largest size that can be reported on; None without any value.

    values: less is better. examples: variance of a mean from the finite test split, as if learners
    erred independently. paired: their covariance at a size, where results by example tell it.
    dropped: learner -> the risk with which it was dropped.
    """
    reach = reached(values, dropped)
    if reach is None:
        return None
    there = list(reach.learners)
    left = len(there) < np.isfinite(values).any(axis=(1, 2)).sum()
    differences = effects(values[there, reach.size], _earlier(values, reach.size) if left else None)
    extra = paired(there, reach.size)
    if extra is None and examples is not None:
        extra = np.diag(np.nan_to_num(examples[there, reach.size]))
    ranking = rank(differences, indifference, extra)
    return Contest(reach, differences, ranking, extra, _ceiling(len(values), reach, dropped))


def _ceiling(learners: int, reach: Reach, dropped: Mapping[int, float]) -> float:
    """See `Contest`."""
    if set(range(learners)) - set(reach.learners) - dropped.keys():
        return LEFT_CEILING
    return 1 - max(dropped.values(), default=0.0) if len(reach.learners) == 1 else 1.0


def _earlier(values: np.ndarray, size: int) -> tuple[float, float]:
    """Noise around learners and repeats at the two sizes before, and its degrees of freedom."""
    cells = [noise_around(values[:, k]) for k in range(max(0, size - 2), size)]
    dof = sum(d for _, d in cells)
    return (sum(v * d for v, d in cells) / dof if dof else 0.0), dof


def code_contest(
    table: RunTable,
    lengths: CodeLengths,
    indifference: float | None,
    dropped: Mapping[int, float] = _NOBODY,
) -> Contest | None:
    """Learners by code length per label of intact data."""
    if "intact" not in table.structures:
        return None
    bits = lengths.bits[:, table.structures.index("intact")] / np.asarray(table.sizes)[:, None]
    bits[:, 0] = np.nan  # the first block is the same for all
    margin = CODE_INDIFFERENCE if indifference is None else indifference
    return contest(bits, margin, dropped=dropped)


def metric_contest(
    table: RunTable,
    metric: Metric,
    reference: Reference,
    indifference: float | None,
    by_example: ByExample | None = None,
    dropped: Mapping[int, float] = _NOBODY,
) -> Contest | None:
    """Learners by a metric of the test split; by_example: what they predicted of each example."""
    values = table.intact("test", metric.key)
    if not np.isfinite(values).any():
        return None
    if indifference is None:
        scale = (reference.target.std or 1.0) if metric.relative else 1.0
        indifference = metric.indifference * scale
    signed = -values if metric.higher else values

    def paired(learners: Sequence[int], size: int) -> np.ndarray | None:
        return by_example and by_example.covariance(table, metric.key, learners, size)

    variance = _example_variance(table, metric, values)
    return contest(signed, indifference, variance, paired, dropped)


def _example_variance(table: RunTable, metric: Metric, values: np.ndarray) -> np.ndarray:
    """Variance of each mean that the finite test split leaves, (learners, sizes).

    As if learners erred on examples independently: an upper bound where they err on the same.
    """
    count = np.nanmax(table.intact("test", "examples"), initial=1.0)
    means = _mean(values)
    if metric.key == "bits":
        return _mean(table.intact("test", "bits_std")) ** 2 / count
    if metric.key in ("rmse", "mae"):
        return means**2 / (2 * count)
    if metric.key == "r2":
        return (1 - means) ** 2 * 2 / count
    share = np.clip(means, 1 / (count + 2), 1 - 1 / (count + 2))
    return share * (1 - share) / count


def answer(
    goal: Goal,
    table: RunTable,
    lengths: CodeLengths,
    reference: Reference,
    metric: Metric,
    contest: Contest | None,
    stopped_by: Literal["settled", "budget", "data"],
) -> Answer:
    """The JSON contract's `answer` for one goal."""
    name = "code-bits" if goal == "code" else metric.name
    if contest is None:
        return Answer(
            goal=goal, metric=name, pick=None, tied=[], probability=None, word="open",
            size=table.sizes[0], value=None, reference=None, beats_reference=None,
            depends_on_recipe_reason=NOT_VARIED, stopped_by=stopped_by,
        )  # fmt: skip
    ranking = contest.ranking
    tied = ranking.tied
    costs = prediction_costs(table)
    place = min(tied, key=lambda i: (costs[contest.learner(i)], tied.index(i)))
    if contest.probability(place) is None:  # nothing tells that the cheapest is as good
        place = int(ranking.order[0])
    pick, size = contest.learner(place), contest.reach.size
    probability = contest.probability(place)
    bias = selection_bias(contest, [costs[i] for i in contest.reach.learners])
    if goal == "code":
        value, null = (
            _code_value(table, lengths, pick, size),
            lengths.null_bits[size] / table.sizes[size],
        )
    else:
        value = metric_estimate(
            table, "test", metric.key, (pick, table.structures.index("intact"), size)
        )
        null = reference.metrics.get(metric.name)
        bias = -bias if metric.higher else bias
    assert value is not None
    value = _shifted(value, bias, len(contest.reach.learners))
    if goal == "accuracy":
        value = cut_to_range(value, metric.key)
    return Answer(
        goal=goal,
        metric=name,
        pick=table.learners[pick],
        tied=[table.learners[contest.learner(i)] for i in tied],
        probability=probability,
        word=word_of(probability),
        size=table.sizes[size],
        value=value,
        reference=None if null is None else float(null),
        beats_reference=_beats(
            goal, table, lengths, reference, metric, contest, place, value, null
        ),
        labels_worth=labels_worth(table, metric, pick, goal),
        indifference=ranking.indifference,
        depends_on_recipe_reason=NOT_VARIED,
        stopped_by=stopped_by,
    )


def prediction_costs(table: RunTable) -> list[float]:
    """What one prediction costs each learner: seconds where all have them, else multiply-adds."""
    ran = [i for i in range(len(table.learners)) if table.done[i].any()]
    costs: list[float | None] = []
    for name in ("predict_seconds", "multiply_adds", "parameters"):
        costs = [size_of(table, i, name) for i in range(len(table.learners))]
        if all(costs[i] is not None for i in ran):
            break
    return [math.inf if c is None else c for c in costs]


def _code_value(table: RunTable, lengths: CodeLengths, pick: int, size: int) -> Estimate:
    bits = lengths.bits[:, table.structures.index("intact"), size] / table.sizes[size]
    return estimate(bits[pick], pooled_variance(bits, without=pick))


def _shifted(value: Estimate, bias: float, learners: int) -> Estimate:
    """An estimate without the luck of having been chosen on the same test examples."""
    if learners < 2 or bias == 0 or value.center is None:
        return value
    low, high = value.low, value.high
    return Estimate(
        center=value.center - bias,
        low=None if low is None else low - max(bias, 0.0),
        high=None if high is None else high - min(bias, 0.0),
        n=value.n,
        method=f"{value.method}; corrected for the choice among {learners} learners",
    )


def _beats(
    goal: Goal, table: RunTable, lengths: CodeLengths, reference: Reference, metric: Metric,
    contest: Contest, place: int, value: Estimate, null: float | None,
) -> Certainty | None:  # fmt: skip
    """Whether the pick is better than an answer that ignores the inputs.

    Moderated t over repeats with the test examples' part. For a code also the exact bound that
    without any signal t bits are saved with probability 2^-t at most, for each learner.
    """
    if null is None or value.center is None:
        return None
    pick, size = contest.learner(place), contest.reach.size
    if goal == "code":
        values = lengths.bits[:, table.structures.index("intact"), size] / table.sizes[size]
    else:
        values = table.intact("test", metric.key)[:, size]
    own = values[pick][np.isfinite(values[pick])]
    variance, dof = moderated(own, pooled_variance(values, without=pick))
    if dof <= 0:
        return Certainty(probability=None, word="open")
    ahead = (value.center - null) * (1 if goal == "accuracy" and metric.higher else -1)
    examples = 0.0 if goal == "code" else _null_variance(metric, reference, contest, place)
    std = math.sqrt(variance / len(own) + examples)
    probability = float(stdtr(dof, ahead / std)) if std > 0 else float(ahead > 0)
    if goal == "code" and reference.target.kind == "classes":
        saved = max(ahead * table.sizes[size], 0.0)
        probability = min(probability, 1 - min(len(contest.reach.learners) * 2.0**-saved, 1.0))
    return Certainty(probability=probability, word=word_of(probability))


def _null_variance(metric: Metric, reference: Reference, contest: Contest, place: int) -> float:
    """Variance from the test examples, if the pick were no better than the reference."""
    own = 0.0 if contest.examples is None else float(contest.examples[place, place])
    if metric.key in ("accuracy", "balanced_accuracy"):
        share = reference.metrics.get(metric.name, 0.5)
        return max(own, share * (1 - share) / max(reference.test_examples, 1))
    return own


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean over the last axis, NaN where there is nothing."""
    count = np.isfinite(values).sum(axis=-1)
    total = np.nansum(values, axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
