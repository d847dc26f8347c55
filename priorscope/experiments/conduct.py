"""Runs a race within its time: what the course wants next, as far as it still fits."""

import dataclasses
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from priorscope.core.deadline import Deadline
from priorscope.core.signature import Signature
from priorscope.experiments.idle import Idle, further_repeats
from priorscope.experiments.race import RacePlan
from priorscope.racing.race import Course, Job, Round, Rung, Variants
from priorscope.runs.backends import Backend
from priorscope.runs.batch import Batch
from priorscope.runs.cost import nominal_seconds
from priorscope.runs.crew import Crew
from priorscope.runs.execute import run_batches
from priorscope.runs.pace import Pace
from priorscope.runs.planner import ladder
from priorscope.runs.progress import Show
from priorscope.runs.rows import Row
from priorscope.runs.run import Run
from priorscope.runs.store import Store
from priorscope.wording.race import schedule

HURRY = 60.0  # seconds; with less a first look may not come to its end
ROOM = 1.15  # times the expected seconds that must be left for a rung to be begun
FAR_BEHIND = 0.15  # log ratio from which on it isn't waited for, where time won't do for all
DEAR = 5  # its share of the work ahead is then more than one in so many
BEHIND = 0.1  # log ratio to the leader's loss from which on a learner may be left behind
VARIANTS_SHARE = 0.2  # of the time left that rates and twins may take where it won't do for all
DUEL_SHARE = 0.2  # of the budget that trials of recipes may take


