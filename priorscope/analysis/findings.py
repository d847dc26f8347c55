"""What is worth saying, most important first: keys and values; `priorscope.wording` says it.

Verdict and recommendation come from one answer, so they can't contradict each other.
"""

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, Literal

from priorscope.analysis.answer import Contest, prediction_costs
from priorscope.analysis.code_length import RANDOM_LABELS
from priorscope.analysis.forecast_findings import forecast_findings, more_data
from priorscope.analysis.paired import pair_std
from priorscope.analysis.summary import Answer, Finding, LabelsWorth, Summary
from priorscope.analysis.table import RunTable
from priorscope.analysis.training_length import trained_too_short
from priorscope.core.estimate import Estimate
from priorscope.core.json_types import JsonObject

_MOST = 4  # of one kind; the tables hold the rest
_FAR_BELOW = 5  # times the labels at which the pick is worth so many of another's
_LEAST_CHANCE = 0.01  # of being the best, of those that are named as not ruled out
_MOST_REPEATS = 100  # above this, two learners are called equal for practical purposes


def findings(summary: Summary, table: RunTable, found: Contest | None) -> list[Finding]:
    """Of the declared goal: first the verdict, then what to do next."""
    answer = summary.answer
    assert answer is not None
    if table.done.any() and answer.goal == "accuracy" and found is None:
        return [_finding("metric-missing", metric=answer.metric), *_failures(table)]
    if found is None or answer.pick is None:
        out = [_finding("nothing-yet", size=table.sizes[0]), *_failures(table), *_stopped(summary)]
        return out
    verdict = [
        *_reference(answer),
        *_leading(answer, _best(answer, table, found, [d.learner for d in summary.dropped])),
        _score(answer),
        *_other_goal(summary),
        *_extra_test(summary),
        *_structure(summary, answer.pick),
        *_limits(summary, table, found),
        *_failures(table),
        *_validity(summary),
        *_stopped(summary),
    ]
    advice = [
        *_repeats(answer, table, found),
        *more_data(summary),
        *forecast_findings(summary, answer),
        *_switch(summary),
        *_missed(summary),
        *_too_short(table),
    ]
    return verdict + [dataclasses.replace(f, part="recommendation") for f in advice]


def _extra_test(summary: Summary) -> list[Finding]:
    rows = [row for row in summary.extra_test if row.extra is not None]
    if not rows:
        return []
    told = [
        {
            "learner": row.learner,
            "extra": _plain(row.extra),
            "difference": _plain(row.difference),
        }
        for row in rows[:_MOST]
    ]
    return [_finding("extra-test", metric=rows[0].metric, size=rows[0].n, rows=told)]


def _finding(
    key: str, part: Literal["verdict", "recommendation"] = "verdict", **values: Any
) -> Finding:
    return Finding(key=key, values=values, part=part)


def _plain(value: Estimate | None) -> JsonObject | None:
    return None if value is None else dataclasses.asdict(value)


def _reference(answer: Answer) -> list[Finding]:
    """First of all: whether anything was learnt."""
    beats = answer.beats_reference
    if beats is None or beats.word == "clear" or beats.probability is None:
        return []
    return [
        _finding(
            "nothing-beats-reference",
            metric=answer.metric,
            reference=answer.reference,
            learner=answer.pick,
            value=_plain(answer.value),
            size=answer.size,
        )
    ]


def _leading(answer: Answer, best: list[Finding]) -> list[Finding]:
    """What the pick is worth in labels leads, unless it is known only far below the answer."""
    worth = _worth(answer)
    if not worth:
        return best
    at = worth[0].at
    rows = [{"learner": w.learner, "labels": _labels(w)} for w in worth]
    told = [_finding("labels-worth", learner=answer.pick, at=at, others=rows)]
    return best + told if at * _FAR_BELOW < answer.size else told + best


def _worth(answer: Answer) -> list[LabelsWorth]:
    """Those that the pick is clearly worth more than, all at one size."""
    if answer.beats_reference is None or answer.beats_reference.word != "clear":
        return []
    worth = [w for w in answer.labels_worth if w.learner not in answer.tied and _clear(w)]
    at = max((w.at for w in worth), default=None)
    return sorted((w for w in worth if w.at == at), key=lambda w: w.ratio.center or 0)[:_MOST]


