"""Do the intervals of learning-curve forecasts hold? Curves with a known continuation say so.

    python benchmarks/curves_recovery.py [--part NAME] [--count 500] [--draws 5] [--seed 0]

Parts: `values` (e(4N) of single curves, also of families that the fit doesn't know), `crossings`
(pairs that cross at 2 x the data, and pairs that never cross), `published` (translation, addition
and image-classification curves), `speed`. Without --part all of them. One thread.
"""

import argparse
import collections
import time

import numpy as np

from priorscope.analysis.curves.crossover import crossover, pair_crossings
from priorscope.analysis.curves.forecast import forecast
from priorscope.analysis.curves.hoiem import fit_offset_power
from priorscope.analysis.curves.learning_curves import Fitted, fit_curves
from priorscope.analysis.curves.published import (
    ADDITION,
    HOIEM,
    TRANSLATION,
    TRANSLATION_CROSSINGS,
    curve_rows,
)

CHUNK = 50  # curves fitted at once with one seed


def shapes(kind, stream):
    """A random curve e(n / N) with e(1) = 1, by family."""
    rate, share = stream.uniform(0.2, 0.9), stream.uniform(0, 0.7)
    if kind == "power":
        return lambda m: share + (1 - share) * m**-rate
    if kind == "exponential":
        speed = stream.uniform(0.3, 2)
        return lambda m: share + (1 - share) * np.exp(-speed * (m - 1))
    if kind == "m4":
        head = stream.uniform(1.2, 5)
        start = (head - 1) / (1 - share)
        return lambda m: (share * start * m**rate + head) / (1 + start * m**rate)
    if kind == "broken":
        second, place = stream.uniform(0.1, 0.9), 2 ** stream.uniform(-4, -1)

        def raw(m):
            return share + m**-rate * (1 + (m / place) ** 3) ** ((rate - second) / 3)

        return lambda m: raw(m) / raw(1.0)
    raise ValueError(f"No family {kind!r}.")


def noisy(stream, values, draws):
    """Relative noise of .5 to 2% at infinity and 2 to 6% at the smallest size; 30% of the
    variance is common to all sizes of a draw. values: (sizes,), sizes doubling."""
    floor = np.exp(stream.uniform(np.log(0.005), np.log(0.02)))
    first = np.exp(stream.uniform(np.log(0.02), np.log(0.06)))
    size = 0.5 ** np.arange(len(values))
    common = np.sqrt(0.3) * stream.standard_normal(draws)
    own = np.sqrt(0.7) * stream.standard_normal((len(values), draws))
    scale = np.sqrt(floor**2 + first**2 * size)[:, None]
    return values[:, None] * np.exp(scale * (common + own))


def sizes_of(stream):
    return 125 * 2.0 ** np.arange(stream.integers(6, 9))


def rows_of(name, sizes, values):
    return [
        {"learner": name, "n": n, "repeat": d, "loss": value}
        for n, line in zip(sizes, values, strict=True)
        for d, value in enumerate(line)
    ]


def fit_many(named, seed):
    """name -> Fitted; named: name -> (sizes, values)."""
    out: dict[str, Fitted] = {}
    names = list(named)
    for i in range(0, len(names), CHUNK):
        rows = [row for name in names[i : i + CHUNK] for row in rows_of(name, *named[name])]
        out |= fit_curves(rows, seed=seed + i)["loss"]
    return out


def values_part(kind, count, draws, seed):
    stream = np.random.default_rng([seed, 1])
    truth, named = {}, {}
    for i in range(count):
        sizes, shape = sizes_of(stream), shapes(kind, stream)
        truth[f"c{i:04d}"] = shape
        named[f"c{i:04d}"] = sizes, noisy(stream, shape(sizes / sizes[-1]), draws)
    fits = fit_many(named, seed)
    for times in (1.0, 2.0, 4.0):
        inside, error, width = [], [], []
        for name, fit in fits.items():
            low, middle, high = np.quantile(
                fit.ensemble_log(np.array([times * fit.largest]))[:, 0], (0.1, 0.5, 0.9)
            )
            true = np.log(truth[name](times))
            inside.append(0 if low <= true <= high else np.sign(true - high) or -1)
            error.append(abs(middle - true))
            width.append(high - low)
        inside = np.array(inside)
        print(
            f"{kind:11s} e({times:g}N): covered {(inside == 0).mean():.3f} (truth below "
            f"{(inside < 0).mean():.3f}, above {(inside > 0).mean():.3f}), median error "
            f"{np.median(error):.2%}, median width {np.median(width):.2%}",
            flush=True,
        )


