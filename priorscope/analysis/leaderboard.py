"""Learners by what was asked, with their code lengths and the other figures at one common size."""

import dataclasses

import numpy as np

from priorscope.analysis.answer import Contest
from priorscope.analysis.code_length import CodeLengths
from priorscope.analysis.estimates import estimate, pooled_variance
from priorscope.analysis.metrics import METRICS
from priorscope.analysis.points import metric_estimate, size_of, whole
from priorscope.analysis.summary import BoardRow, Goal
from priorscope.analysis.table import RUN, RunTable
from priorscope.core.estimate import Estimate


@dataclasses.dataclass(frozen=True)
class _Asked:
    """A row's place by what was asked; see `BoardRow`."""

    place: int | None = None
    probability: float | None = None


def leaderboard(
    table: RunTable,
    lengths: CodeLengths,
    by_code: Contest | None,
    by_metric: Contest | None,
    goal: Goal = "accuracy",
) -> list[BoardRow]:
    """Best first by what was asked, then by code length where a learner has no place.

    Only learners that reached the size that is reported on.
    """
    if by_code is None:
        return []
    size, n = by_code.reach.size, table.sizes[by_code.reach.size]
    intact = table.structures.index("intact")
    bits = lengths.bits[:, intact, size] / n
    null = float(lengths.null_bits[size]) / n
    scored = by_metric.reach.size if by_metric is not None else size
    seconds = np.nansum(table.cube(RUN, "seconds")[:, intact], axis=(1, 2))
    asked = _by_place(by_code if goal == "code" else by_metric)
    alone = len(by_code.ranking.order) == 1  # then nothing tells which is best
    rows = []
    for place in by_code.ranking.order:
        i = by_code.learner(int(place))
        code = _at_common_repeats(by_code, int(place), bits)
        where = (i, intact, scored)
        if metric_estimate(table, "test", "bits", where) is None:
            continue  # all of its runs failed: it stands under `failed`
        own = asked.get(i, _Asked())
        rows.append(
            BoardRow(
                learner=table.learners[i],
                n=n,
                code_bits_per_label=code,
                fit=_fit(code, null, lengths.are_densities),
                accuracy=metric_estimate(table, "test", "accuracy", where),
                test_bits=metric_estimate(table, "test", "bits", where),
                probability_best=None if alone else by_code.probability(int(place)),
                place=own.place,
                probability=None if alone else own.probability,
                behind=_behind(by_code, int(place)),
                behind_p=float(by_code.ranking.p[place]),
                size=table.sizes[scored],
                metrics={
                    m.name: value
                    for m in METRICS.values()
                    if (value := metric_estimate(table, "test", m.key, where)) is not None
                },
                repeats=by_code.effects.shared,
                failed_runs=int(table.failed[i, intact].sum()),
                reference_bits_per_label=null,
                parameters=whole(size_of(table, i, "parameters")),
                multiply_adds=whole(size_of(table, i, "multiply_adds")),
                seconds=float(seconds[i]),
            )
        )
    return sorted(rows, key=lambda row: row.place or len(rows) + 1)


def _by_place(contest: Contest | None) -> dict[int, _Asked]:
    """Learner -> its place by what was asked, and how probably nothing is better."""
    if contest is None:
        return {}
    return {
        contest.learner(int(i)): _Asked(place, contest.probability(int(i)))
        for place, i in enumerate(contest.ranking.order, start=1)
    }


def _at_common_repeats(contest: Contest, place: int, bits: np.ndarray) -> Estimate:
    """Code length per label at an average repeat: no learner is judged on easier repeats."""
    i = contest.learner(place)
    value = estimate(bits[i], pooled_variance(bits, without=i))
    center = float(contest.effects.center[place])
    assert value.center is not None
    shift = center - value.center
    return Estimate(
        center=center,
        low=None if value.low is None else value.low + shift,
        high=None if value.high is None else value.high + shift,
        n=value.n,
        method=f"{value.method}; {contest.effects.how}",
    )


def _behind(contest: Contest, place: int) -> Estimate:
    """Difference to the shortest code, with Tukey's interval over all pairs of learners."""
    center, half = float(contest.ranking.behind[place]), contest.ranking.half
    bounded = half is not None
    reach = float(half[place]) if half is not None else 0.0
    effects = contest.effects
    how = f"mean of paired differences, {effects.how}, {effects.dof:.3g} degrees of freedom"
    return Estimate(
        center=center,
        low=center - reach if bounded else None,
        high=center + reach if bounded else None,
        n=int(min(contest.effects.repeats[place], contest.effects.repeats.max())),
        method=f"{how}, moderated t; Tukey's limit over all pairs" if bounded else how,
    )


def _fit(code: Estimate, null: float, are_densities: bool) -> Estimate | None:
    """Share of the labels' bits that the inputs tell.

    Of densities 1 - 4^-(bits saved per target), which is R2 where they are normal (Kent 1983).
    """
    if code.center is None or (null <= 0 and not are_densities):
        return None

    def share(bits: float) -> float:
        return 1 - 4.0 ** (bits - null) if are_densities else 1 - bits / null

    return Estimate(
        center=share(code.center),
        low=None if code.high is None else share(code.high),
        high=None if code.low is None else share(code.low),
        n=code.n,
        method=code.method,
    )
