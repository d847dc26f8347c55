"""The main job: from data to an answer; data, plan, runs, summary, report."""

import dataclasses
import json
import os
import platform
import shlex
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.analysis.codelength import collect
from priorscope.analysis.summary import summarise
from priorscope.core.config import digest
from priorscope.core.files import write
from priorscope.core.registry import include
from priorscope.core.seeds import numpy_stream
from priorscope.experiments.settings import AMOUNTS, LEARNERS, Settings, default_structures
from priorscope.measures import MEASURES
from priorscope.runs.draws import default_sizes
from priorscope.runs.executors import available_workers, choose_device, local_executor
from priorscope.runs.planner import Question, batches
from priorscope.runs.run import Run
from priorscope.runs.runner import Plan, Progress, run_batches
from priorscope.runs.store import Store
from priorscope.runs.worker import Batch
from priorscope.structures import Structure
from priorscope.structures._parse import parse_structure
from priorscope.tasks import Examples
from priorscope.train.recipe import Learner, Recipe, parse_learner

REPORT_SECONDS = (8.0, 20.0)  # of a budget, kept for analysis and report: at least, at most
REPORT_SHARE = 0.15


@dataclasses.dataclass(frozen=True)
class Named:
    """Data with the name that the report gives them."""

    name: str
    examples: Examples


