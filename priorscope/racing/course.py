"""The course of a race: which jobs come next follows from the rows of those that are done.

`unfold` replays a race from its start with the rows there are, so it doesn't matter who trained
what, when, or how often it was interrupted.
"""

import math
from collections.abc import Callable, Generator, Iterable, Mapping

import numpy as np

from priorscope.core.seeds import numpy_stream
from priorscope.racing.bound import code_best_case
from priorscope.racing.duel import look, spending
from priorscope.racing.extras import recipe_jobs, structure_rungs
from priorscope.racing.race import Course, Elimination, Job, Outcome, Race, Round, Rung
from priorscope.racing.results import Results

Rounds = Generator[Round, Mapping[Job, Outcome], None]


def unfold(race: Race, outcome: Callable[[Job], Outcome | None]) -> Course:
    """Where a race is, with the outcomes that are known; None is a job that isn't done.

    The same outcomes give the same course, whatever their order.
    """
    state = _State(race)
    steps = state.rounds()
    done: dict[Job, None] = {}
    received: Mapping[Job, Outcome] | None = None
    while True:
        try:
            current = next(steps) if received is None else steps.send(received)
        except StopIteration:
            return state.course(done, None)
        outcomes = {job: outcome(job) for job in current.jobs}
        received = {job: value for job, value in outcomes.items() if value is not None}
        for rung in current.rungs:
            if not all(job in received for job in rung.jobs):
                return state.course(done, current)
            done |= dict.fromkeys(rung.jobs)


