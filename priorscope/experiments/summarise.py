"""From the rows of a store to the summary that JSON, report and terminal show."""

import dataclasses
from typing import Any

import msgspec
import numpy as np

from priorscope.analysis.per_example import ByExample
from priorscope.analysis.reference import Reference, class_reference, quantity_reference
from priorscope.analysis.summarise import Request, summarise
from priorscope.analysis.summary import (
    ReadFacts,
    ReproduceFacts,
    TaskFacts,
    TuningFacts,
    ValidityRow,
)
from priorscope.analysis.summary_json import to_json
from priorscope.analysis.table import RunTable
from priorscope.core.config import digest
from priorscope.core.signature import Signature
from priorscope.experiments.dataset import Dataset
from priorscope.experiments.provenance import reproduce
from priorscope.experiments.settings import Settings
from priorscope.measures import MEASURES
from priorscope.models import FIXED_ORDERS
from priorscope.runs.draws import draw_order
from priorscope.runs.planner import Question
from priorscope.runs.run import Run
from priorscope.runs.store import Store
from priorscope.tasks import Examples
from priorscope.train.recipe import Learner
from priorscope.wording import checks
from priorscope.wording.sentences import sentences


def summary_of(
    data: Dataset, question: Question, store: Store, settings: Settings, device: str
) -> dict[str, Any]:
    """Schema 2 of what is stored for a question, with the sentences of its findings."""
    runs, examples = question.runs(), data.examples
    rows = [_labelled(run, store.load(run.digest)) for run in runs]
    table = RunTable.of(
        [row for row in rows if row is not None],
        learners=[learner.text for learner in question.learners],
        structures=[structure.label for structure in question.structures],
        sizes=question.sizes,
        repeats=question.repeats,
    )
    reference = _reference(examples, question)
    task = TaskFacts(
        name=data.name,
        examples=len(examples.targets),
        test_examples=len(examples.test_targets),
        classes=len(examples.class_names),
        kind=examples.signature.layout,
    )
    by_example = ByExample(store.load_examples, examples.test_targets)
    request = request_of(question, settings, examples.signature)
    summary = summarise(table, reference, request, task, by_example)
    notes = [*examples.notes, *store.notes()]
    return to_json(
        dataclasses.replace(
            summary,
            read=_read(examples, summary.read),
            verdict=sentences(summary.findings, "verdict"),
            recommendation=sentences(summary.findings, "recommendation"),
            validity=[_worded(row) for row in summary.validity],
            structures={s.label: s.caption for s in question.structures},
            measured=_meanings({row.measure for row in summary.measures}),
            tuning=_tuning(question.learners, settings),
            notes=notes,
            reproduce=ReproduceFacts(
                **reproduce(settings, digest([r.digest for r in runs]), question.data, device)
            ),
        )
    )


def _reference(examples: Examples, question: Question) -> Reference:
    """What the targets say alone."""
    train, test, target = examples.targets, examples.test_targets, examples.target
    if examples.class_names:
        return class_reference(train, test, examples.class_names, question.sizes)
    first = question.sizes[0]
    strata = target.strata(train, most=first)
    orders = [draw_order(strata, r, question.seed, first) for r in range(question.repeats)]
    bits = [[target.label_bits(train[order[:n]]) for n in question.sizes] for order in orders]
    alone = target.marginal_bits(train, test)
    return quantity_reference(train, test, np.mean(bits, axis=0), alone, target.noise_bits)


def _read(examples: Examples, known: ReadFacts) -> ReadFacts:
    """How the data were understood, where their reader says; with what their targets say."""
    if examples.read is None:
        return dataclasses.replace(known, notes=list(examples.notes))
    told = msgspec.convert(examples.read.to_json(), ReadFacts)
    target = dataclasses.replace(known.target, low=told.target.low, high=told.target.high)
    return dataclasses.replace(told, target=target)


def request_of(question: Question, settings: Settings, signature: Signature) -> Request:
    """What is asked of the rows.

    Examples of different lengths are reordered each within its own length: no two lengths get the
    same order, which not even learners that treat all positions alike are invariant to.
    """
    reordered = frozenset(FIXED_ORDERS if signature.padded else ())
    named = {s.label: s.name() for s in question.structures}
    return Request(
        goal=settings.goal,
        metric=settings.metric,
        indifference=settings.indifference,
        lossy=frozenset(s.label for s in question.structures if not s.bijective),
        invariant={
            learner.text: frozenset(
                label
                for label, name in named.items()
                if name in learner.invariant_to and name not in reordered
            )
            for learner in question.learners
        },
    )


def _labelled(run: Run, row: dict[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {**row, "learner": run.learner.text, "structure": run.structure.label}


def _worded(row: ValidityRow) -> ValidityRow:
    told = dataclasses.asdict(row)
    return dataclasses.replace(row, name=checks.name(told), meaning=checks.meaning(told))


def _meanings(names: set[str]) -> dict[str, str]:
    """What the numbers of each measure mean, by its name."""
    return {name: MEASURES[name].meaning() for name in sorted(names) if name in MEASURES}


def _tuning(learners: tuple[Learner, ...], settings: Settings) -> TuningFacts:
    recipes = {
        learner.text: {**learner.recipe.to_json(), "learning_rate": learner.learning_rate}
        for learner in learners
    }
    return TuningFacts(
        trials=settings.tune,
        chosen_on="the validation part of each prefix (20%)",
        recipes=recipes,
    )