def _clear(worth: LabelsWorth) -> bool:
    return worth.ratio.center is not None and worth.ratio.low is not None and worth.ratio.low > 1


def _labels(worth: LabelsWorth) -> dict[str, float | None]:
    ratio = worth.ratio
    ends = {"center": ratio.center, "low": ratio.low, "high": ratio.high}
    return {k: None if v is None else v * worth.at for k, v in ends.items()}


def _best(answer: Answer, table: RunTable, found: Contest, dropped: Sequence[str]) -> list[Finding]:
    ranking, names = found.ranking, [table.learners[i] for i in found.reach.learners]
    base = {
        "learner": answer.pick,
        "goal": answer.goal,
        "metric": answer.metric,
        "size": answer.size,
        "probability": answer.probability,
    }
    if len(names) == 1 and dropped:
        return [_finding("last-in-race", **base, others=list(dropped))]
    if len(names) == 1:
        return [_finding("only-one", **base, failed=[f.learner for f in _broken(table)])]
    if found.effects.dof <= 0:
        return [_finding("one-repeat", **base, leader=names[ranking.order[0]])]
    near = ranking.not_ruled_out & (ranking.probability >= _LEAST_CHANCE)
    others = [names[i] for i in ranking.order if near[i] and names[i] != answer.pick]
    if len(answer.tied) > 1:
        tied = [name for name in answer.tied if name != answer.pick]
        has_cost = math.isfinite(prediction_costs(table)[table.learners.index(str(answer.pick))])
        more = {"others": tied, "indifference": answer.indifference, "cheapest": has_cost}
        return [_finding("tied", **base, **more)]
    if answer.word == "clear":  # the stricter intervals over all pairs don't take that back
        return [_finding("best", **base, others=[])]
    return [_finding("ahead", **base, others=others)]


def _score(answer: Answer) -> Finding:
    return _finding(
        "score",
        learner=answer.pick,
        goal=answer.goal,
        metric=answer.metric,
        value=_plain(answer.value),
        reference=answer.reference,
        size=answer.size,
    )


def _other_goal(summary: Summary) -> list[Finding]:
    """Where the best at this size and the fastest to learn are clearly not the same.

    Of the first size alone nothing is fast; and who is best here may be told as less than clear.
    """
    here, there = summary.answers["accuracy"], summary.answers["code"]
    if here.pick is None or there.pick is None or set(here.tied) & set(there.tied):
        return []
    if there.word != "clear" or here.size <= summary.sizes[0]:
        return []
    return [
        _finding(
            "goals-differ",
            at_size=here.pick,
            over_all=there.pick,
            metric=here.metric,
            size=here.size,
            goal=summary.goal,
        )
    ]


def _structure(summary: Summary, learner: str) -> list[Finding]:
    """Structures that the pick relies on: what shuffling or removing them clearly costs."""
    own = [r for r in summary.strength if r.learner == learner and r.structure != RANDOM_LABELS]
    if not own:
        return []
    clear = [r for r in own if (r.bits_per_label.low or 0) > 0]
    clear.sort(key=lambda row: -(row.bits_per_label.center or 0))
    if not clear:
        return [_finding("relies-on-none", learner=learner, structures=[r.structure for r in own])]
    rows = [{"structure": r.structure, "bits": _plain(r.bits_per_label)} for r in clear[:3]]
    return [_finding("relies-on", learner=learner, structures=rows)]


