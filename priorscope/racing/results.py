"""The outcomes of a race as arrays: what bounds and looks are computed from."""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from priorscope.analysis.estimates import moderated
from priorscope.racing.bound import Gap
from priorscope.racing.race import INTACT, Job, Outcome, Race, recipe_at

_LEAST = 1e-9  # of a loss, so that it has a logarithm
_PRIOR_SIZES = 2  # sizes before the target whose noise counts


class Results:
    """Outcomes by job.

    variants: learner -> the recipe that was chosen for it at the anchor. plain_from: learner ->
    index of the size from which on it has its own recipe instead, which did better there.
    """

    def __init__(self, race: Race):
        self.race = race
        self.variants: dict[int, int] = {}
        self.plain_from: dict[int, int] = {}
        self._outcomes: dict[Job, Outcome] = {}
        self._cells: dict[tuple[int, int, int], dict[int, Outcome]] = {}  # repeats on intact data

    def update(self, outcomes: Mapping[Job, Outcome]) -> None:
        """Keep more outcomes."""
        self._outcomes.update(outcomes)
        for job, outcome in outcomes.items():
            if job.structure == INTACT and job.trials == 1:
                cell = self._cells.setdefault((job.learner, job.size, job.variant), {})
                cell[job.repeat] = outcome

    def job(self, learner: int, size: int, repeat: int) -> Job:
        """On intact data, with the recipe that the learner has at that size."""
        variant = self.variant(learner, size)
        return Job(learner=learner, size=size, repeat=repeat, variant=variant)

    def variant(self, learner: int, size: int) -> int:
        """The recipe that a learner has at a size."""
        return recipe_at(self.race, learner, size, self.variants, self.plain_from)

    def choose(self, learners: Iterable[int]) -> None:
        """For each the recipe with the least validation loss at the anchor; ties: the first."""
        for i in learners:
            losses = [
                self._validation(Job(learner=i, size=self.race.anchor, repeat=0, variant=v))
                for v in range(self.race.tried(i))
            ]
            self.variants[i] = int(np.argmin(losses)) if np.isfinite(losses).any() else 0

    def choose_again(self, learners: Iterable[int], size: int) -> None:
        """From this size on their own recipes for those whose twins do worse there."""
        for i in learners:
            plain = Job(learner=i, size=size, repeat=0)
            if self._validation(plain) < self._validation(self.job(i, size, 0)):
                self.plain_from[i] = size

    def _validation(self, job: Job) -> float:
        outcome = self._outcomes[job]
        return math.inf if outcome.validation is None else outcome.validation

    def of(self, job: Job) -> float:
        """What the goal is judged by, of one job."""
        outcome = self._outcomes[job]
        return outcome.value if self.race.goal == "accuracy" else _bits(outcome)

    def losses(self, learner: int, size: int, variant: int | None = None) -> dict[int, float]:
        """Repeat -> loss above 0: of the test split, or of the next block for the goal "code"."""
        return {r: self._loss(o) for r, o in self._at(learner, size, variant).items()}

    def _at(self, learner: int, size: int, variant: int | None = None) -> dict[int, Outcome]:
        if variant is None:
            variant = self.variant(learner, size)
        return self._cells.get((learner, size, variant), {})

    def _loss(self, outcome: Outcome) -> float:
        if self.race.goal == "accuracy":
            return max(outcome.loss, _LEAST)
        bits = _bits(outcome)
        return 2.0**bits if self.race.densities else max(bits, _LEAST)

    def ratios(self, learner: int, leader: int, size: int) -> np.ndarray:
        """Log ratios of losses over the repeats that both have."""
        return np.array(list(self._by_repeat(learner, leader, size).values()))

    def _by_repeat(
        self, learner: int, leader: int, size: int, variant: int | None = None
    ) -> dict[int, float]:
        own, best = self.losses(learner, size, variant), self.losses(leader, size, variant)
        return {r: math.log(own[r] / best[r]) for r in sorted(own.keys() & best.keys())}

    def ratio(self, learner: int, leader: int, size: int) -> float:
        """Mean log ratio at one size."""
        return float(self.ratios(learner, leader, size).mean())

    def gap(self, learner: int, leader: int, size: int) -> Gap:
        """Where a learner stands after a size, and where it is going.

        The slope into the anchor is that of the recipes that both sizes have.
        """
        now = self.ratios(learner, leader, size)
        slope = 0.0
        if size:
            variant = 0 if size == self.race.anchor else None
            after = self._by_repeat(learner, leader, size, variant)
            before = self._by_repeat(learner, leader, size - 1)
            shared = sorted(after.keys() & before.keys())
            octaves = math.log2(self.race.sizes[size] / self.race.sizes[size - 1])
            changes = [(after[r] - before[r]) / octaves for r in shared]
            slope = float(np.mean(changes)) if changes else 0.0
        variance = self._variance(leader, size) / len(now) + self._test_variance(leader, size)
        return Gap(float(now.mean()), slope, math.sqrt(variance))

    def _test_variance(self, leader: int, size: int) -> float:
        """Of a log ratio to the leader, from the finite test split, which no repeat shows.

        Of shares by the delta method, with half of the leader's mistakes made by both: 1/x + 1/y of
        x and y mistakes, less 2 (y/2) / (x y), is one over the leader's. Other losses vary from
        example to example by about their mean, and half of that is common to both.
        """
        examples = self.race.test_examples
        if self.race.goal == "code" or not examples:
            return 0.0
        if not self.race.shares:
            return 1 / examples
        loss = min(float(np.mean(list(self.losses(leader, size).values()))), 0.99)
        return (1 - loss) / (loss * examples)

    def _variance(self, leader: int, size: int) -> float:
        """Of one repeat's log ratio to the leader, pooled over learners and two sizes."""
        total, dof = 0.0, 0
        for k in range(max(0, size - 1), size + 1):
            for i in range(len(self.race.entrants)):
                values = self.ratios(i, leader, k) if i != leader else np.empty(0)
                if len(values) > 1:
                    total += float(values.var(ddof=1)) * (len(values) - 1)
                    dof += len(values) - 1
        return total / dof if dof else 0.0

    def trend(self, learner: int, size: int) -> tuple[float, float]:
        """A learner's loss at a size, and how its log changes per octave."""
        now = float(np.mean(list(self.losses(learner, size).values())))
        if size == 0:
            return now, 0.0
        before = float(np.mean(list(self.losses(learner, size - 1).values())))
        octaves = math.log2(self.race.sizes[size] / self.race.sizes[size - 1])
        return now, math.log(now / before) / octaves

    def code(self, learner: int, size: int) -> np.ndarray:
        """Bits of all blocks up to the one after `size`, by repeat that has them all."""
        sizes = self.race.sizes
        blocks = [self._at(learner, k) for k in range(size + 1)]
        shared = sorted(set.intersection(*(set(b) for b in blocks)))
        widths = [sizes[k + 1] - sizes[k] for k in range(size + 1)]
        return np.array(
            [sum(w * _bits(b[r]) for w, b in zip(widths, blocks, strict=True)) for r in shared]
        )

    def code_gap(self, learner: int, leader: int, size: int) -> tuple[float, float, float]:
        """Bits that a learner is behind, their standard error, and the leader's bits."""
        best = self.code(leader, size)
        own = self.code(learner, size)
        shared = min(len(own), len(best))
        difference = float((own[:shared] - best[:shared]).mean())
        error = math.sqrt(self._code_variance(learner, leader, size) / shared)
        return difference, error, float(best.mean())

    def _code_variance(self, learner: int, leader: int, size: int) -> float:
        """Of one repeat's difference in bits, moderated by all learners' (Smyth 2004).

        A block that has one repeat alone is as noisy as the loss of the size before it was.
        """
        own, others = np.empty(0), []
        for i in range(len(self.race.entrants)):
            if i != leader and all(self._at(i, k) for k in range(size + 1)):
                pairs = zip(self.code(i, size), self.code(leader, size), strict=False)
                values = np.array([a - b for a, b in pairs])
                own = values if i == learner else own
                others += [values] if i != learner else []
        cells = [v for v in others if len(v) > 1]
        dof = sum(len(v) - 1 for v in cells)
        pooled = sum(float(v.var(ddof=1)) * (len(v) - 1) for v in cells) / max(dof, 1)
        variance, certain = moderated(own, (pooled, float(dof)) if dof else None)
        if certain > 0 and len(own) > 1:
            return variance
        earlier = self._code_variance(learner, leader, size - 1) if size else 0.0
        width = self.race.sizes[size + 1] - self.race.sizes[size]
        scale = 1 / math.log(2) if self.race.densities else self.trend(leader, size)[0]
        return earlier + self._variance(leader, size) * (width * scale) ** 2

    def leader(self, learners: Sequence[int], size: int) -> int:
        """Who is best so far, by losses at a size, or by the code up to it."""
        if self.race.goal == "code":
            return min(learners, key=lambda i: (float(self.code(i, size).mean()), i))
        means = {i: np.mean(list(self.losses(i, size).values()) or [math.inf]) for i in learners}
        return min(learners, key=lambda i: (float(means[i]), i))

    def at_target(self, learner: int) -> np.ndarray:
        """Values that decide, by repeat."""
        k = self.race.target
        if self.race.goal == "code":
            labels = self.race.sizes[k + 1] - self.race.sizes[0]
            return self.code(learner, k) / labels
        return np.array([o.value for _, o in sorted(self._at(learner, k).items())])

    def prior(self, learners: Sequence[int]) -> tuple[float, float] | None:
        """Variance of a difference within a repeat, at the last sizes, and degrees of freedom."""
        if self.race.goal == "code":
            return None
        total, dof = 0.0, 0
        for k in range(max(0, self.race.target - _PRIOR_SIZES), self.race.target + 1):
            values = [[o.value for _, o in sorted(self._at(i, k).items())] for i in learners]
            shared = min(map(len, values))
            if shared < 2:
                continue
            cells = np.array([v[:shared] for v in values])
            centred = cells - cells.mean(axis=0)
            total += 2 * float(((centred - centred.mean(axis=1, keepdims=True)) ** 2).sum())
            dof += (shared - 1) * (len(learners) - 1)
        return (total / dof, float(dof)) if dof else None

    def lag(self, learners: Sequence[int]) -> dict[int, float]:
        """By how much each is behind the best where all were last, less a standard error."""
        for k in range(self.race.goal_size, -1, -1):
            if all(self._at(i, j) for i in learners for j in range(max(k - 1, 0), k + 1)):
                leader = self.leader(learners, k)
                gaps = {i: self.gap(i, leader, k) for i in learners if i != leader}
                return {i: g.ratio - g.error for i, g in gaps.items()}
        return {}

    def ranked(self, learners: Sequence[int]) -> list[int]:
        """Best first, at the largest size that all of them reached."""
        if len(learners) < 2:
            return list(learners)
        for k in range(self.race.target, -1, -1):
            if all(self._at(i, k) for i in learners):
                if self.race.goal == "code":
                    if not all(len(self.code(i, k)) for i in learners):
                        continue
                    return sorted(learners, key=lambda i: (float(self.code(i, k).mean()), i))
                means = {
                    i: float(np.mean([o.value for o in self._at(i, k).values()])) for i in learners
                }
                return sorted(learners, key=lambda i: (means[i], i))
        return list(learners)


def _bits(outcome: Outcome) -> float:
    assert outcome.bits is not None, "a size without a next block has no code"
    return outcome.bits
