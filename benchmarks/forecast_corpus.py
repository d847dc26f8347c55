"""Grows a corpus of neural learning curves whose large sizes can be hidden from a forecast.

    python benchmarks/forecast_corpus.py [--runs DIR] [--out FILE.csv] [--only NAME]

Every part is a comparison on the full grid, sizes doubling seven times, three repeats; what is
done already is taken from DIR, so that a run that was cut off goes on where it stood. Each part
adds its rows to OUT as soon as it is done; `curves_hidden_truth.py` scores them.
"""

import argparse
import csv
import dataclasses
from pathlib import Path

import priorscope
from priorscope.runs.store import Store

COLUMNS = ("dataset", "learner", "n", "repeat", "loss", "error", "test_examples")
REPEATS = 3


@dataclasses.dataclass(frozen=True)
class Part:
    """One comparison: seven sizes, up to the `largest` at which all learners still err."""

    name: str
    task: str
    learners: tuple[str, ...]
    largest: int

    @property
    def sizes(self) -> list[int]:
        return [round(self.largest / 2**k) for k in range(6, -1, -1)]


PARTS = (
    Part("noise-labels", "noise-labels", ("linear", "mlp:width=32", "mlp"), 4000),
    Part("parity", "parity:num_train=8000,order=3", ("mlp:width=32", "mlp"), 8000),
    Part("parity-2", "parity:num_train=8000,order=2", ("mlp:width=32", "mlp"), 8000),
    Part("digits", "digits", ("linear", "mlp", "cnn:width=16", "gru:width=16"), 1280),
    Part("context", "context", ("mlp", "cnn:width=16", "gru:width=16"), 4000),
    Part("template", "template", ("linear", "mlp:width=64", "cnn:width=8"), 4000),
    Part("grounding", "grounding", ("mlp:width=64", "gru:width=16"), 500),
    Part("scene", "scene", ("mlp:width=64", "cnn:width=8"), 1000),
    Part(
        "mnist1d",
        "mnist1d:num_train=16000,generator_seed=1",
        ("linear", "mlp:width=32", "lstm:width=16", "cnn:width=8"),
        16000,
    ),
)


def rows_of(part: Part, runs: Path) -> list[dict[str, object]]:
    """Run what is missing of a part; its rows."""
    folder = runs / part.name
    result = priorscope.compare(
        part.task, learners=part.learners, structures=["intact"], sizes=part.sizes,
        repeats=REPEATS, full_grid=True, workers=0, out=folder, progress=False,
    )  # fmt: skip
    store = Store(folder)
    out = []
    for run in result.summary["curve_runs"]:
        row = store.load(run["digest"])
        if row is None or "bits" not in row["test"]:
            continue
        test = row["test"]
        out.append(
            {
                "dataset": part.name,
                "learner": run["learner"],
                "n": run["n"],
                "repeat": run["repeat"],
                "loss": round(test["bits"], 5),
                "error": round(1 - test["accuracy"], 6),
                "test_examples": test["examples"],
            }
        )
    return sorted(out, key=lambda r: (str(r["learner"]), r["n"], r["repeat"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=Path, default=Path("priorscope-runs/corpus"))
    default = Path(__file__).parent / "results" / "neural_curves.csv"
    parser.add_argument("--out", type=Path, default=default)
    parser.add_argument("--only", choices=[part.name for part in PARTS])
    options = parser.parse_args()
    kept: list[dict[str, object]] = []
    if options.out.exists():
        with options.out.open(newline="", encoding="utf-8") as file:
            kept = list(csv.DictReader(file))
    for part in PARTS:
        if options.only not in (None, part.name):
            continue
        rows = rows_of(part, options.runs)
        kept = [row for row in kept if row["dataset"] != part.name] + rows
        with options.out.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(kept)
        print(f"{part.name}: {len(rows)} rows", flush=True)


if __name__ == "__main__":
    main()
