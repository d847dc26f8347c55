"""From the table of runs to the summary of a comparison (schema 2), without its sentences."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec
import numpy as np

from priorscope.analysis.answer import answer, code_contest, metric_contest
from priorscope.analysis.code_length import code_lengths
from priorscope.analysis.curves.forecast import forecast
from priorscope.analysis.curves.label_plan import LabelQuestion
from priorscope.analysis.extra_test import extra_test_rows
from priorscope.analysis.findings import findings
from priorscope.analysis.leaderboard import leaderboard
from priorscope.analysis.metrics import metric_named
from priorscope.analysis.per_example import ByExample
from priorscope.analysis.plan_entries import CurveRun
from priorscope.analysis.points import code_length_points, cost_rows, curve_points, measure_rows
from priorscope.analysis.quantity_units import NORMAL_BITS
from priorscope.analysis.reference import Reference
from priorscope.analysis.strength import strengths
from priorscope.analysis.summary import (
    Answer,
    DroppedLearner,
    FailedRun,
    Goal,
    ReadFacts,
    Summary,
    TaskFacts,
    Unresolved,
)
from priorscope.analysis.summary_json import renewed
from priorscope.analysis.table import RunTable
from priorscope.analysis.validity import validity
from priorscope.core.json_types import JsonObject
from priorscope.wording.race import NOT_TRIED

_CURVE_KEYS = (
    *("equivalence", "crossovers", "audit", "saturation", "switch", "fits", "forecasts"),
    *("reach", "plan"),
)
_CURVE_METHOD = "median, 95% of the plausible curves; means over repeats by Student's t"


@dataclasses.dataclass(frozen=True)
class Request:
    """What is asked of the rows.

    metric: None is the default of the target's kind. indifference: a difference that doesn't
    matter, in units of the metric; None is its default. lossy: structures that lose information.
    invariant: learner -> structures that it is invariant to. stopped_by: None follows from
    whether runs are missing. unresolved: runs that a race wanted and didn't get; None: all that
    aren't there. share: of the error probability that the last look at a race could spend.
    depends_on_recipe, with a reason where it is None: see `Answer`. target: accuracy to reach, or
    RMSE of quantities to come down to; labels: how many there may be; `Summary.plan` says more.
    """

    goal: Goal = "accuracy"
    metric: str | None = None
    indifference: float | None = None
    lossy: frozenset[str] = frozenset()
    invariant: Mapping[str, frozenset[str]] = dataclasses.field(default_factory=dict)
    dropped: tuple[DroppedLearner, ...] = ()
    stopped_by: Literal["settled", "budget", "data"] | None = None
    unresolved: tuple[Unresolved, ...] | None = None
    share: float = 1.0
    depends_on_recipe: bool | None = None
    reason: str = NOT_TRIED["none"]
    target: float | None = None
    labels: int | None = None


def summarise(
    table: RunTable,
    reference: Reference,
    request: Request,
    task: TaskFacts,
    by_example: ByExample | None = None,
    progress: Callable[[str], None] = lambda stage: None,
) -> Summary:
    """Everything that follows from the rows; its findings have no sentences yet.

    by_example: results of test examples, where they are kept; without them learners are compared
    as if each had been tested on examples of its own.

    Raises:
        LookupError: if the metric doesn't fit the targets.
    """
    metric = metric_named(request.metric, reference.target.kind)
    lengths = code_lengths(table, reference.null_bits, reference.random_bits)
    if reference.target.kind == "quantity":
        lengths = dataclasses.replace(lengths, are_densities=True)
    unresolved = request.unresolved
    unresolved = missing_runs(table) if unresolved is None else list(unresolved)
    stopped = request.stopped_by or ("budget" if unresolved else "data")
    code_margin = request.indifference if request.goal == "code" else None
    metric_margin = request.indifference if request.goal == "accuracy" else None
    dropped = {table.learners.index(d.learner): d.risk or 0.0 for d in request.dropped}
    asked = {request.goal: dropped}
    by_code = code_contest(table, lengths, code_margin, asked.get("code", {}))
    by_metric = metric_contest(
        table, metric, reference, metric_margin, by_example, asked.get("accuracy", {})
    )
    if by_code is not None:
        by_code = dataclasses.replace(by_code, share=request.share)
    if by_metric is not None:
        by_metric = dataclasses.replace(by_metric, share=request.share)
    facts = (table, lengths, reference, metric)
    answers = {
        "accuracy": answer("accuracy", *facts, by_metric, stopped),
        "code": answer("code", *facts, by_code, stopped),
    }
    answers = {goal: _raced(answers[goal], goal, request) for goal in answers}
    others = [s for s in table.structures if s != "intact"]
    summary = Summary(
        task=task,
        read=_read(task, reference),
        goal=request.goal,
        answer=answers[request.goal],
        answers=answers,
        sizes=list(table.sizes),
        repeats=table.repeats,
        chance_bits=reference.chance_bits,
        leaderboard=leaderboard(table, lengths, by_code, by_metric, request.goal),
        curves=curve_points(table),
        code_length=code_length_points(table, lengths),
        strength=strengths(table, lengths, [s for s in others if s not in request.lossy]),
        cue_reliance=strengths(table, lengths, [s for s in others if s in request.lossy]),
        measures=measure_rows(table),
        validity=validity(table, lengths, request.invariant),
        cost=cost_rows(table),
        dropped=list(request.dropped),
        failed=_failed(table),
        unresolved=unresolved,
        extra_test=extra_test_rows(table, metric),
        curve_runs=_curve_runs(table, {d.learner for d in request.dropped}),
        **_curves(table, reference, request, progress),
    )
    contests = {"accuracy": by_metric, "code": by_code}
    result = findings(summary, table, contests[request.goal])
    return dataclasses.replace(summary, findings=result)


def _raced(own: Answer, goal: str, request: Request) -> Answer:
    """An answer with what a race adds: trials of recipes."""
    asked = goal == request.goal
    reason = request.reason if asked else NOT_TRIED["goal"]
    tried = request.depends_on_recipe if asked else None
    return dataclasses.replace(
        own,
        depends_on_recipe=tried,
        depends_on_recipe_reason=None if tried is not None else reason,
    )


def missing_runs(table: RunTable) -> list[Unresolved]:
    """What was asked for and isn't there, by learner and structure."""
    gaps = ~(table.done | table.failed)
    out = []
    for i, learner in enumerate(table.learners):
        for j, structure in enumerate(table.structures):
            wanted = gaps[i, j]
            if wanted.any():
                out.append(
                    Unresolved(
                        learner=learner,
                        structure=structure,
                        missing_runs=int(wanted.sum()),
                        sizes=[table.sizes[s] for s in np.flatnonzero(wanted.any(axis=1))],
                        reason="budget_ended",
                    )
                )
    return out


