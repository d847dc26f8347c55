"""From the rows of a store to the summary that JSON, report and terminal show."""

import dataclasses
from collections.abc import Sequence

import msgspec
import numpy as np

from priorscope.analysis.per_example import ByExample
from priorscope.analysis.plan_entries import LabelPlan
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
from priorscope.core.json_types import JsonObject
from priorscope.core.signature import Signature
from priorscope.data.samples import samples_of
from priorscope.experiments.dataset import Dataset
from priorscope.experiments.provenance import reproduce
from priorscope.experiments.race import RacePlan
from priorscope.experiments.raced import labelled_row, race_rows, raced
from priorscope.experiments.settings import Settings
from priorscope.measures import MEASURES
from priorscope.models import FIXED_ORDERS
from priorscope.racing.race import Course
from priorscope.runs.draws import draw_order
from priorscope.runs.planner import Question
from priorscope.runs.store import Store
from priorscope.tasks import Examples
from priorscope.train.recipe import Learner
from priorscope.wording import checks, race
from priorscope.wording.language import speaking
from priorscope.wording.plan import plan_sentences
from priorscope.wording.sentences import sentences


def summary_of(
    data: Dataset, question: Question, store: Store, settings: Settings, device: str,
    plan: RacePlan | None = None, course: Course | None = None, call: str = "",
) -> JsonObject:  # fmt: skip
    """Schema 2 of what is stored for a question, with the sentences of its findings in English.

    plan: of a race; None for a full grid. course: how far it came; by default with all rows.
    call: of Python that asks the same.
    """
    examples = data.examples
    if plan is None:
        learners = question.learners
        labelled = [labelled_row(run, store.load(run.digest)) for run in question.runs()]
        asked = request_of(question, settings, examples.signature)
    else:
        course = course or plan.course(lambda run: store.load(run.digest))
        learners = plan.shown(course)
        labelled = race_rows(plan, course, store)
        asked = request_of(question, settings, examples.signature, learners)
        asked = raced(asked, plan, course)
    table = RunTable.of(
        [row for row in labelled if row is not None],
        learners=[learner.text for learner in learners],
        structures=[structure.label for structure in question.structures],
        sizes=question.sizes,
        repeats=question.repeats,
    )
    reference = reference_of(examples, question)
    task = TaskFacts(
        name=data.name,
        examples=len(examples.targets),
        test_examples=len(examples.test_targets),
        classes=len(examples.class_names),
        kind=examples.signature.layout,
    )
    by_example = ByExample(store.load_examples, examples.test_targets, examples.test_groups)
    effect = by_example.design_effect(table)
    tested = round(reference.test_examples / effect)
    table = table.with_test_examples(1 / effect)
    reference = dataclasses.replace(reference, test_examples=max(tested, 1))
    summary = summarise(table, reference, asked, task, by_example)
    notes = [*examples.notes, *_grouped(examples, tested), *store.notes()]
    with speaking("en"):
        return to_json(
            dataclasses.replace(
                summary,
                read=_read(examples, summary.read),
                verdict=sentences(summary.findings, "verdict"),
                plan=_worded_plan(summary.plan),
                recommendation=sentences(summary.findings, "recommendation"),
                validity=[_worded(row) for row in summary.validity],
                structures={s.label: s.caption for s in question.structures},
                measured=_meanings({row.measure for row in summary.measures}),
                translated=_translated({row.measure for row in summary.measures}, question),
                tuning=_tuning(learners, settings, plan),
                notes=notes,
                reproduce=ReproduceFacts(
                    **reproduce(
                        settings,
                        digest([r.digest for r in question.runs()]),
                        question.data,
                        device,
                        call,
                    )
                ),
            )
        )


def _grouped(examples: Examples, tested: int) -> list[str]:
    """What groups of test examples leave of their number."""
    count = len(examples.test_targets)
    if examples.test_groups is None or tested >= count:
        return []
    groups = len(np.unique(examples.test_groups))
    return [
        f"The {count:,} test examples are of {groups:,} groups, within which learners are right or "
        f"wrong together: they count as {tested:,} independent ones."
    ]


