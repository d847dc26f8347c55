"""Does the race name the winner of the full grid, and at what share of its compute?

    python benchmarks/racing.py [--lcdb lcdb_dev.parquet] [--sets 1000]

Nothing is trained: rows are drawn from synthetic truths, or taken from stored full grids
(`benchmarks/results/*.csv`, and the excerpt of LCDB, Mohr et al. 2022, where it is given). A grid
is 5 learners x 5 repeats x all sizes; a run costs what its size is.
"""

import argparse
import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from priorscope.experiments.plan import thinned
from priorscope.experiments.variants import anchor
from priorscope.racing.course import unfold
from priorscope.racing.race import Entrant, Job, Outcome, Race, rules_of

NO_PROBABILITIES = ("SVC", "Perceptron", "Ridge", "PassiveAggressive", "SGD")  # of LCDB's learners
HERE = Path(__file__).parent
SIZES = (312, 625, 1250, 2500, 5000, 10_000)
INDIFFERENCE = {"accuracy": 0.005, "code": 0.02}
LEARNERS, REPEATS = 5, 5
Goal = Literal["accuracy", "code"]


@dataclass(frozen=True)
class Grid:
    """error, bits: (learners, sizes, repeats). truth: their means, (learners, sizes), or None."""

    sizes: tuple[int, ...]
    error: np.ndarray
    bits: np.ndarray
    truth: tuple[np.ndarray, np.ndarray] | None = None


def synthetic(stream: np.random.Generator) -> Grid:
    """Power laws with floors; noise of repeats that is partly shared, larger at small sizes."""
    n = np.array(SIZES, dtype=float)
    scale = stream.uniform(0.8, 1.8)
    start = scale * np.exp(stream.normal(0, 0.3, (LEARNERS, 1)))
    slope, floor = stream.uniform(0.05, 0.6, (LEARNERS, 1)), stream.uniform(0, 0.3, (LEARNERS, 1))
    shape = (n / n[0]) ** -slope
    bits = np.minimum(start * (floor + (1 - floor) * shape), 2.3 * scale)
    error = np.minimum(0.26 * bits * np.exp(stream.normal(0, 0.08, (LEARNERS, 1))), 0.85)
    noise = stream.uniform(0.01, 0.08) * (n / n[0]) ** -0.25
    shape = (LEARNERS, len(n), REPEATS)

    def repeats() -> np.ndarray:
        shared = stream.normal(size=(1, *shape[1:]))
        return np.exp(noise[:, None] * (0.7 * shared + 0.7 * stream.normal(size=shape)))

    return Grid(SIZES, error[..., None] * repeats(), bits[..., None] * repeats(), (error, bits))


def from_csv(path: Path) -> Grid:
    """A stored grid, at the sizes and repeats that all its learners have."""
    rows = list(csv.DictReader(path.open()))
    cells = {(r["learner"], int(r["n"]), int(r["draw"])): r for r in rows}
    learners = sorted({r["learner"] for r in rows})
    sizes = sorted({int(r["n"]) for r in rows})
    repeats = sorted({int(r["draw"]) for r in rows})

    def there(i: str, n: int, r: int) -> bool:
        return (i, n, r) in cells

    repeats = [r for r in repeats if all(there(i, sizes[0], r) for i in learners)]
    sizes = [n for n in sizes if all(there(i, n, r) for i in learners for r in repeats)]

    def cube(name: str) -> np.ndarray:
        return np.array(
            [[[float(cells[i, n, r][name]) for r in repeats] for n in sizes] for i in learners]
        )

    return Grid(tuple(sizes), cube("error"), cube("loss"))


def reordered(grid: Grid, stream: np.random.Generator) -> Grid:
    """The same grid with its repeats in another order, and noise of learners in another one."""
    order = stream.permutation(grid.error.shape[2])
    learners = stream.permutation(len(grid.error))[:LEARNERS]
    return Grid(grid.sizes, grid.error[learners][..., order], grid.bits[learners][..., order])


def from_lcdb(path: Path, stream: np.random.Generator) -> Iterator[Grid]:
    """Five random learners of each data set, sizes 32, 64, ... as far as all have 5 repeats."""
    import pyarrow.parquet

    names = ["openmlid", "learner", "n", "draw", "error", "logloss"]
    table = pyarrow.parquet.read_table(path, columns=names).to_pydict()
    cells: dict[int, dict[tuple[str, int, int], tuple[float, float]]] = {}
    for dataset, *key, error, loss in zip(*(table[name] for name in names), strict=True):
        if str(key[0]).startswith(NO_PROBABILITIES):
            continue  # their stored log losses mean nothing
        if key[1] >= 32 and np.log2(key[1]) % 1 == 0 and None not in (error, loss):
            cells.setdefault(dataset, {})[key[0], key[1], key[2]] = (error, loss)
    for of_one in cells.values():
        sizes = sorted({n for _, n, _ in of_one})
        learners = sorted({name for name, _, _ in of_one})
        stream.shuffle(learners)
        for start in range(0, len(learners) - LEARNERS + 1, LEARNERS):
            chosen = learners[start : start + LEARNERS]
            usable = [
                n for n in sizes if all((i, n, r) in of_one for i in chosen for r in range(REPEATS))
            ]
            if len(usable) < 5 or not np.allclose(np.diff(np.log2(usable)), 1):
                continue
            values = np.array(
                [[[of_one[i, n, r] for r in range(REPEATS)] for n in usable] for i in chosen]
            )
            if np.isfinite(values).all():
                error, bits = np.clip(values[..., 0], 1e-4, 1), np.clip(values[..., 1], 1e-3, 20)
                yield Grid(tuple(usable), error, bits / np.log(2))


