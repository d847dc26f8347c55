"""Fits the constants of `priorscope/analysis/curves/constants.py` on curves with hidden sizes.

    python benchmarks/fit_forecast.py FILE.parquet [--folds 3] [--curves 400] [--steps 120]

Maximises the mean log density of the hidden means at 2 and 4 times the data under the process
alone, in closed form (a mixture of normals over scales, with its wide tail). With --folds it also
prints what is got with every fold of data sets left out.
"""

import argparse
import dataclasses
import zlib
from pathlib import Path

import numpy as np
from lcdb import Group, Task, read_tasks
from scipy.optimize import minimize

from priorscope.analysis.curves.constants import FITTED, Constants
from priorscope.analysis.curves.drift import SCALES, posterior, slope_kernel
from priorscope.analysis.curves.noise import Means, means_of
from priorscope.analysis.curves.pairs import calibrated

# Fitted on a log scale, but for those that have a sign or lie in (0, 1).
POSITIVE = ("mean_fall", "rate", "own_noise", "fade", "fade_rate", "temper", "scale_spread")
PLAIN = ("scale_center",)
SHARE = ("tail",)
NAMES = (*POSITIVE, *PLAIN, *SHARE)
_WORST = -6.0  # a log density below this counts as this: single wild curves decide nothing
_AHEAD = np.array([1.0, 2.0])
PRIOR_OVERTAKING = (0.75, 0.15)  # mean and standard deviation


def fold_of(dataset: int, folds: int) -> int:
    """The fold of a data set, the same in every run."""
    return zlib.crc32(str(dataset).encode()) % folds


def means_of_task(task: Task) -> Means:
    """Means of the sizes at which somebody made an error."""
    some = np.nanmean(task.values, axis=1) > 0
    return means_of(task.sizes[some], task.values[some])


def log_density(means: Means, task: Task, constants: Constants) -> float:
    """Mean log density of the targets, below by `_WORST`."""
    found = posterior(means, _AHEAD, constants, constants.mean_fall)
    x = np.log2(means.sizes / means.sizes[-1])
    square = SCALES[:, None] ** 2
    prior = square * np.diag(slope_kernel(_AHEAD, _AHEAD, constants.rate)) + 100.0
    cross = square[..., None] * slope_kernel(x, _AHEAD, constants.rate) + 100.0
    variance = np.maximum(prior - np.einsum("jsa,ijsa->ija", cross, found.gain), 1e-10)
    noise = np.array([task.noise[1], task.noise[2]])
    target = np.array([task.target[1], task.target[2]])
    density = np.zeros(2)
    for share, width in ((1 - constants.tail, 1.0), (constants.tail, constants.tail_width)):
        spread = variance * width**2 + noise
        normal = np.exp(-0.5 * (target - found.center) ** 2 / spread) / np.sqrt(2 * np.pi * spread)
        density += share * (found.weight[..., None] * normal).sum(axis=(0, 1))
    return float(np.maximum(np.log(density + 1e-300), _WORST).mean())


def to_vector(constants: Constants) -> np.ndarray:
    """The fitted constants on scales without bounds."""
    logs = [np.log(getattr(constants, name)) for name in POSITIVE]
    plain = [getattr(constants, name) for name in PLAIN]
    odds = [np.log(p / (1 - p)) for p in (getattr(constants, name) for name in SHARE)]
    return np.array([*logs, *plain, *odds])


def from_vector(vector: np.ndarray, start: Constants) -> Constants:
    """The other way round; what isn't fitted is taken from `start`."""
    values = dict(zip(NAMES, vector.tolist(), strict=True))
    values |= {name: float(np.exp(values[name])) for name in POSITIVE}
    values |= {name: float(1 / (1 + np.exp(-values[name]))) for name in SHARE}
    return dataclasses.replace(start, **values)


def fit_constants(
    groups: list[Group], start: Constants = FITTED, curves: int = 400, steps: int = 120
) -> Constants:
    """The constants that predict best, by Nelder and Mead's simplex from `start`.

    curves: how many are used at most, spread over the data sets.
    """
    tasks = [task for _, tasks in groups for task in tasks.values()]
    tasks = tasks[:: max(len(tasks) // curves, 1)]
    given = [(means_of_task(task), task) for task in tasks]
    given = [(means, task) for means, task in given if len(means.y) >= 3 and means.repeated]

    def cost(vector: np.ndarray) -> float:
        constants = from_vector(vector, start)
        far = 0.02 * np.square(vector - to_vector(start)).sum() / len(given)  # keeps it in place
        return far - float(np.mean([log_density(m, t, constants) for m, t in given]))

    first = to_vector(start)
    simplex = np.vstack([first, first + 0.25 * np.eye(len(first))])
    found = minimize(
        cost, first, method="Nelder-Mead", options={"maxfev": steps, "initial_simplex": simplex}
    )
    return from_vector(found.x, start)


def fit_overtaking(pairs: list[tuple[int, float, bool]]) -> float:
    """What is left of a probability's excess over one half, `overtaking`, from (data set, P,
    whether it came).

    By likelihood, every data set counting as one claim, as claims about one data set come true
    or fail together, and by a normal prior: the development half of LCDB alone says 1 (no
    overconfidence), the other half said .5 of an earlier version; the prior lies half way.
    """
    dataset, p, came = (np.array(v) for v in zip(*pairs, strict=True))
    dataset, bold, came = dataset[p > 0.5], p[p > 0.5], came[p > 0.5]
    _, place, count = np.unique(dataset, return_inverse=True, return_counts=True)
    shrinks = np.linspace(0.0, 1.0, 41)
    constants = [dataclasses.replace(FITTED, overtaking=float(shrink)) for shrink in shrinks]
    said = np.clip([calibrated(bold, one) for one in constants], 1e-9, 1 - 1e-9)
    score = (np.log(np.where(came, said, 1 - said)) / count[place]).sum(axis=1)
    mean, std = PRIOR_OVERTAKING
    return float(shrinks[(score - 0.5 * ((shrinks - mean) / std) ** 2).argmax()])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--curves", type=int, default=400)
    parser.add_argument("--steps", type=int, default=120)
    options = parser.parse_args()
    groups = read_tasks(options.file)
    print("all:", fit_constants(groups, curves=options.curves, steps=options.steps), flush=True)
    for f in range(options.folds):
        rest = [g for g in groups if fold_of(g[0][0], options.folds) != f]
        print(f"without fold {f}:", fit_constants(rest, FITTED, options.curves, options.steps))


if __name__ == "__main__":
    main()
