"""From the rows of a store to the summary that JSON, report and terminal show."""

from typing import Any

import numpy as np

from priorscope.analysis.codelength import collect
from priorscope.analysis.summary import summarise
from priorscope.core.config import digest
from priorscope.experiments.dataset import Dataset
from priorscope.experiments.provenance import reproduce
from priorscope.experiments.settings import Settings
from priorscope.measures import MEASURES
from priorscope.runs.planner import Question
from priorscope.runs.run import Run
from priorscope.runs.store import Store
from priorscope.train.recipe import Learner


def summary_of(
    data: Dataset, question: Question, store: Store, settings: Settings, device: str
) -> dict[str, Any]:
    """Schema 1 of what is stored for a question."""
    runs, examples = question.runs(), data.examples
    rows = [_labelled(run, store.load(run.digest)) for run in runs]
    results = collect(
        [row for row in rows if row is not None],
        sizes=question.sizes,
        num_classes=len(examples.class_names),
        learners=[learner.text for learner in question.learners],
        structures=[structure.label for structure in question.structures],
        draws=question.draws,
    )
    counts = np.bincount(examples.targets, minlength=results.num_classes)
    lossy = frozenset(s.label for s in question.structures if not s.bijective)
    invariant_to = {learner.text: learner.invariant_to for learner in question.learners}
    summary = summarise(results, counts.tolist(), lossy, invariant_to=invariant_to)
    task = {
        "name": data.name,
        "examples": len(examples.targets),
        "test_examples": len(examples.test_targets),
        "classes": results.num_classes,
        "kind": examples.signature.layout,
    }
    return {
        "schema": summary.pop("schema"),
        "task": task,
        "read": None if examples.read is None else examples.read.to_json(),
        **summary,
        "structures": {s.label: s.caption for s in question.structures},
        "measured": _meanings(summary["measures"]),
        "tuning": _tuning(question.learners, settings),
        "notes": list(examples.notes),
        "reproduce": reproduce(settings, digest([r.digest for r in runs]), question.data, device),
    }


def _labelled(run: Run, row: dict[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {**row, "learner": run.learner.text, "structure": run.structure.label}


def _meanings(rows: list[dict[str, Any]]) -> dict[str, str]:
    """What the numbers of each measure mean, by its name."""
    names = sorted({row["measure"] for row in rows})
    return {name: MEASURES[name].meaning() for name in names if name in MEASURES}


def _tuning(learners: tuple[Learner, ...], settings: Settings) -> dict[str, Any]:
    recipes = {
        learner.text: {**learner.recipe.to_json(), "learning_rate": learner.learning_rate}
        for learner in learners
    }
    return {
        "trials": settings.tune,
        "chosen_on": "the validation part of each prefix (20%)",
        "recipes": recipes,
    }