def reference_of(examples: Examples, question: Question) -> Reference:
    """What the targets say alone."""
    train, test, target = examples.targets, examples.test_targets, examples.target
    if examples.class_names:
        return class_reference(train, test, examples.class_names, question.sizes)
    first = question.sizes[0]
    strata = target.strata(train, most=first)
    alike = (examples.groups, examples.ordered)
    orders = [draw_order(strata, r, question.seed, first, *alike) for r in range(question.repeats)]
    bits = [[target.label_bits(train[order[:n]]) for n in question.sizes] for order in orders]
    alone = target.marginal_bits(train, test)
    return quantity_reference(train, test, np.mean(bits, axis=0), alone, target.noise_bits)


def _read(examples: Examples, known: ReadFacts) -> ReadFacts:
    """How the data were understood, where their reader says; with what their targets say."""
    samples = samples_of(examples)
    if examples.read is None:
        return dataclasses.replace(known, notes=list(examples.notes), samples=samples)
    told = msgspec.convert(examples.read.to_json(), ReadFacts)
    target = dataclasses.replace(known.target, low=told.target.low, high=told.target.high)
    return dataclasses.replace(told, target=target, samples=samples)


def request_of(
    question: Question,
    settings: Settings,
    signature: Signature,
    learners: Sequence[Learner] | None = None,
) -> Request:
    """What is asked of the rows.

    Examples of different lengths are reordered each within its own length: no two lengths get the
    same order, which not even learners that treat all positions alike are invariant to.

    learners: as tables name them; by default those of the question.
    """
    reordered = frozenset(FIXED_ORDERS if signature.padded else ())
    named = {s.label: s.name() for s in question.structures}
    return Request(
        goal=settings.goal,
        metric=settings.metric,
        indifference=settings.indifference,
        target=settings.target_accuracy or settings.target_rmse,
        labels=settings.labels,
        lossy=frozenset(s.label for s in question.structures if not s.bijective),
        invariant={
            learner.text: frozenset(
                label
                for label, name in named.items()
                if name in learner.invariant_to and name not in reordered
            )
            for learner in learners or question.learners
        },
    )


def _worded_plan(plan: LabelPlan | None) -> LabelPlan | None:
    if plan is None:
        return None
    return dataclasses.replace(plan, sentences=plan_sentences(dataclasses.asdict(plan)))


def _worded(row: ValidityRow) -> ValidityRow:
    told = dataclasses.asdict(row)
    return dataclasses.replace(row, name=checks.name(told), meaning=checks.meaning(told))


def _translated(names: set[str], question: Question) -> dict[str, dict[str, dict[str, str]]]:
    """What the files of measures and structures say in Korean, where they do."""
    measured = {n: MEASURES[n].in_korean for n in sorted(names) if n in MEASURES}
    titles = {s.label: s.caption_in_korean for s in question.structures}
    parts = {"measured": measured, "structures": titles}
    said = {key: {n: text for n, text in own.items() if text} for key, own in parts.items()}
    kept = {key: own for key, own in said.items() if own}
    return {"ko": kept} if kept else {}


def _meanings(names: set[str]) -> dict[str, str]:
    """What the numbers of each measure mean, by its name."""
    return {name: MEASURES[name].meaning() for name in sorted(names) if name in MEASURES}


def _tuning(learners: Sequence[Learner], settings: Settings, plan: RacePlan | None) -> TuningFacts:
    recipes = {learner.text: learner.used_recipe() for learner in learners}
    trials, chosen_on = settings.tune, race.CHOSEN_ON_EACH
    if plan is not None and (tried := max(map(len, plan.recipes))) > 1:
        size = plan.question.sizes[plan.race.anchor]
        trials, chosen_on = tried, race.CHOSEN_ON.format(size=size)
    return TuningFacts(trials=trials, chosen_on=chosen_on, recipes=recipes)