class _State:
    """What is known while a race is replayed."""

    def __init__(self, race: Race):
        self.race = race
        self.results = Results(race)
        self.alive = list(range(len(race.entrants)))
        self.dropped: list[Elimination] = []
        self.readmitted: list[int] = []
        self.checked: int | None = None
        self.check_at: int | None = None
        self.looks, self.share, self.separated = 0, 1.0, False
        self.flips: bool | None = None

    def course(self, done: Iterable[Job], pending: Round | None) -> Course:
        """What came of it so far."""
        return Course(
            done=tuple(done),
            pending=pending,
            dropped=tuple(self.dropped),
            variants=dict(self.results.variants),
            plain_from=dict(self.results.plain_from),
            leaders=tuple(self.results.ranked(self.alive)),
            looks=self.looks,
            share=self.share,
            flips=self.flips,
            readmitted=tuple(self.readmitted),
            checked=self.checked,
            checked_at=None if self.checked is None else self.check_at,
            target=self.race.target,
            separated=self.separated,
            lag=self.results.lag(self.alive),
            stops=dict(self.race.stops),
            last=self.race.last,
        )

    def rounds(self) -> Rounds:
        """All of them, each after the outcomes of the one before."""
        race = self.race
        self.alive = self._running(0)
        opening = range(min(2, race.anchor, race.target + 1))
        if opening:
            rungs = [
                Rung(f"{race.sizes[k]:,} labels", tuple(self._jobs(self._running(k), k, [r])))
                for k in opening
                for r in range(race.repeats_at(k))
            ]
            yield from self._run(rungs[:1], climbs=True)  # tells how long runs take
            yield from self._run(rungs, climbs=True)
            self.alive = self._running(opening[-1])
            self._drop(opening[-1])
        else:
            title = f"{race.sizes[0]:,} labels"
            yield from self._run([Rung(title, tuple(self._jobs(self.alive, 0, [0])))], climbs=True)
        for k in range(len(opening), race.target + 1):
            self.alive = self._running(k)
            if not self.alive:
                break
            yield from self._at_size(k)
            if k < race.target:
                self._drop(k)
        if self.alive and len(race.entrants) > 1:
            yield from self._duel()
            yield from self._recipes()
        if self.alive and race.structures > 1:
            yield from self._run(structure_rungs(race, self.results, self._leading_two()))

    def _run(self, rungs: Iterable[Rung], climbs: bool = False) -> Rounds:
        """A round, if there is anything in it; its outcomes are kept."""
        current = Round(tuple(rung for rung in rungs if rung.jobs), climbs)
        if current.jobs:
            self.results.update((yield current))

    def _running(self, k: int) -> list[int]:
        return [i for i in self.alive if k < self.race.stops.get(i, len(self.race.sizes))]

    def _jobs(self, learners: Iterable[int], k: int, repeats: Iterable[int]) -> list[Job]:
        return [self.results.job(i, k, r) for r in repeats for i in learners]

    def _at_size(self, k: int) -> Rounds:
        """All who are alive at one size; at the anchor their recipes first."""
        race = self.race
        repeats = range(race.repeats_at(k))
        title = f"{race.sizes[k]:,} labels"
        checked = self._check(k)
        if k >= race.anchor and k > 0:  # what is large is cut short as soon as one repeat says so
            extra = [] if checked is None else [self.results.job(checked, k, 0)]
            twins = self._twins(k)
            extra += [Job(learner=i, size=k, repeat=0) for i in twins]
            alone = len(self.alive) == 1 and k != race.anchor and not twins
            jobs = self._jobs(self.alive, k, repeats if alone else [0])
            yield from self._run([Rung(title, (*jobs, *extra))], climbs=True)
            self.results.choose_again(twins, k)
            if checked is not None and self._was_wrong(checked, k):
                yield from self._readmit(checked, k)
        if k == race.anchor:
            yield from self._variants(self.alive, self._able(k), title)
        elif k > race.anchor:
            self._drop(k)
        rungs = [Rung(title, tuple(self._jobs(self.alive, k, [r]))) for r in repeats]
        yield from self._run(rungs, climbs=True)

    def _variants(self, learners: list[int], able: list[int], title: str) -> Rounds:
        """The recipes of those who are able to win, and what the others run at the anchor."""
        race = self.race
        several = [i for i in able if race.tried(i) > 1]
        certain = [i for i in learners if i not in several]
        rates = tuple(
            Job(learner=i, size=race.anchor, repeat=0, variant=v)
            for i in several
            for v in range(race.tried(i))
        )
        rungs = [Rung(f"recipes at {title}", (*self._jobs(certain, race.anchor, [0]), *rates))]
        rungs += [
            Rung(title, tuple(self._jobs(certain, race.anchor, [r])))
            for r in range(1, race.repeats_at(race.anchor))
        ]
        if rates:
            yield from self._run(rungs, climbs=True)
            self.results.choose(several)

    def _twins(self, k: int) -> list[int]:
        """At the last size, those of the leading two that go with a regularised twin.

        What helped at the anchor, an eighth of it, may cost with more data: their own recipes are
        tried again.
        """
        if k != self.race.target or k <= self.race.anchor:
            return []
        twins = {i: self.race.entrants[i].twins for i in self.results.ranked(self.alive)[:2]}
        return [i for i, most in twins.items() if 0 < self.results.variant(i, k) <= most]

    def _able(self, k: int) -> list[int]:
        """Those whose best case after the first look at a size may win."""
        if k == 0 or len(self.alive) < 2:
            return self.alive
        leader = self.results.leader(self.alive, k)
        return [i for i in self.alive if i == leader or self._bound(i, leader, k) <= 0]

    def _drop(self, k: int) -> None:
        """Leave out whoever can't win even in its best case."""
        race = self.race
        if k < 1 or len(self.alive) < 2:
            return
        leader = self.results.leader(self.alive, k)
        for i in [i for i in self.alive if i != leader]:
            bound = self._bound(i, leader, k)
            if bound > 0:
                self.alive.remove(i)
                self.dropped.append(Elimination(i, k, math.exp(min(bound, 20.0))))
        if self.dropped and self.check_at is None:
            self.check_at = min(max(k + 2, race.anchor + 1), race.target)

    def _bound(self, learner: int, leader: int, k: int) -> float:
        """Log of the best ratio to the leader that a learner may reach at the target."""
        race, rules, results = self.race, self.race.rules, self.results
        gap = results.gap(learner, leader, k)
        octaves = [math.log2(n / race.sizes[k]) for n in race.sizes]
        if race.goal == "accuracy":
            return gap.best_case(octaves[race.goal_size], rules)
        behind, error, total = results.code_gap(learner, leader, k)
        blocks = [
            (octaves[j], float(race.sizes[j + 1] - race.sizes[j]))
            for j in range(k + 1, race.goal_size + 1)
        ]
        bits = code_best_case(
            gap, behind, error, results.trend(leader, k), blocks, rules, race.densities
        )
        return bits / max(abs(total), 1e-9)

    def _check(self, k: int) -> int | None:
        """Once, some dropped learner runs at a later size, to see whether the bounds hold."""
        if self.check_at != k or self.checked is not None or not self.dropped:
            return None
        stops = self.race.stops
        places = [e.learner for e in self.dropped if k < stops.get(e.learner, len(self.race.sizes))]
        if not places:
            return None
        self.checked = int(numpy_stream(self.race.seed, "check").choice(places))
        return self.checked

    def _was_wrong(self, learner: int, k: int) -> bool:
        """Whether a dropped learner does better than its best case was."""
        at = next(e.at for e in self.dropped if e.learner == learner)
        leader = self.results.leader(self.alive, k)
        octaves = math.log2(self.race.sizes[k] / self.race.sizes[at])
        bound = self.results.gap(learner, leader, at).best_case(octaves, self.race.rules)
        return self.results.ratio(learner, leader, k) < min(bound, math.inf)

    def _readmit(self, learner: int, k: int) -> Rounds:
        """Everything that it missed."""
        race = self.race
        at = next(e.at for e in self.dropped if e.learner == learner)
        title = f"{race.entrants[learner].name}, back in the race"
        if at < race.anchor <= k:
            yield from self._variants([learner], [learner], title)
        rungs = [
            Rung(title, tuple(self._jobs([learner], j, range(race.repeats_at(j)))))
            for j in range(at + 1, k + 1)
        ]
        yield from self._run(rungs)
        self.dropped = [e for e in self.dropped if e.learner != learner]
        self.readmitted.append(learner)
        self.alive.append(learner)

    def _duel(self) -> Rounds:
        """Repeats for those who can't be told from the best, until they can, or are its equals."""
        race, rules = self.race, self.race.rules
        alive = list(self.alive)
        if race.goal == "code":  # sizes that had fewer repeats catch up
            yield from self._run(self._catch_up(alive, rules.first_repeats))
        if len(alive) < 2:
            self.separated = True
            return
        done = rules.first_repeats if race.goal == "code" else race.repeats_at(race.target)
        shares = spending(max(rules.most_repeats, done) - done + 1)
        contenders = alive
        for extra, share in enumerate(shares):
            self.looks = extra + 1
            result = look(
                {i: self.results.at_target(i) for i in alive},
                self.results.prior(alive),
                race.indifference,
                rules.alpha * share,
            )
            self.alive = list(result.order)
            self.separated = result.separated
            self.share = share if result.separated else 1.0
            if result.separated or extra + 1 == len(shares):
                return
            contenders = [result.order[0], *result.open]
            yield from self._run(self._repeat(contenders, done + extra))

    def _repeat(self, learners: list[int], repeat: int) -> Iterable[Rung]:
        first = 0 if self.race.goal == "code" else self.race.target
        for k in range(first, self.race.target + 1):
            title = f"repeat {repeat + 1}"
            yield Rung(title, tuple(self._jobs(learners, k, [repeat])))

    def _catch_up(self, learners: list[int], repeats: int) -> Iterable[Rung]:
        for k in range(self.race.target + 1):
            yield Rung("repeats", tuple(self._jobs(learners, k, range(repeats))))

    def _leading_two(self) -> list[int]:
        """The winner and the runner-up, who may have left the race: the last with least bound."""
        two = self.results.ranked(self.alive)[:2]
        rest = sorted(self.dropped, key=lambda e: (-e.at, e.bound, e.learner))
        return [*two, *(e.learner for e in rest)][: min(2, len(self.race.entrants))]

    def _recipes(self) -> Rounds:
        """Winner and runner-up with six trials each: does the order stay?"""
        race, two = self.race, self._leading_two()
        stopped = any(race.target >= race.stops.get(i, len(race.sizes)) for i in two)
        tunable = any(race.entrants[i].tunable for i in two)
        if not race.with_trials or len(two) < 2 or stopped or not tunable:
            return
        jobs = recipe_jobs(race, self.results, two)
        yield from self._run([Rung("trials of recipes", jobs)])
        first, second = (self.results.of(job) for job in jobs)
        ahead = np.subtract(second, first)
        self.flips = bool(ahead < -race.indifference)