class Comparison:
    """A question about some data: planned when it is made, answered by `run`.

    Args:
        data: the examples, with a name.
        settings: what is asked.
        learners: configured learners instead of those that `settings` names.
        started: `time.time()` when the user began to wait; a budget counts from there.

    Raises:
        LookupError: if a learner or structure doesn't exist.
        ValueError: if something that was asked for doesn't fit the data.
    """

    def __init__(
        self,
        data: Named,
        settings: Settings,
        learners: Sequence[Learner] = (),
        started: float | None = None,
    ):
        self.started = started or time.time()
        self.settings, self.name = settings, data.name
        for path in settings.include:
            include(Path(path))
        amount = AMOUNTS[settings.preset]
        self.examples = _fewer_tests(data.examples, amount.test, settings.seed)
        self.device = choose_device(settings.device)
        self.learners = self._checked(tuple(learners) or self._named_learners())
        self.structures, self.notes = self._structures()
        self.notes = [*self.examples.notes, *self.notes]
        self.sizes = self._sizes()
        self.store = Store(Path(settings.out or Path("priorscope-runs") / data.name))
        draws = settings.draws or amount.draws
        self.question = Question(
            learners=self.learners,
            structures=self.structures,
            sizes=self.sizes,
            draws=draws,
            first_draws=2 if settings.budget else draws,
            seed=settings.seed,
            tune=settings.tune,
            data=self.examples.fingerprint,
        )
        self.runs = self.question.runs()

    def _named_learners(self) -> tuple[Learner, ...]:
        names = self.settings.learners or LEARNERS[self.examples.signature.layout]
        return tuple(parse_learner(name, default_recipe(self.settings)) for name in names)

    def _checked(self, learners: tuple[Learner, ...]) -> tuple[Learner, ...]:
        """All of them can read such data, and no two are the same or look the same."""
        seen: dict[str, str] = {}
        for learner in learners:
            if (problem := learner.why_not(self.examples.signature)) is not None:
                raise ValueError(problem)
            identity = digest(learner.identity())
            if identity in seen or learner.text in seen.values():
                raise ValueError(
                    f"The learner {learner.text!r} is the same as "
                    f"{seen.get(identity, learner.text)!r}; drop one."
                )
            seen[identity] = learner.text
        return learners

    def _structures(self) -> tuple[tuple[Structure, ...], list[str]]:
        """Intact first; what was asked for but doesn't exist in such data becomes a note."""
        signature = self.examples.signature
        names = self.settings.structures or default_structures(signature, self.settings.preset)
        structures, notes = [parse_structure("intact")], []
        for name in dict.fromkeys(names):
            structure = parse_structure(name)
            if structure.label == "intact":
                continue
            if (reason := structure.why_not(signature)) is not None:
                if self.settings.structures:
                    raise ValueError(f"The structure {name} can't be destroyed here: {reason}")
                notes.append(f"{name} was left out: {reason}")
                continue
            structures.append(structure)
        return tuple(structures), notes

    def _sizes(self) -> tuple[int, ...]:
        examples, amount = self.examples, AMOUNTS[self.settings.preset]
        count, classes = len(examples.targets), len(np.unique(examples.targets))
        sizes = self.settings.sizes
        if not sizes:
            sizes = default_sizes(count, classes, amount.sizes, amount.largest)
        if sizes[-1] > count:
            raise ValueError(
                f"--sizes goes up to {sizes[-1]:,}, but the training split has {count:,} examples."
            )
        if sizes[0] < classes:
            raise ValueError(
                f"The smallest size is {sizes[0]}, but there are {classes} classes and each must "
                f"be in the first block; choose --sizes from {classes} on."
            )
        if len(sizes) < 2:
            raise ValueError(
                f"A learning curve needs two sizes or more, but there is {min(sizes):,} alone; "
                f"there are {count:,} training examples."
            )
        return sizes

    @property
    def deadline(self) -> float:
        """When training has to stop, so that the report is there when the budget ends."""
        budget = self.settings.budget
        least, most = REPORT_SECONDS
        kept = min(max(least, REPORT_SHARE * budget), most, budget / 2)
        return self.started + budget - kept if budget else float("inf")

    def missing(self) -> list[Run]:
        """Runs that aren't done yet; a failed one is tried again."""
        finished = self.store.finished()
        wanted = []
        for run in self.runs:
            row = self.store.load(run.digest) if run.digest in finished else None
            if row is None or row["status"] != "done":
                wanted.append(run)
        return wanted

    def run(self, show: Callable[[Progress], None] = lambda progress: None) -> dict[str, Any]:
        """Do what is missing, summarise, write the report; returns the summary (schema 1).

        Raises:
            OSError: if the folder can't be written.
        """
        self.train(show)
        return self.conclude()

    def train(self, show: Callable[[Progress], None] = lambda progress: None) -> None:
        """Do the runs that are missing; the rows are in the store."""
        if self.settings.fresh:
            self.store.clear()
        self.store.save_data(self.examples)
        workers = self.settings.workers
        workers = available_workers(self.device) if workers < 0 else workers
        plan = Plan(
            batches=self._batches(self.missing()),
            make_executor=lambda: local_executor(workers),
            lanes=max(1, workers),
            deadline=self.deadline,
        )
        if plan.batches:
            run_batches(plan, self.store, show)

    def _batches(self, runs: Iterable[Run]) -> list[Batch]:
        values = int(np.prod(self.examples.inputs.shape[1:]))
        together = self.device != "cpu"
        return [
            Batch(
                root=str(self.store.root),
                runs=tuple(run.to_json() for run in group),
                device=self.device,
                include=self.settings.include,
                deadline=self.deadline,
                updates=sum(run.learner.recipe.planned_steps(run.size) for run in group),
            )
            for group in batches(runs, values, together)
        ]

    def conclude(self) -> dict[str, Any]:
        """Summary and report from what is stored, without training anything."""
        from priorscope.report.page import write_report

        summary = self.summary()
        report = self.store.root / "report.html"
        summary["report"] = str(report)
        write(self.store.root / "summary.json", json.dumps(summary, allow_nan=False))
        write_report(summary, self.store.root)
        return summary

    def summary(self) -> dict[str, Any]:
        """Schema 1 from the rows in the store."""
        rows = [self._labelled(run, self.store.load(run.digest)) for run in self.runs]
        results = collect(
            [row for row in rows if row is not None],
            sizes=self.sizes,
            num_classes=len(self.examples.class_names),
            learners=[learner.text for learner in self.learners],
            structures=[structure.label for structure in self.structures],
            draws=self.question.draws,
        )
        counts = np.bincount(self.examples.targets, minlength=results.num_classes)
        lossy = frozenset(s.label for s in self.structures if not s.bijective)
        found = summarise(results, counts.tolist(), lossy)
        task = {
            "name": self.name,
            "examples": len(self.examples.targets),
            "test_examples": len(self.examples.test_targets),
            "classes": results.num_classes,
            "kind": self.examples.signature.layout,
        }
        return {
            "schema": found.pop("schema"),
            "task": task,
            **found,
            "measured": self._measured(found["measures"]),
            "tuning": self._tuning(),
            "notes": self.notes,
            "reproduce": self._reproduce(),
        }

    def _labelled(self, run: Run, row: dict[str, Any] | None) -> dict[str, Any] | None:
        if row is None:
            return None
        return {**row, "learner": run.learner.text, "structure": run.structure.label}

    def _measured(self, rows: list[dict[str, Any]]) -> dict[str, str]:
        """What the numbers of each measure mean, by its name."""
        names = sorted({row["measure"] for row in rows})
        return {name: MEASURES[name].meaning() for name in names if name in MEASURES}

    def _tuning(self) -> dict[str, Any]:
        return {
            "trials": self.settings.tune,
            "chosen_on": "the validation part of each prefix (20%)",
            "recipes": {
                learner.text: {
                    **learner.recipe.to_json(),
                    "learning_rate": learner.learning_rate,
                }
                for learner in self.learners
            },
        }

    def _reproduce(self) -> dict[str, Any]:
        packages = ("priorscope", "torch", "numpy", "scikit-learn", "tokenizers")
        asked = {
            field.name: getattr(self.settings, field.name)
            for field in dataclasses.fields(self.settings)
            if getattr(self.settings, field.name) != field.default
        }
        command = sys.argv if Path(sys.argv[0]).name == "priorscope" else []
        return {
            "command": shlex.join(["priorscope", *command[1:]]) if command else "",
            "settings": {k: list(v) if isinstance(v, tuple) else v for k, v in asked.items()},
            "version": version("priorscope"),
            "digest": digest([run.digest for run in self.runs]),
            "data": self.examples.fingerprint,
            "versions": {name: version(name) for name in packages},
            "hardware": {
                "machine": platform.machine(),
                "cores": os.cpu_count(),
                "device": self.device,
                "python": platform.python_version(),
            },
        }


def default_recipe(settings: Settings) -> Recipe:
    """What a recipe is where a learner doesn't say otherwise."""
    amount = AMOUNTS[settings.preset]
    return Recipe(steps=settings.steps or amount.steps, epochs=settings.epochs or amount.epochs)


def _fewer_tests(examples: Examples, most: int, seed: int) -> Examples:
    """At most `most` test examples, drawn by `seed`: evaluation is part of what a run costs."""
    count = len(examples.test_targets)
    if count <= most:
        return examples
    kept = np.sort(numpy_stream(seed, "test").permutation(count)[:most])
    note = f"{most:,} of the {count:,} test examples are used; --preset thorough uses more."
    return dataclasses.replace(
        examples,
        test_inputs=examples.test_inputs[kept],
        test_targets=examples.test_targets[kept],
        notes=(*examples.notes, note),
    )