@dataclass
class Conductor:
    """One command's part of a race.

    deadline: when training must have stopped. budget: seconds of the whole, infinite without
    one. stops: learner -> index of the size from which on there was no time for it; resumed: who
    went on later. crew: this process among those who work on the store. include: plug-in files
    that workers need. started: when the user began to wait.
    """

    plan: RacePlan
    store: Store
    backend: Backend
    deadline: Deadline
    budget: float
    crew: Crew
    include: Sequence[str] = ()
    started: float = field(default_factory=time.monotonic)
    pace: Pace = field(default_factory=Pace)
    stops: dict[int, int] = field(default_factory=dict)
    resumed: set[int] = field(default_factory=set)
    last: int | None = None
    over: bool = False
    variants: Variants = "all"
    with_trials: bool = True
    notice: str = ""
    tried: set[str] = field(default_factory=set)
    rows: dict[str, Row] = field(default_factory=dict)

    def run(self, show: Show) -> Course:
        """Go on until the race is settled or the time is over."""
        try:
            while True:
                course = self.course()
                if self.over or self.deadline.remaining <= 0:
                    return course
                if course.pending is None:
                    if self._goes_on(course):
                        continue
                    return course
                if self._shortened(course, course.pending):
                    continue
                self._announce(course, course.pending)
                if not self._do(course, course.pending, show):
                    return self.course()
        finally:
            self.backend.stop()

    def course(self) -> Course:
        """How far the race is; a run that failed before this command counts as not done."""
        return self.plan.course(
            self._row,
            self.stops,
            self.last,
            variants=self.variants,
            with_trials=self.with_trials,
        )

    def _row(self, run: Run) -> Row | None:
        if run.digest not in self.rows:
            row = self.store.load(run.digest)
            if row is None or (row["status"] != "done" and run.digest not in self.tried):
                return None
            self.rows[run.digest] = row
            if row["status"] == "done":
                self.pace.learn(run, row)
        return self.rows[run.digest]

    def _announce(self, course: Course, pending: Round) -> None:
        """Say when each size will be done, once it is known how long runs take."""
        question = self.plan.question
        if not pending.climbs or not all(self.pace.knows(self._example(i)) for i in course.leaders):
            return
        now = time.monotonic() - self.started
        work = self._ahead(course, pending)
        ends, total = [], 0.0
        for k, of_size in work.items():
            total += sum(of_size.values()) / max(self.backend.lanes, 1)
            ends.append((question.sizes[k], now + total))
        whole = self._by_learner(work)
        if not whole:
            return
        texts = [recipes[0].text for recipes in self.plan.recipes]
        self.notice = schedule(ends, self.budget, texts[max(whole, key=lambda i: whole[i])])

    def _ahead(
        self, course: Course, pending: Round, variants: Variants | None = None
    ) -> dict[int, dict[int, float]]:
        """Seconds of work that each learner still has at each size."""
        race = dataclasses.replace(self.plan.race, variants=variants or self.variants)
        work: dict[int, dict[int, float]] = {}
        for k in range(min(job.size for job in pending.jobs), race.goal_size + 1):
            running = [i for i in course.leaders if k < self.stops.get(i, len(race.sizes))]
            tries = race if k == race.anchor else dataclasses.replace(race, variants="none")
            trials = {i: tries.tried(i) - 1 for i in running}
            work[k] = {
                i: (race.repeats_at(k) + trials[i]) * self.pace.seconds(self._example(i, k))
                for i in running
            }
        return work

    @staticmethod
    def _by_learner(work: Mapping[int, Mapping[int, float]]) -> dict[int, float]:
        total: dict[int, float] = {}
        for of_size in work.values():
            for i, seconds in of_size.items():
                total[i] = total.get(i, 0.0) + seconds
        return total

    def _too_dear(self, course: Course, pending: Round) -> bool:
        """Whether somebody far behind was left out, for whom the others wouldn't get through."""
        work = self._by_learner(self._ahead(course, pending))
        everything = sum(work.values())
        if everything / max(self.backend.lanes, 1) <= self.deadline.remaining / ROOM:
            return False
        far = [
            i
            for i, seconds in work.items()
            if course.lag.get(i, 0.0) > FAR_BEHIND and seconds > everything / DEAR
        ]
        if not far:
            return False
        self.stops[max(far, key=lambda i: work[i])] = min(job.size for job in pending.jobs)
        return True

    def _goes_on(self, course: Course) -> bool:
        """Whether somebody left for lack of time goes on after all, as the others took less.

        Each once, the cheapest first; with the rows of the others the race is what it would have
        been with that much time from the start.
        """
        race = self.plan.race
        cost = {
            i: sum(
                race.repeats_at(k) * self.pace.seconds(self._example(i, k))
                for k in range(start, course.target + 1)
            )
            for i, start in self.stops.items()
            if i in course.leaders and i not in self.resumed
        }
        cheapest = min(cost, key=lambda i: cost[i], default=None)
        room = self.deadline.remaining / ROOM * max(self.backend.lanes, 1)
        if cheapest is None or cost[cheapest] > room:
            return False
        del self.stops[cheapest]
        self.resumed.add(cheapest)
        return True

    def _timed(self, job: Job) -> Run:
        """The run of a job, or while nothing is known of such runs that of the learner's own."""
        run = self.plan.run(job)
        if self.pace.knows(run):
            return run
        return self.plan.run(dataclasses.replace(job, variant=0))

    def _example(self, learner: int, size: int = 0) -> Run:
        return self.plan.run(Job(learner=learner, size=size, repeat=0))

    def _waiting(self, rungs: Round) -> list[list[Run]]:
        """Runs of each rung that aren't done."""
        return [[self.plan.run(job) for job in self._unfinished(rung)] for rung in rungs.rungs]

    def _do(self, course: Course, pending: Round, show: Show) -> bool:
        """Run what fits; whether anything was done."""
        rungs = self._waiting(pending)
        titles = [r.title for r, runs in zip(pending.rungs, rungs, strict=True) if runs]
        if not titles:  # others did it just now
            return True
        _, signature = self.store.load_data(self.plan.question.data)
        values = int(np.prod(signature.input_shape))
        guess = partial(self._guess, signature)
        made = self._in_order(ladder(rungs, guess, values, self.backend.together))
        made += [[run] for run in self._meanwhile(course, pending, rungs, guess)]
        batches = [self._batch(runs) for runs in made]
        self.crew.begin(titles[0], already=len(self.rows))
        notice = self.notice
        run_batches(batches, self.store, self.backend, self.deadline, show, self.crew, notice)
        wanted = {run.digest for runs in made for run in runs}
        self.tried |= wanted
        return any(self.store.path(digest).exists() for digest in wanted)

    def _in_order(self, batches: list[Any]) -> list[Any]:
        """The cheapest first in the first look of a short budget: not all may come to an end."""
        return batches[::-1] if not self.rows and self.deadline.remaining < HURRY else batches

    def _meanwhile(
        self,
        course: Course,
        pending: Round,
        rungs: Sequence[Sequence[Run]],
        seconds: Callable[[Run], float],
    ) -> list[Run]:
        """Runs for workers who would wait for the dearest of a first look."""
        if self.backend.together:
            return []
        race = self.plan.race
        if not self._has_time_for_variants(course, pending):
            race = dataclasses.replace(race, variants="none")
        jobs = further_repeats(
            race,
            course,
            pending,
            Idle.of([seconds(run) for rung in rungs for run in rung], self.backend.lanes),
            lambda job: seconds(self.plan.run(job)),
            self.deadline.remaining / ROOM,
        )
        return [run for run in map(self.plan.run, jobs) if self._row(run) is None]

    def _has_time_for_variants(self, course: Course, pending: Round) -> bool:
        """Whether twins, the fewest recipes that are tried at all, look as if they'd fit."""
        if self.variants == "none":
            return False
        entrants, anchor = self.plan.race.entrants, self.plan.race.anchor
        each = [
            entrants[i].twins * self.pace.seconds(self._example(i, anchor)) for i in course.leaders
        ]
        climb = self._by_learner(self._ahead(course, pending, variants="none"))
        lanes = max(self.backend.lanes, 1)
        return sum(each) / lanes <= self._time_for_variants(sum(climb.values()) / lanes)

    def _time_for_variants(self, climb: float) -> float:
        """Seconds that rates and twins may take. climb: until the largest size is done without."""
        left = self.deadline.remaining
        return max(left * VARIANTS_SHARE, left / ROOM - climb)

    def _guess(self, signature: Signature, run: Run) -> float:
        """Expected seconds, of a learner that hasn't run yet by what it costs nominally."""
        if self.pace.knows(run):
            return self.pace.seconds(run)
        return nominal_seconds(run.learner, signature, run.size)

    def _batch(self, runs: Sequence[Run]) -> Batch:
        device = "cpu" if runs[0].learner.model.trains_itself else self.backend.device
        batch = Batch.of(runs, str(self.store.root), device, self.include)
        expected = sum(map(self.pace.seconds, runs))
        return dataclasses.replace(batch, expected=expected)

    def _shortened(self, course: Course, pending: Round) -> bool:
        """Whether somebody, or the race, must end earlier because time won't suffice."""
        if not pending.climbs:
            return self._without_trials(pending)
        if self._too_dear(course, pending):
            return True
        climb = self._by_learner(self._ahead(course, pending, variants="none"))
        if self._without_variants(pending, sum(climb.values()) / max(self.backend.lanes, 1)):
            return True
        waiting = next(filter(None, map(self._unfinished, pending.rungs)), [])
        runs = list(map(self._timed, waiting))
        cost = {job: self.pace.seconds(run) for job, run in zip(waiting, runs, strict=True)}
        left = self.deadline.remaining / ROOM
        size = min((job.size for job in waiting), default=0)
        slow = [job for job in waiting if cost[job] > left]
        twice = 2 if all(job.repeat == 0 for job in waiting) else 1
        if not slow and self.pace.together(runs * twice, self.backend.lanes) > left:
            slow = sorted(waiting, key=lambda job: (course.lag.get(job.learner, 0.0), cost[job]))
            slow = slow[-1:]
        for job in slow:
            unseen = size == 0 and job.repeat == 0
            if unseen or course.lag.get(job.learner, 0.0) > BEHIND:
                if job.size < self.stops.get(job.learner, len(self.plan.question.sizes)):
                    self.stops[job.learner] = job.size
            else:  # it may be the best: all are compared where it still was
                self._end_at(self._largest(waiting, left))
        return bool(slow)

    def _end_at(self, size: int) -> None:
        """Go no further than a size; -1: no further than what there is of the smallest."""
        if size < 0:
            self.over = True
        else:
            self.last = size

    def _largest(self, waiting: Sequence[Job], left: float) -> int:
        """The last size, where there is no time for all repeats at this one; -1: before any."""
        race, size = self.plan.race, waiting[0].size
        fewer = [job for job in waiting if job.repeat < race.rules.later_repeats]
        if len(fewer) == len(waiting) or self.last is not None:
            return size - 1
        fits = self.pace.together(map(self._timed, fewer), self.backend.lanes) <= left
        return size if fits else size - 1

    def _without_variants(self, pending: Round, climb: float) -> bool:
        """Whether rates, or twins as well, were called off: they'd take what larger sizes need.

        climb: seconds until the largest size is done without them.
        """
        tried = Counter((job.learner, job.size, job.repeat) for job in pending.jobs)
        runs = [
            self._timed(job)
            for job in pending.jobs
            if job.variant and tried[job.learner, job.size, job.repeat] > 1
        ]
        most = self._time_for_variants(climb)
        if not runs or self.pace.together(runs, self.backend.lanes) <= most:
            return False
        self.variants = "twins" if self.variants == "all" else "none"
        return True

    def _without_trials(self, pending: Round) -> bool:
        """Whether trials of recipes were called off, as more than a fifth of the budget."""
        runs = [self.plan.run(job) for job in pending.jobs if job.trials > 1]
        share = self.budget * DUEL_SHARE
        if not runs or self.pace.together(runs, self.backend.lanes) <= share:
            return False
        self.with_trials = False
        return True

    def _unfinished(self, rung: Rung) -> list[Job]:
        return [job for job in rung.jobs if self._row(self.plan.run(job)) is None]
