"""Real curves with a hidden truth: fit the small sizes, predict the large ones, and compare.

    python benchmarks/curves_hidden_truth.py ROWS.csv... [--largest 4000,8000] [--seed 0]
        [--leave-out LCDB.parquet]

ROWS.csv has the columns learner, n, repeat, loss and/or error, and dataset where there are several,
with sizes beyond the cut, by default a quarter of a data set's largest; only rows up to it are
fitted. Prints every prediction at up to 4 times the data beside what was observed, the coverage of
the 80 and 95% intervals, the CRPS beside that of the last value and of the log-log slope as points,
and the crossings predicted beside those that the larger sizes show; at the end all of it together.
The installed networks have seen the tables in results/; --leave-out trains others per data set, on
LCDB's curves and the neural ones of other data sets.
"""

import argparse
import collections
from pathlib import Path

import numpy as np
from fit_learned import all_cuts, train
from lcdb import read_curves

from priorscope.analysis.curves.crossover import crossings
from priorscope.analysis.curves.learned import learned
from priorscope.analysis.curves.learning_curves import fit_curves
from priorscope.analysis.curves.tables import read_tables


def predictions(shown, whole, on):
    """One entry per learner and hidden size at 2 or 4 times the data: (in 80%, in 95%, CRPS of
    the forecast, of the last value, of the log-log slope, median error, times)."""
    out = []
    for learner, fit in sorted(shown.items()):
        true = whole[learner].means
        for n, y, variance in zip(true.sizes, true.y, true.variance, strict=True):
            times = n / fit.largest
            if times <= 1 or times > 4 or fit.future is None:
                continue
            stream = np.random.default_rng([int(n), len(learner)])
            noise = np.sqrt(variance) * stream.standard_normal(len(fit.observed))
            predicted = fit.ensemble_log(np.array([n]))[:, 0] + noise
            low95, low80, middle, high80, high95 = np.quantile(
                predicted, (0.025, 0.1, 0.5, 0.9, 0.975)
            )
            last = fit.means.y[-1]
            slope = min((last - fit.means.y[-3]) / np.log2(fit.largest / fit.means.sizes[-3]), 0)
            points = (last, last + slope * np.log2(times))
            out.append(
                (
                    low80 <= y <= high80,
                    low95 <= y <= high95,
                    crps(predicted, y),
                    *(abs(p - y) for p in points),
                    abs(middle - y),
                    times,
                )
            )
            print(
                f"{on} {learner} n={n:g}: predicted {np.exp(middle):.4g} (80% "
                f"{np.exp(low80):.4g} to {np.exp(high80):.4g}), observed {np.exp(y):.4g}"
                f"{'' if low80 <= y <= high80 else ', outside'}"
            )
    return out


def crps(samples, truth):
    ordered, count = np.sort(samples), len(samples)
    rank = 2 * np.arange(1, count + 1) - count - 1
    return float(np.abs(ordered - truth).mean() - (rank * ordered).sum() / count**2)


def summary(entries, on):
    for times in sorted({e[-1] for e in entries}):
        group = np.array([e for e in entries if e[-1] == times], dtype=float)
        in80, in95, score, last, slope = group.mean(axis=0)[:5]
        print(
            f"{on} at {times:g} x the data ({len(group)}): 80% covers {in80:.2f}, 95% covers "
            f"{in95:.2f}, median error {np.median(group[:, 5]):.1%}; CRPS {score:.4f}, of the last "
            f"value {last:.4f}, of the log-log slope {slope:.4f}"
        )


def compare_crossings(shown, whole, on):
    truth = collections.defaultdict(list)
    for e in crossings(whole):
        if e["verdict"] == "observed":
            truth[e["overtaking"], e["overtaken"]].append(e["n"]["median"])
    for e in crossings(shown):
        if e["verdict"] == "observed":
            continue
        largest = min(shown[e[k]].largest for k in ("overtaking", "overtaken"))
        later = [n for n in truth[e["overtaking"], e["overtaken"]] if n > largest]
        print(
            f"{on} {e['overtaking']} overtakes {e['overtaken']}: {e['verdict']}, P "
            f"{e['probability']}, not before {e['not_before']}; with all sizes: {later or 'never'}"
        )


def score(rows, largest, seed, regression):
    """Entries of `predictions` of one data set cut at one size, by metric."""
    everything = fit_curves(rows, seed)
    shown = [r for r in rows if r["n"] <= largest]
    first = fit_curves(shown, seed, regression=regression)
    out = {}
    for on, whole in everything.items():
        shown = {name: fit for name, fit in first.get(on, {}).items() if name in whole}
        out[on] = predictions(shown, whole, on)
        summary(out[on], on)
        compare_crossings(shown, whole, on)
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=Path, nargs="+")
    parser.add_argument("--largest", default="")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--leave-out", type=Path, metavar="LCDB")
    options = parser.parse_args()
    curves = read_curves(options.leave_out, least=5) if options.leave_out else None
    pooled = collections.defaultdict(list)
    for path in options.rows:
        for name, rows in read_tables([path]).rows.items():
            end = max(row["n"] for row in rows)
            regression = train(all_cuts(curves, without=name or path.stem)) if curves else learned()
            for largest in [float(n) for n in options.largest.split(",") if n] or [end / 4]:
                print(f"{path.stem} {name}, sizes up to {largest:g}:")
                for on, entries in score(rows, largest, options.seed, regression).items():
                    pooled[on] += entries
    print("all together:")
    for on, entries in pooled.items():
        summary(entries, on)
    every = [entry for entries in pooled.values() for entry in entries]
    print(f"80% intervals hold {sum(e[0] for e in every)} of {len(every)}")


if __name__ == "__main__":
    main()
