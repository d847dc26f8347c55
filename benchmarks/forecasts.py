"""Are forecasts of learning curves right as often as they say? On real curves, cut and hidden.

    python benchmarks/forecasts.py FILE.parquet [--json] [--cross-fit 3] [--limit GROUPS]

FILE has LCDB's columns (see lcdb.py, which states the protocol). Everything is scored on the log
error. Pairs: all pairs of learners of a data set with the same largest size; `committed` is a
probability of .9 or more, or of .1 or less. --cross-fit fits the constants and trains the networks
anew with the data sets of each fold left out (needed where they came from FILE). --json prints
{"told", "cover50_4x", "cover80_2x", "cover80_4x", "cover95_4x", "crps_2x", "crps_4x",
"pairs_committed", "pairs_right", "pairs_brier", "decile_gap", "overtaking": [{"p", "right", "n"}]}.
"""

import argparse
import dataclasses
import itertools
import json
import sys
import zlib
from pathlib import Path

import numpy as np
from fit_forecast import fit_constants, fit_overtaking, fold_of
from fit_learned import all_cuts, train
from lcdb import Group, Task, pair_noise, read_curves, read_tasks

from priorscope.analysis.curves.constants import FITTED, Constants
from priorscope.analysis.curves.learned import Learned, learned
from priorscope.analysis.curves.learning_curves import Fitted, fit_curves
from priorscope.analysis.curves.pairs import calibrated, pair_of

FOLDS = 3


@dataclasses.dataclass
class Scores:
    """What is kept of every curve (per horizon in octaves) and of every pair.

    curves: (median error, 80% width, CRPS, in 50, in 80, in 95) by horizon. pairs: (fold,
    P(overtaking) as counted, whether it came, P(a better) before calibration, a won).
    """

    told: list[bool]
    curves: dict[int, list[tuple[float, ...]]]
    pairs: list[tuple[int, float, bool, bool]]


def rows_of(tasks: dict[str, Task]):
    return [
        {
            "learner": name,
            "n": n,
            "repeat": r,
            "error": e,
            "test_examples": task.test_examples,
        }
        for name, task in tasks.items()
        for n, line in zip(task.sizes, task.values, strict=True)
        for r, e in enumerate(line)
        if np.isfinite(e)
    ]


def crps(samples: np.ndarray, truth: float) -> float:
    """Continuous ranked probability score of (members,) samples."""
    ordered, count = np.sort(samples), len(samples)
    rank = 2 * np.arange(1, count + 1) - count - 1
    return float(np.abs(ordered - truth).mean() - (rank * ordered).sum() / count**2)


def score_curve(fit: Fitted, task: Task, name: str, octaves: int) -> tuple[float, ...]:
    stream = np.random.default_rng(zlib.crc32(f"{name}/{octaves}".encode()))
    samples = fit.ensemble_log(fit.largest * np.array([2.0**octaves]))[:, 0]
    samples = samples + np.sqrt(task.noise[octaves]) * stream.standard_normal(len(samples))
    truth = task.target[octaves]
    q = np.quantile(samples, (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975))
    inside = [float(q[i] <= truth <= q[-1 - i]) for i in (2, 1, 0)]
    return (abs(q[3] - truth), q[5] - q[1], crps(samples, truth), *inside)


def score_group(group: Group, constants: Constants, regression: Learned, scores: Scores) -> None:
    (dataset, largest), tasks = group
    fits = fit_curves(rows_of(tasks), constants=constants, regression=regression)["error"]
    for name, task in tasks.items():
        fit = fits.get(name)
        scores.told.append(fit is not None and fit.future is not None)
        if fit is None or fit.future is None:
            continue
        for octaves in (1, 2):
            where = f"{dataset}/{largest}/{name}"
            scores.curves[octaves].append(score_curve(fit, task, where, octaves))
    for x, y in itertools.combinations(sorted(tasks), 2):
        a, b = tasks[x], tasks[y]
        now, then = a.last - b.last, a.target[2] - b.target[2]
        if len(a.sizes) != len(b.sizes) or now == 0 or then == 0:
            continue
        pair = pair_of(fits[x], fits[y], constants=constants)
        if pair is not None:
            better = pair.probability_better(4.0, float(np.sqrt(pair_noise(a, b, 2))))
            overtaking = better if now > 0 else 1 - better
            scores.pairs.append((dataset, overtaking, now * then < 0, now > 0))


