"""Real curves with a hidden truth: fit the small sizes, predict the large ones, and compare.

    python benchmarks/curves_hidden_truth.py ROWS.csv [--largest 4000] [--seed 0]

ROWS.csv has the columns learner, n, draw, loss and/or error, with sizes beyond `--largest`; only
rows with n <= largest are fitted. Prints every prediction beside what was seen, the coverage of
the 80 and 95% intervals, and the crossings predicted beside those that the larger sizes show.
"""

import argparse
import collections
from pathlib import Path

import numpy as np

from priorscope.analysis.curves.crossover import crossings
from priorscope.analysis.curves.learning_curves import fit_curves
from priorscope.analysis.curves.tables import read_tables


def predictions(shown, whole, on):
    """Prints one line per learner and hidden size; returns (withheld, in 80%, in 95%, error)."""
    out = []
    for learner, fit in sorted(shown.items()):
        true = whole[learner].means
        for n, y, variance in zip(true.sizes, true.y, true.variance, strict=True):
            if n <= fit.largest:
                continue
            if fit.ensemble is None:
                print(f"{on} {learner} n={n:g}: {fit.withheld}")
                continue
            stream = np.random.default_rng([int(n), len(learner)])
            noise = np.sqrt(variance) * stream.standard_normal(len(fit.observed))
            predicted = fit.ensemble_log(np.array([n]))[:, 0] + noise
            low95, low80, middle, high80, high95 = np.quantile(
                predicted, (0.025, 0.1, 0.5, 0.9, 0.975)
            )
            entry = (
                fit.withheld is not None,
                low80 <= y <= high80,
                low95 <= y <= high95,
                abs(middle - y),
                n / fit.largest,
            )
            out.append(entry)
            print(
                f"{on} {learner} n={n:g}: predicted {np.exp(middle):.4g} (80% "
                f"{np.exp(low80):.4g} to {np.exp(high80):.4g}), seen {np.exp(y):.4g}"
                f"{'' if entry[1] else ', outside'}{' [withheld]' if entry[0] else ''}"
            )
    return out


def summary(found, on):
    for label, chosen in (
        ("told", [f for f in found if not f[0]]),
        ("withheld", [f for f in found if f[0]]),
    ):
        by_reach = collections.defaultdict(list)
        for f in chosen:
            by_reach[f[4]].append(f)
        for reach, group in sorted(by_reach.items()):
            _, in80, in95, error, _ = map(np.array, zip(*group, strict=True))
            print(
                f"{on} {label}, at {reach:g} x the data ({len(group)}): 80% covers "
                f"{in80.mean():.2f}, 95% covers {in95.mean():.2f}, median error "
                f"{np.median(error):.1%}"
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
        seen = [n for n in truth[e["overtaking"], e["overtaken"]] if n > largest]
        n = e["n"]
        print(
            f"{on} {e['overtaking']} overtakes {e['overtaken']}: {e['verdict']}, 80% "
            f"{n['low80']} to {n['high80']}; with all sizes: {seen or 'not seen'}"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=Path)
    parser.add_argument("--largest", type=float, default=4000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rows = read_tables([options.rows]).rows[""]
    everything = fit_curves(rows, options.seed)
    first = fit_curves([r for r in rows if r["n"] <= options.largest], options.seed)
    for on, whole in everything.items():
        shown = {name: fit for name, fit in first.get(on, {}).items() if name in whole}
        summary(predictions(shown, whole, on), on)
        compare_crossings(shown, whole, on)


if __name__ == "__main__":
    main()
