"""The main job: from data to an answer; data, plan, runs, summary, report."""

import dataclasses
import json
import math
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from priorscope.analysis.metrics import metric_named
from priorscope.core.deadline import Deadline
from priorscope.core.files import write
from priorscope.core.registry import include
from priorscope.experiments.conduct import Conductor
from priorscope.experiments.dataset import Data, Dataset, fewer_tests, read_dataset
from priorscope.experiments.learners import fitting, make_learners
from priorscope.experiments.plan import (
    check_target,
    choose_folder,
    choose_sizes,
    choose_structures,
    fitting_sizes,
    refuse_inside,
)
from priorscope.experiments.provenance import python_call
from priorscope.experiments.race import RacePlan
from priorscope.experiments.settings import AMOUNTS, Settings
from priorscope.experiments.summarise import reference_of, summary_of
from priorscope.experiments.tracked import Tracking, about, forget
from priorscope.experiments.workers import choose_backend
from priorscope.racing.race import Course
from priorscope.runs.backends.local import available_workers, choose_device
from priorscope.runs.crew import Crew
from priorscope.runs.execute import execute, missing
from priorscope.runs.planner import Question
from priorscope.runs.progress import Progress
from priorscope.runs.run import Run
from priorscope.runs.shard import Shard
from priorscope.runs.store import Store
from priorscope.tracking import TRACKERS
from priorscope.train.kernels import load_early
from priorscope.train.recipe import pretrained_folder
from priorscope.wording.page import english
from priorscope.wording.summary import told

REPORT_SECONDS = (8.0, 20.0)  # of a budget, kept for analysis and report: at least, at most
REPORT_SHARE = 0.15


