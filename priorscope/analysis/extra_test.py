"""A further test set beside the ordinary one: what the same networks do there."""

import math

import numpy as np

from priorscope.analysis.estimates import estimate, pooled_variance, with_examples
from priorscope.analysis.metrics import Metric
from priorscope.analysis.points import metric_estimate
from priorscope.analysis.summary import ExtraTestRow
from priorscope.analysis.table import RunTable

SHARES = ("accuracy", "balanced_accuracy")


def extra_test_rows(table: RunTable, metric: Metric) -> list[ExtraTestRow]:
    """One row per learner, at the largest size that all of them have; [] without such a set.

    The difference is paired over repeats: a network's score there less its score on the ordinary
    test split. The noise of both finite sets is in its interval.
    """
    if "intact" not in table.structures or metric.key not in table.metrics("extra"):
        return []
    intact = table.structures.index("intact")
    there, ordinary = (table.cube(split, metric.key)[:, intact] for split in ("extra", "test"))
    scored: np.ndarray = np.isfinite(there).sum(axis=2) > 0  # (learners, sizes)
    learners = np.flatnonzero(scored.sum(axis=1))
    shared = np.flatnonzero(scored[learners].sum(axis=0) == len(learners))
    if not len(shared):
        return []
    size = int(shared[-1])
    difference = there[:, size] - ordinary[:, size]
    rows = []
    for i in learners.tolist():
        where = (i, intact, size)
        pooled = pooled_variance(difference[learners], without=learners.tolist().index(i))
        change = estimate(difference[i], pooled, note="; paired: extra less ordinary test")
        std = math.hypot(*(_std(table, split, metric.key, where) for split in ("extra", "test")))
        rows.append(
            ExtraTestRow(
                learner=table.learners[i],
                n=table.sizes[size],
                metric=metric.name,
                test=metric_estimate(table, "test", metric.key, where),
                extra=metric_estimate(table, "extra", metric.key, where),
                difference=with_examples(change, std, -math.inf, math.inf),
            )
        )
    return rows


def _std(table: RunTable, split: str, metric: str, where: tuple[int, int, int]) -> float:
    """Standard error that a set's finite number of examples leaves, where it is known."""
    examples = np.nanmax(table.cube(split, "examples")[where], initial=1.0)
    if metric in SHARES:
        share = float(np.nanmean(table.cube(split, metric)[where]))
        return math.sqrt(max(share * (1 - share), 0.25 / examples) / examples)
    if metric == "bits" and "bits_std" in table.metrics(split):
        return float(np.nanmean(table.cube(split, "bits_std")[where])) / math.sqrt(examples)
    return 0.0