def fewer_sizes(grid: Grid) -> Grid:
    """The sizes that a race has where time is short; its bits mean nothing any more."""
    kept = [grid.sizes.index(n) for n in thinned(grid.sizes)]
    truth = grid.truth and (grid.truth[0][:, kept], grid.truth[1][:, kept])
    return Grid(thinned(grid.sizes), grid.error[:, kept], grid.bits[:, kept], truth)


@dataclass
class Score:
    """What a race on one grid came to. best_dropped: the truly best left, for synthetic truths."""

    agrees: bool
    best_dropped: bool
    saving: float
    separated: bool


def play(grid: Grid, goal: Goal, seed: int) -> Score:
    """Race over a grid whose rows are all there."""
    race = Race(
        entrants=tuple(Entrant(name=str(i)) for i in range(len(grid.error))),
        sizes=grid.sizes,
        goal=goal,
        indifference=INDIFFERENCE[goal],
        anchor=anchor(grid.sizes),
        rules=rules_of(goal),
        with_trials=False,
        seed=seed,
    )

    def outcome(job: Job) -> Outcome | None:
        error = float(grid.error[job.learner, job.size, job.repeat])
        loss = (error * 2000 + 0.5) / 2001
        return Outcome(
            value=error, loss=loss, bits=float(grid.bits[job.learner, job.size, job.repeat])
        )

    course = unfold(race, outcome)
    assert course.pending is None
    target = decided_by(grid, goal, grid.error.mean(axis=2), grid.bits.mean(axis=2))
    spent = sum(grid.sizes[job.size] for job in course.done)
    whole = grid.error.shape[0] * grid.error.shape[2] * sum(grid.sizes)
    pick = course.leaders[0]
    truth = target if grid.truth is None else decided_by(grid, goal, *grid.truth)
    near = target[pick] <= target.min() + INDIFFERENCE[goal]
    best = int(truth.argmin())
    lost = best in {e.learner for e in course.dropped}
    lost = lost and truth[pick] > truth[best] + (
        0 if grid.truth is not None else INDIFFERENCE[goal]
    )
    return Score(bool(near), lost, whole / spent, course.separated)


def decided_by(grid: Grid, goal: str, error: np.ndarray, bits: np.ndarray) -> np.ndarray:
    """What each learner is judged by, (learners,): error at the largest size, or bits a label."""
    if goal == "accuracy":
        return error[:, -1]
    widths = np.diff(grid.sizes)
    return bits[:, :-1] @ widths / widths.sum()


def report(name: str, grids: list[Grid]) -> dict[str, float]:
    """One line for each goal."""
    figures: dict[str, float] = {}
    goals: tuple[Goal, ...] = ("accuracy", "code")
    for goal in goals:
        scores = [play(grid, goal, seed) for seed, grid in enumerate(grids)]
        if goal == "accuracy":
            few = [play(fewer_sizes(grid), goal, seed) for seed, grid in enumerate(grids)]
            figures |= told(f"{name}, fewer sizes", goal, few)
        figures |= told(name, goal, scores)
    return figures


def told(name: str, goal: Goal, scores: Sequence[Score]) -> dict[str, float]:
    """Print one line; its figures by name."""
    figures: dict[str, float] = {}
    saving = len(scores) / sum(1 / s.saving for s in scores)
    agrees, lost = (
        np.mean([s.agrees for s in scores]),
        np.mean([s.best_dropped for s in scores]),
    )
    separated = np.mean([s.separated for s in scores])
    print(
        f"{name:<26} {goal:<9} n = {len(scores):>5}: winner {agrees:6.1%}, best dropped "
        f"{lost:5.1%}, compute ÷ {saving:.1f}, settled {separated:.0%}",
        flush=True,
    )
    figures |= {f"{name} {goal} winner": float(agrees), f"{name} {goal} dropped": float(lost)}
    figures[f"{name} {goal} saving"] = saving
    return figures


def main(argv: list[str] | None = None) -> dict[str, float]:
    """Run what is there and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lcdb", type=Path)
    parser.add_argument("--sets", type=int, default=1000)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args(argv)
    stream = np.random.default_rng(0)
    figures = report("synthetic", [synthetic(stream) for _ in range(args.sets)])
    for path in sorted((HERE / "results").glob("*.csv")):
        grid = from_csv(path)
        orders = [reordered(grid, stream) for _ in range(min(args.sets, 60))]
        figures |= report(path.stem, orders)
    if args.lcdb is not None:
        figures |= report("lcdb", list(from_lcdb(args.lcdb, stream))[: args.sets])
    if args.out is not None:
        args.out.write_text(json.dumps(figures, indent=1) + "\n")
    return figures


if __name__ == "__main__":
    main()