def pair_of(stream, crosses):
    """(sizes, late, early): `late` is worse and overtakes at 2N, or never."""
    while True:
        sizes = sizes_of(stream)
        late, early = shapes("power", stream), shapes("power", stream)
        level = late(2.0) / early(2.0) if crosses else np.exp(-stream.uniform(0, 0.5))
        grid = 2.0 ** np.arange(-len(sizes) + 1, 20, 0.125)
        behind = late(grid) - level * early(grid)
        if crosses:
            good = (behind[grid < 1.9] > 0).all() and (behind[grid > 2.1] < 0).all()
        else:
            good = (behind > 0).all()
        if good:
            m = sizes / sizes[-1]
            return sizes, late(m), level * early(m)


def crossings_part(count, draws, seed):
    for crosses in (True, False):
        stream = np.random.default_rng([seed, 2 + crosses])
        named, ends = {}, {}
        for i in range(count):
            sizes, late, early = pair_of(stream, crosses)
            named[f"late{i:04d}"] = sizes, noisy(stream, late, draws)
            named[f"early{i:04d}"] = sizes, noisy(stream, early, draws)
            ends[i] = sizes[-1]
        fits = fit_many(named, seed)
        last = [
            pair_crossings(fits[f"late{i:04d}"], fits[f"early{i:04d}"])[-1] for i in range(count)
        ]
        verdicts = collections.Counter(e["verdict"] for e in last)
        print(f"crossing at 2N: {crosses}; verdicts {dict(verdicts)}", flush=True)
        told = [(e, ends[i]) for i, e in enumerate(last) if e["probability_never"] is not None]
        if crosses:
            report_hits("all with a distribution", told)
            report_hits(
                "likely overtakes", [(e, n) for e, n in told if e["verdict"] == "likely overtakes"]
            )
        else:
            false = sum(e["verdict"] == "likely overtakes" for e in last)
            print(f"  false: likely overtakes within 4N {false / count:.3f} of {count}")


def report_hits(label, told):
    inside, error = [], []
    for entry, end in told:
        n, true = entry["n"], 2 * end
        high = np.inf if n["high80"] is None else n["high80"]
        low = np.inf if n["low80"] is None else n["low80"]
        inside.append(low <= true <= high)
        median = np.inf if n["median"] is None else n["median"]
        error.append(abs(np.log2(median / true)))
    print(
        f"  {label} ({len(told)}): 80% interval covers {np.mean(inside):.3f}, "
        f"median |log2(predicted / true)| {np.median(error):.3f}"
    )


def published_part():
    fit = fit_offset_power(HOIEM)
    print(f"image classification: {fit}, e(400) = {fit.at(400.0):.4f}")
    print(f"  exponent fixed at -.5: e(400) = {fit_offset_power(HOIEM, -0.5).at(400.0):.4f}")
    first = fit_curves(curve_rows({"addition": dict(list(ADDITION.items())[:14])}))["loss"]
    addition = first["addition"]
    remarks = [remark.key for remark in addition.remarks]
    print(f"four-digit addition, 14 of 17 sizes: {addition}, {remarks}")
    for (late, early), true in TRANSLATION_CROSSINGS.items():
        for part in (2, 4):
            cut = {
                name: {n: e for n, e in TRANSLATION[name].items() if n <= true / part}
                for name in (late, early)
            }
            for e in crossover(curve_rows(cut), late, early, on="loss"):
                n = e["n"]
                print(
                    f"translation, {late} overtakes {early} at {true}, seen to n*/{part}: "
                    f"{e['overtaking']} overtakes: {e['verdict']}, 80% {shown(n['low80'])} to "
                    f"{shown(n['high80'])}, not before {shown(e['not_before'])}, "
                    f"P {e['probability']}",
                    flush=True,
                )


def shown(n):
    return "inf" if n is None else f"{n:.1f}"


def speed_part(seed):
    stream = np.random.default_rng([seed, 5])
    sizes = 125 * 2.0 ** np.arange(7)
    rows = []
    for i in range(8):
        values = noisy(stream, shapes("power", stream)(sizes / sizes[-1]), 10)
        rows += rows_of(f"learner{i}", sizes, values * stream.uniform(0.5, 1.5))
    for metrics in ("loss", "loss and error"):
        if metrics != "loss":
            rows = [row | {"error": row["loss"] / 5} for row in rows]
        wall, cpu = time.perf_counter(), time.process_time()
        forecast(rows)
        print(
            f"8 learners x 7 sizes x 10 repeats, {metrics}: "
            f"{time.perf_counter() - wall:.1f} s wall, "
            f"{time.process_time() - cpu:.1f} s CPU, 400 plausible curves each"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=("values", "crossings", "published", "speed"))
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.part in (None, "values"):
        values_part("power", options.count, options.draws, options.seed)
        for kind in ("m4", "broken", "exponential"):
            values_part(kind, max(options.count // 2, 1), options.draws, options.seed)
    if options.part in (None, "crossings"):
        crossings_part(options.count, options.draws, options.seed)
    if options.part in (None, "published"):
        published_part()
    if options.part in (None, "speed"):
        speed_part(options.seed)


if __name__ == "__main__":
    main()
