"""Data without signal: how often a learner is said to beat a guess clearly (it should be rare).

    python benchmarks/false_verdicts.py --sets 200

Three kinds: groups that share inputs and label (given with --group), inputs that occur twice, and
5% positives. In none do the inputs of one unit say anything of another unit's label.
"""

import argparse
import contextlib
import io
import tempfile
from pathlib import Path

import numpy as np

from priorscope.analysis.estimates import wilson
from priorscope.experiments.comparison import Comparison
from priorscope.experiments.settings import Settings

ASKED = {"learners": ("logistic", "knn"), "structures": ("intact",), "repeats": 3, "workers": 0,
         "full_grid": True, "sizes": (40, 120)}  # fmt: skip


def groups(stream: np.random.Generator) -> dict[str, np.ndarray]:
    """60 persons with 5 near-equal rows each; a person's label is a coin."""
    person = np.repeat(np.arange(60), 5)
    x = stream.standard_normal((60, 6))[person] + 0.05 * stream.standard_normal((300, 6))
    return {"x": x, "y": stream.integers(0, 2, 60)[person], "person": person}


def duplicates(stream: np.random.Generator) -> dict[str, np.ndarray]:
    """150 inputs that occur twice with one label, a coin."""
    x, y = stream.standard_normal((150, 6)), stream.integers(0, 2, 150)
    order = stream.permutation(300)
    return {"x": np.tile(x, (2, 1))[order], "y": np.tile(y, 2)[order]}


def rare(stream: np.random.Generator) -> dict[str, np.ndarray]:
    """5% positives among 400, whatever the inputs."""
    y = np.zeros(400, np.int64)
    y[stream.choice(400, 20, replace=False)] = 1
    return {"x": stream.standard_normal((400, 6)), "y": y}


KINDS = {
    "groups": (groups, {"group": "person"}),
    "duplicates": (duplicates, {}),
    "rare": (rare, {}),
}


def clearly_beaten(kind: str, seed: int, folder: Path) -> bool:
    """Whether the verdict on one set is that the pick clearly beats a guess."""
    make, more = KINDS[kind]
    path = folder / f"{kind}{seed}.npz"
    np.savez(path, **make(np.random.default_rng(seed)))
    settings = Settings.of(**ASKED, **more, out=folder / f"{kind}{seed}", seed=seed)
    comparison = Comparison.of(str(path), settings)
    with contextlib.redirect_stdout(io.StringIO()):
        comparison.train()
    answer = comparison.summary()["answer"]
    beats = answer["beats_reference"]
    return beats is not None and beats["word"] == "clear"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--sets", type=int, default=200)
    count = parser.parse_args().sets
    with tempfile.TemporaryDirectory() as place:
        for kind in KINDS:
            wrong = sum(clearly_beaten(kind, seed, Path(place)) for seed in range(count))
            low, high = wilson(wrong / count, count)
            print(f"{kind}: {wrong} of {count} clear ({low:.1%} to {high:.1%})", flush=True)
