"""A comparison as a race: its jobs are runs, its outcomes are read off rows."""

import dataclasses
import math
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from priorscope.analysis.metrics import CODE_INDIFFERENCE, Metric, metric_named
from priorscope.analysis.reference import Reference
from priorscope.core.signature import Signature
from priorscope.experiments.settings import AMOUNTS, Settings
from priorscope.experiments.variants import anchor, variants
from priorscope.racing.course import unfold
from priorscope.racing.race import Course, Entrant, Job, Outcome, Race, rules_of
from priorscope.runs.planner import Question
from priorscope.runs.rows import Row
from priorscope.runs.run import Run
from priorscope.train.recipe import Learner

RANDOM_LABELS = "random-labels"


@dataclasses.dataclass(frozen=True)
class RacePlan:
    """The race over a question.

    recipes: of each learner, those that are tried, its own first. metric: of the goal "accuracy".
    """

    question: Question
    settings: Settings
    recipes: tuple[tuple[Learner, ...], ...]
    metric: Metric
    reference: Reference

    @classmethod
    def of(
        cls, question: Question, settings: Settings, signature: Signature, reference: Reference
    ) -> "RacePlan":
        """Raises LookupError if the metric doesn't fit the targets."""
        examples = question.sizes[anchor(question.sizes)]
        tried = [variants(one, settings, signature, examples) for one in question.learners]
        metric = metric_named(settings.metric, reference.target.kind)
        return cls(question, settings, tuple(tried), metric, reference)

    @cached_property
    def race(self) -> Race:
        """The rules and who is in."""
        question, settings = self.question, self.settings
        labels = [s.label for s in question.structures]
        names = [s.name() for s in question.structures]
        most = settings.repeats or AMOUNTS[settings.preset].repeats
        entrants = [
            Entrant(
                name=learner.text,
                variants=len(self.recipes[i]),
                twins=sum(one.text != learner.text for one in self.recipes[i]),
                invariant=frozenset(
                    s for s, name in enumerate(names) if name in learner.invariant_to
                ),
                tunable=not learner.model.trains_itself,
            )
            for i, learner in enumerate(question.learners)
        ]
        few = {} if most >= 3 else {"first_repeats": most, "later_repeats": min(most, 2)}
        return Race(
            entrants=tuple(entrants),
            sizes=question.sizes,
            goal=settings.goal,
            indifference=self._indifference,
            structures=len(labels),
            random_labels=names.index(RANDOM_LABELS) if RANDOM_LABELS in names else None,
            densities=self.reference.target.kind == "quantity",
            anchor=anchor(question.sizes),
            seed=question.seed,
            test_examples=self.reference.test_examples,
            shares=self.metric.higher and self.metric.key != "r2",
            rules=rules_of(settings.goal, most_repeats=most, **few),
        )

    @property
    def _indifference(self) -> float:
        if self.settings.indifference is not None:
            return self.settings.indifference
        if self.settings.goal == "code":
            return CODE_INDIFFERENCE
        scale = (self.reference.target.std or 1.0) if self.metric.relative else 1.0
        return self.metric.indifference * scale

    def learner(self, job: Job) -> Learner:
        """With the recipe of the job's variant."""
        return self.recipes[job.learner][job.variant]

    def run(self, job: Job) -> Run:
        """The run that does a job."""
        question = self.question
        structure = question.structures[job.structure]
        tune = job.trials if job.trials > 1 else question.tune
        return question.run(self.learner(job), structure, job.size, job.repeat, tune)

    def outcome(self, job: Job, row: Row | None) -> Outcome | None:
        """What a row says; a failed run does as well as the reference; None without a row."""
        if row is None:
            return None
        if row["status"] != "done":
            return self._charged(job.size)
        test, block = row["test"], row.get("block")
        value = float(test.get(self.metric.key, math.nan))
        if not math.isfinite(value):
            return self._charged(job.size)
        return Outcome(
            value=self.metric.cost(value),
            loss=self._loss(value, int(test["examples"])),
            bits=None if block is None else float(block["bits"]),
            validation=row.get("validation_loss"),
        )

    def _charged(self, size: int) -> Outcome:
        null, sizes = self.reference.null_bits, self.question.sizes
        bits = None
        if size + 1 < len(sizes):
            bits = float((null[size + 1] - null[size]) / (sizes[size + 1] - sizes[size]))
        value = self.reference.metrics.get(self.metric.name, 0.0)
        return Outcome(
            value=self.metric.cost(value),
            loss=self._loss(value, max(self.reference.test_examples, 1)),
            bits=bits,
        )

    def _loss(self, value: float, examples: int) -> float:
        """A number above 0 whose ratios mean something."""
        if self.metric.higher:  # a share, or R2
            return ((1 - value) * examples + 0.5) / (examples + 1)
        if self.metric.key == "bits" and self.reference.target.kind == "quantity":
            return 2.0**value
        return value

    def course(
        self,
        row_of: Callable[[Run], Row | None],
        stops: Mapping[int, int] | None = None,
        last: int | None = None,
        **flags: Any,
    ) -> Course:
        """How far the race is, with the rows there are.

        stops, last, flags (`variants`, `with_trials`): see `Race`.
        """
        race = dataclasses.replace(self.race, stops=stops or {}, last=last, **flags)
        return unfold(race, lambda job: self.outcome(job, row_of(self.run(job))))

    def shown(self, course: Course) -> list[Learner]:
        """The learners as tables name them: with the recipe that was chosen for each."""
        return [recipes[course.final_variant(i)] for i, recipes in enumerate(self.recipes)]