@dataclasses.dataclass(frozen=True)
class Trained:
    """What came of training.

    is_last: whether no other shard is still at work, so that the summary is this process's to
    make. course: how far the race came; None after a full grid.
    """

    is_last: bool
    course: Course | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Comparison:
    """A question about some data: planned when it is made, answered by `run`.

    `Comparison.of` makes one; it is the only way for the command line, Python and the checks.

    data: as they are compared. whole: with all of their test examples.
    started: `time.monotonic()` when the user began to wait; a budget counts from there.
    call: of `priorscope.compare` that makes it again.
    """

    settings: Settings
    data: Dataset
    whole: Dataset
    question: Question
    store: Store
    device: str
    started: float
    call: str = ""

    @classmethod
    def of(
        cls,
        data: Data,
        settings: Settings,
        learners: Sequence[Any] = (),
        started: float | None = None,
    ) -> "Comparison":
        """Read the data and plan the runs; nothing is trained and nothing written.

        Args:
            data: a path or a task's name, a task, examples, or what is in memory; see `Data`.
            settings: what is asked.
            learners: texts, model configs, learners or estimators instead of
                `settings.learners`; without both, the default ones for such data.
            started: see above; by default now.

        Raises:
            LookupError: if a path, task, learner or structure doesn't exist, or the metric
                doesn't fit the targets.
            ValueError: if something that was asked for doesn't fit the data.
        """
        started = time.monotonic() if started is None else started
        for path in settings.include:
            include(path)
        if settings.log is not None:
            TRACKERS[settings.log]().check()
        device = choose_device(settings.device)
        if settings.backend == "local" and settings.workers in (None, 1):  # a thread of ours
            load_early(device)
        made = make_learners(learners or settings.learners or (), settings)
        whole = read_dataset(data, settings, pretrained_folder(made))
        kept = Dataset(whole.name, fewer_tests(whole.examples, settings))
        signature = kept.examples.signature
        metric_named(settings.metric, "classes" if kept.examples.class_names else "quantity")
        check_target(settings, bool(kept.examples.class_names))
        repeats = settings.repeats or AMOUNTS[settings.preset].repeats
        sizes = choose_sizes(settings, kept.examples)
        fit = fitting(made, settings, signature, sizes[-1])
        question = Question(
            learners=fit,
            structures=choose_structures(settings, signature),
            sizes=fitting_sizes(sizes, settings, fit, signature),
            repeats=repeats,
            first_repeats=2 if settings.limit else repeats,
            seed=settings.seed,
            tune=settings.tune,
            data=kept.examples.fingerprint,
        )
        folder = choose_folder(settings, kept)
        if isinstance(data, str | Path):
            refuse_inside(folder, data)
        return cls(
            settings=settings,
            data=kept,
            whole=whole,
            question=question,
            store=Store(folder),
            device=device,
            started=started,
            call=python_call(data, settings, () if settings.learners else learners),
        )

    @property
    def runs(self) -> list[Run]:
        """All of them, in the order in which they are wanted."""
        return self.question.runs()

    @property
    def deadline(self) -> float:
        """When training has to stop, so that the report is there when the budget ends."""
        if self.settings.limit is None:
            return float("inf")
        return self.started + self.settings.limit.total_seconds() - self.report_seconds

    @property
    def report_seconds(self) -> float:
        """Kept for analysis and report; without a budget, what they take on small data."""
        least, most = REPORT_SECONDS
        if self.settings.limit is None:
            return least
        budget = self.settings.limit.total_seconds()
        return min(max(least, REPORT_SHARE * budget), most, budget / 2)

    def missing(self) -> list[Run]:
        """Runs that aren't done yet; a failed one is tried again."""
        return missing(self.runs, self.store)

    def run(self, show: Callable[[Progress], None] = lambda progress: None) -> dict[str, Any]:
        """Do what is missing, summarise, write the report; returns the summary (docs/json.md).

        A shard that isn't the last at work writes nothing: see `unconcluded`.

        Raises:
            OSError: if the folder can't be written.
            ValueError: if the folder holds files that priorscope didn't write.
        """
        trained = self.train(show)
        if not trained.is_last:
            return self.unconcluded(trained.course)
        return self.conclude(trained.course)

    @cached_property
    def race(self) -> RacePlan:
        """What decides which runs are done, unless all are."""
        examples = self.data.examples
        reference = reference_of(examples, self.question)
        return RacePlan.of(self.question, self.settings, examples.signature, reference)

    @cached_property
    def tracking(self) -> Tracking | None:
        """What logs it while it runs; None if that wasn't asked for."""
        if self.settings.log is None:
            return None
        key = None if self.settings.goal == "code" else self.race.metric.key
        facts = about(self.data.name, self.settings, self.question, self.store.root)
        tracker = TRACKERS[self.settings.log]()
        return Tracking(tracker, facts, self.store, self.question, key)

    def train(self, show: Callable[[Progress], None] = lambda progress: None) -> "Trained":
        """Do the runs that are missing; the rows are in the store.

        Raises:
            OSError: if the folder can't be written.
            ValueError: if the folder holds files that priorscope didn't write, or `--log` can't
                begin.
        """
        self.store.claim()
        if self.settings.fresh:
            self.store.clear()
            forget(self.store.root)
        self.store.save_data(self.data.examples)
        shard = Shard() if self.settings.shard is None else Shard.of(self.settings.shard)
        is_last = False
        if self.tracking is not None:
            self.tracking.begin()
        try:
            with Crew(self.store.root, shard, self.settings.backend) as crew:
                course = self._train(crew, show)
            is_last = self.settings.shard is None or crew.is_last()
        finally:
            if self.tracking is not None and not is_last:  # else `conclude` ends it
                self.tracking.end()
        return Trained(is_last, course)

    def _train(self, crew: Crew, show: Callable[[Progress], None]) -> Course | None:
        """The race, or everything."""
        backend = choose_backend(self.settings, self.device)
        include = tuple(map(str, self.settings.include))
        left = self.deadline - time.monotonic()
        if self.settings.full_grid:
            execute(self.runs, self.store, backend, left, show, include, crew)
            return None
        limit = self.settings.limit
        conductor = Conductor(
            plan=self.race,
            store=self.store,
            backend=backend,
            deadline=Deadline(left),
            budget=math.inf if limit is None else limit.total_seconds(),
            crew=crew,
            include=include,
            started=self.started,
        )
        return conductor.run(show)

    @property
    def workers(self) -> int:
        """Processes; 0 is this one."""
        workers = self.settings.workers
        return available_workers(self.device) if workers is None else workers

    def conclude(self, course: Course | None = None) -> dict[str, Any]:
        """Summary and report from what is stored, without training anything.

        course: how far the race came; by default as far as the rows that are stored.
        """
        from priorscope.report.page import write_report

        self.store.claim()
        summary = self.summary(course)
        report = self.store.root / "report.html"
        summary["report"] = str(report)
        text = json.dumps(summary, allow_nan=False)
        write(self.store.root / "summary.json", text, root=self.store.root)
        write_report(summary, self.store.root)
        if self.tracking is not None:
            self.tracking.end(told(summary))
        return summary

    def unconcluded(self, course: Course | None = None) -> dict[str, Any]:
        """The summary of a shard that ended before others: of what is stored by now, not written.

        A note says so; the last shard concludes.
        """
        summary = self.summary(course)
        note = english("shard.others", shard=self.settings.shard)
        return {**summary, "notes": [*summary["notes"], note]}

    def summary(self, course: Course | None = None) -> dict[str, Any]:
        """What the rows in the store say."""
        race = None if self.settings.full_grid else self.race
        return summary_of(
            self.data,
            self.question,
            self.store,
            self.settings,
            self.device,
            race,
            course,
            call=self.call,
        )