def pair_figures(scores: Scores, constants: dict[int, Constants]) -> dict:
    dataset, raw, came, a_behind = map(np.array, zip(*scores.pairs, strict=True))
    fold = np.array([fold_of(d, len(constants)) for d in dataset.tolist()])
    odds = np.empty(len(raw))
    for f, fitted in constants.items():
        odds[fold == f] = calibrated(raw[fold == f], fitted)
    a_better = np.where(a_behind, odds, 1 - odds)  # in a's terms: half of the pairs each way
    a_won = np.where(a_behind, came, ~came)
    flipped = np.arange(len(odds)) % 2 == 1
    p, won = np.where(flipped, 1 - a_better, a_better), np.where(flipped, ~a_won, a_won)
    committed = (p >= 0.9) | (p <= 0.1)
    right = (p >= 0.5) == won
    decile = np.minimum((p * 10).astype(int), 9)
    gaps = [
        abs(p[decile == d].mean() - won[decile == d].mean())
        for d in range(10)
        if (decile == d).any()
    ]
    bins = [(0.5, 0.6), (0.6, 0.65), (0.65, 0.7), (0.7, 0.75), (0.75, 0.8), (0.8, 1.01)]
    told = [((odds >= low) & (odds < high)) for low, high in bins]
    tenths = [np.minimum((odds * 10).astype(int), 9) == tenth for tenth in range(10)]
    return {
        "pairs": len(p),
        "pairs_committed": committed.mean(),
        "pairs_right": right[committed].mean(),
        "pairs_brier": np.mean((p - won) ** 2),
        "decile_gap": max(gaps),
        "overtaking": reliability(odds, came, told),
        "overtaking_from_60": {
            "right": float(came[odds >= 0.6].mean()) if (odds >= 0.6).any() else None,
            "n": int((odds >= 0.6).sum()),
        },
        "overtaking_probabilities": reliability(odds, came, tenths),
    }


def reliability(p: np.ndarray, came: np.ndarray, groups: list[np.ndarray]) -> list[dict]:
    """Mean probability, share that came and count of every group that isn't empty."""
    return [
        {"p": float(p[g].mean()), "right": float(came[g].mean()), "n": int(g.sum())}
        for g in groups
        if g.any()
    ]


def figures(scores: Scores, constants: dict[int, Constants]) -> dict:
    out = {"told": np.mean(scores.told), "curves": len(scores.told)}
    for octaves, times in ((1, "2x"), (2, "4x")):
        error, width, score, *inside = np.array(scores.curves[octaves]).T
        out |= {f"crps_{times}": score.mean(), f"median_error_{times}": np.median(error)}
        out |= {f"median_width80_{times}": np.median(width)}
        for level, hits in zip((50, 80, 95), inside, strict=True):
            out[f"cover{level}_{times}"] = hits.mean()
    out |= pair_figures(scores, constants)
    return {k: round(float(v), 4) if isinstance(v, float) else v for k, v in out.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--cross-fit", type=int, default=0, metavar="FOLDS")
    parser.add_argument("--limit", type=int, default=None, metavar="GROUPS")
    options = parser.parse_args()
    groups = read_tasks(options.file)[: options.limit]
    folds = max(options.cross_fit, 1)
    constants = dict.fromkeys(range(folds), FITTED)
    networks = dict.fromkeys(range(folds), learned())
    if options.cross_fit:
        for f in range(folds):
            others = [g for g in groups if fold_of(g[0][0], folds) != f]
            constants[f] = fit_constants(others)
            print(f"fold {f}: {constants[f]}", file=sys.stderr, flush=True)
            curves = read_curves(options.file, least=5)
            curves = {k: v for k, v in curves.items() if fold_of(k[0], folds) != f}
            networks[f] = train(all_cuts(curves, constants[f]))
    scores = Scores([], {1: [], 2: []}, [])
    for i, group in enumerate(groups):
        fold = fold_of(group[0][0], folds)
        score_group(group, constants[fold], networks[fold], scores)
        if i % 10 == 9:
            print(f"{i + 1} of {len(groups)} groups", file=sys.stderr, flush=True)
    if options.cross_fit:
        for f in range(folds):
            rest = [(d, p, came) for d, p, came, _ in scores.pairs if fold_of(d, folds) != f]
            constants[f] = dataclasses.replace(constants[f], overtaking=fit_overtaking(rest))
            print(f"fold {f}: overtaking {constants[f].overtaking}", file=sys.stderr)
        every = fit_overtaking([(d, p, came) for d, p, came, _ in scores.pairs])
        print(f"all data sets: overtaking {every}", file=sys.stderr)
    found = figures(scores, constants)
    if options.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:20s} {value}")


if __name__ == "__main__":
    main()