def _read(task: TaskFacts, reference: Reference) -> ReadFacts:
    return ReadFacts(
        examples=task.examples,
        test_examples=task.test_examples,
        classes=list(reference.classes),
        target=reference.target,
    )


def _failed(table: RunTable) -> list[FailedRun]:
    out = []
    for failure in table.failures:
        learner, structure, size, repeat = failure.where
        name = table.learners[learner]
        title = f"{name}, {table.structures[structure]}, n = {table.sizes[size]}, repeat {repeat}"
        out.append(FailedRun(run=title, digest=failure.digest, reason=failure.reason, learner=name))
    return out


def _curves(
    table: RunTable, reference: Reference, request: Request, progress: Callable[[str], None]
) -> JsonObject:
    """What `analysis.curves` makes of the intact learning curves; empty without any row.

    The curves of learners that left a race are censored where they began to look bad, so that
    nothing is fitted to them.
    """
    dropped = {d.learner for d in request.dropped}
    rows = [row for row in curve_rows(table, reference) if row["learner"] not in dropped]
    if not rows:
        return {}
    question = label_question(request, reference)
    told = renewed(forecast(rows, progress=progress, question=question), _CURVE_METHOD)
    hints = {f.name: f.type for f in dataclasses.fields(Summary)}
    out = {k: msgspec.convert(told[k], hints[k]) for k in _CURVE_KEYS if k in told}
    for key, value in out.items():
        _same_keys(key, told[key], value)
    return out


def label_question(request: Request, reference: Reference) -> LabelQuestion | None:
    """What is asked about labels, in units of the rows of `curve_rows`; None if nothing is."""
    target, labels = request.target, request.labels
    if target is None and labels is None:
        return None
    if reference.target.kind != "quantity":
        error = None if target is None else 1 - target
        return LabelQuestion(target=error, labels=labels)
    std = reference.target.std or 1.0
    scaled = None if target is None else target / std
    return LabelQuestion(target=scaled, labels=labels, name="rmse", scale=std)


def _curve_runs(table: RunTable, dropped: set[str]) -> list[CurveRun]:
    """The stored runs behind the curves that are fitted."""
    if "intact" not in table.structures:
        return []
    intact = table.structures.index("intact")
    kept = [at for at in sorted(table.digests) if at[1] == intact]
    return [
        CurveRun(learner=name, n=table.sizes[at[2]], repeat=at[3], digest=table.digests[at])
        for at in kept
        for name in (table.learners[at[0]],)
        if name not in dropped
    ]


def _same_keys(key: str, told: Any, kept: Any) -> None:
    """No key of the curves may be lost without a word."""
    if isinstance(told, list) and told and dataclasses.is_dataclass(kept[0]):
        for one, other in zip(told, kept, strict=True):
            _same_keys(key, one, other)
    elif isinstance(told, dict) and dataclasses.is_dataclass(kept):
        lost = told.keys() - {f.name for f in dataclasses.fields(kept)}
        assert not lost, f"add {sorted(lost)} of {key!r} to analysis/curve_entries.py"


def curve_rows(table: RunTable, reference: Reference) -> list[JsonObject]:
    """Intact runs as `analysis.curves` takes them: losses in bits, errors from 0 to 1.

    Of quantities, see `_positive`.
    """
    if "intact" not in table.structures:
        return []
    names = {
        "loss": table.intact("test", "bits"),
        "error": 1 - table.intact("test", "accuracy"),
        "train_loss": table.intact("train", "bits"),
        "block_bits": table.intact("block", "bits") * table.intact("block", "examples"),
        "block_examples": table.intact("block", "examples"),
        "test_examples": table.intact("test", "examples"),
        "seconds": table.intact("run", "seconds"),
    }
    if reference.target.kind == "quantity":
        names |= _positive(table, reference.target.std or 1.0)
    rows = []
    for i, s, r in zip(*np.nonzero(table.done[:, table.structures.index("intact")]), strict=True):
        row = {"learner": table.learners[i], "n": table.sizes[s], "draw": int(r), "repeat": int(r)}
        for name, cube in names.items():
            row[name] = float(cube[i, s, r]) if np.isfinite(cube[i, s, r]) else None
        row["uniform_loss"] = reference.chance_bits
        rows.append(row)
    return rows


def _positive(table: RunTable, std: float) -> dict[str, np.ndarray]:
    """Losses and errors of quantities as positive numbers; see `analysis.quantity_units`."""
    return {
        "loss": 2.0 ** (table.intact("test", "bits") - NORMAL_BITS),
        "train_loss": 2.0 ** (table.intact("train", "bits") - NORMAL_BITS),
        "error": table.intact("test", "rmse") / std,
    }