def _limits(summary: Summary, table: RunTable, found: Contest) -> list[Finding]:
    out = []
    size, asked = table.sizes[found.reach.size], table.sizes[-1]
    if size < asked:
        out.append(_finding("not-all-sizes", size=size, asked=asked))
    if summary.dropped and len(found.reach.learners) > 1:
        rows = [{"learner": d.learner, "at": d.at} for d in summary.dropped]
        out.append(_finding("dropped", learners=rows))
    dropped = {d.learner for d in summary.dropped}
    behind = [table.learners[i] for i in found.reach.behind]
    if gone := [name for name in behind if name not in dropped]:
        out.append(_finding("not-compared", learners=gone, size=size))
    if (
        summary.answer is not None
        and 0 < found.effects.shared < 3
        and len(found.reach.learners) > 1
    ):
        out.append(_finding("few-repeats", repeats=found.effects.shared))
    return out


@dataclasses.dataclass(frozen=True)
class _Broken:
    learner: str
    count: int
    reason: str
    every: bool


def _broken(table: RunTable) -> list[_Broken]:
    """Learners whose runs failed, with the first reason."""
    out = []
    for i, name in enumerate(table.learners):
        own = [f for f in table.failures if f.where[0] == i]
        if own:
            out.append(_Broken(name, len(own), own[0].reason, not table.done[i].any()))
    return out


def _failures(table: RunTable) -> list[Finding]:
    broken = [dataclasses.asdict(b) for b in _broken(table)]
    return [_finding("failed", learners=broken)] if broken else []


def _too_short(table: RunTable) -> list[Finding]:
    learners = trained_too_short(table)
    return [_finding("trained-too-short", learners=learners)] if learners else []


def _validity(summary: Summary) -> list[Finding]:
    failed = [
        {"test": row.test, "learner": row.learner, "structure": row.structure}
        for row in summary.validity
        if row.passed is False
    ]
    return [_finding("validity-failed", tests=failed)] if failed else []


def _stopped(summary: Summary) -> list[Finding]:
    if not summary.unresolved:
        return []
    runs = sum(row.missing_runs for row in summary.unresolved)
    learners = sorted({row.learner for row in summary.unresolved})
    return [
        _finding(
            "stopped", runs=runs, learners=learners[:_MOST], more=max(len(learners) - _MOST, 0)
        )
    ]


def _repeats(answer: Answer, table: RunTable, found: Contest) -> list[Finding]:
    """How many repeats would separate the first two; nothing if they are separated."""
    ranking, effects = found.ranking, found.effects
    if len(ranking.order) < 2 or effects.dof <= 0 or ranking.half is None:
        return []
    if answer.word == "clear" and len(answer.tied) == 1:
        return []
    second = int(ranking.order[1])
    if not ranking.not_ruled_out[second]:
        return []
    names = [table.learners[found.learner(int(i))] for i in ranking.order[:2]]
    std = float(pair_std(effects.covariance)[int(ranking.order[0]), second])
    gap, repeats = float(ranking.behind[second]), max(effects.shared, 1)
    needed = repeats * (2.5 * std / max(gap, 1e-12)) ** 2
    if gap <= ranking.indifference:
        equal = gap + float(ranking.half[second]) <= ranking.indifference
        cheaper = answer.pick if answer.pick in names else None
        return [_finding("within-indifference", learners=names, indifference=ranking.indifference,
                         metric=answer.metric, equal=equal, cheaper=cheaper)]  # fmt: skip
    if needed > _MOST_REPEATS:
        return [_finding("take-as-equal", learners=names, repeats=_MOST_REPEATS, size=answer.size)]
    wanted = max(math.ceil(needed), repeats + 1)
    return [_finding("more-repeats", learners=names, repeats=wanted, size=answer.size)]


def _switch(summary: Summary) -> list[Finding]:
    """Only where changing the learner clearly saves bits."""
    switch = summary.switch
    if switch is None or switch.saved is None or switch.best_single is None or not switch.changes:
        return []
    if switch.saved.low is None or switch.saved.low <= 0:
        return []
    path = [{"learner": p.learner, "start": p.start} for p in switch.path]
    single = switch.best_single.learner
    return [_finding("switch-saves", path=path, saved=_plain(switch.saved), single=single)]


def _missed(summary: Summary) -> list[Finding]:
    """Learners whose hidden sizes were not predicted."""
    failed = {row.learner for row in summary.audit if not row.passed}
    return [_finding("forecast-missed", learners=sorted(failed))] if failed else []
