"""Whether the default recipes are good: test accuracy on real data, beside what is asked of them.

One row is one learner on one data set: labels, mean accuracy of the repeats (other orders, other
initial parameters), CPU-seconds of one training, and what a plain script reached once. A fifth of
the labels is the validation part, so that 10,000 labels train on 8,000.

    OMP_NUM_THREADS=1 python benchmarks/quality.py --data DIR [--only digits,mnist1d] [--repeats 3]

DIR holds fashion_mnist.npz, mnist1d.npz, neu_steel_64.npz, fsdd_logspec_64x32.npz, sst2/ and, as
arrays, cifar10.npz (x_train, y_train, x_test, y_test); what is absent is left out. Digits are
scikit-learn's.
"""

import argparse
import dataclasses
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from priorscope.experiments.dataset import read_dataset
from priorscope.experiments.settings import Settings
from priorscope.runs.worker import prepare_process
from priorscope.tasks import Examples
from priorscope.train.prefix import Prefix
from priorscope.train.recipe import Recipe, parse_learner
from priorscope.train.trainer import trainer

HELD_OUT = 0.2  # where the data have no test split


@dataclasses.dataclass(frozen=True)
class Goal:
    """What is asked of a learner.

    data: name of a reader below. labels: 0 takes all. accuracy: asked for, in percent.
    plain: accuracy and CPU-seconds of the plain script on one seed, where it was run.
    """

    data: str
    labels: int
    learner: str
    accuracy: float
    plain: tuple[float, float] | None = None


GOALS = (
    Goal("digits", 0, "cnn", 99),
    Goal("digits", 0, "vit", 98),
    Goal("mnist1d", 4000, "cnn", 95),
    Goal("mnist1d", 4000, "gru", 93),
    Goal("fsdd", 0, "cnn", 97, (95.0, 12)),
    Goal("neu", 0, "cnn+resolution=32", 98, (97.5, 34)),
    Goal("fashion", 10_000, "cnn", 90, (89.1, 116)),
    Goal("fashion", 10_000, "vit", 85),
    Goal("cifar", 10_000, "cnn+flip+shift", 69, (68.1, 199)),
    Goal("cifar", 10_000, "vit+flip+shift", 57, (58.5, 130)),
    Goal("sst2", 0, "tfidf", 81, (81.3, 1)),
)


def _digits(folder: Path) -> Examples:
    return read_dataset("digits", Settings()).examples


def _arrays(name: str, is_image: bool) -> Callable[[Path], Examples]:
    def read(folder: Path) -> Examples:
        with np.load(folder / f"{name}.npz", allow_pickle=False) as file:
            held = {key.lower(): file[key] for key in file.files}
        x, y = held.get("x_train", held.get("x")), held.get("y_train", held.get("y"))
        assert x is not None
        assert y is not None
        if "x_test" in held:
            test_x, test_y = held["x_test"], held["y_test"]
        else:
            out = held.get("is_test", _held_out(len(x))).astype(bool)
            x, test_x, y, test_y = x[~out], x[out], y[~out], y[out]
        axes = 4 if is_image else 3
        x, test_x = (a if a.ndim == axes else a[..., None] for a in (x, test_x))
        if x.dtype != np.uint8:
            x, test_x = x.astype(np.float32), test_x.astype(np.float32)
        names = tuple(str(name) for name in np.unique(y))
        return Examples(x, y.astype(np.int64), test_x, test_y.astype(np.int64), names)

    return read


def _held_out(examples: int) -> np.ndarray:
    out = np.zeros(examples, dtype=bool)
    order = np.random.default_rng(0).permutation(examples)
    out[order[: int(HELD_OUT * examples)]] = True
    return out


def _sst2(folder: Path) -> Examples:
    settings = Settings.of(input="text", target="label")
    return read_dataset(folder / "sst2", settings).examples


READERS: dict[str, Callable[[Path], Examples]] = {
    "digits": _digits,
    "mnist1d": _arrays("mnist1d", is_image=False),
    "fsdd": _arrays("fsdd_logspec_64x32", is_image=True),
    "neu": _arrays("neu_steel_64", is_image=True),
    "fashion": _arrays("fashion_mnist", is_image=True),
    "cifar": _arrays("cifar10", is_image=True),
    "sst2": _sst2,
}


def accuracy(goal: Goal, data: Examples, recipe: Recipe, repeat: int) -> tuple[float, float]:
    """(percent right on the test split, CPU-seconds of the training)."""
    order = np.random.default_rng(repeat).permutation(len(data.targets))
    chosen = order[: goal.labels or None]
    started = time.process_time()
    prefix = Prefix(data.inputs[chosen], data.targets[chosen], repeat)
    learner = parse_learner(goal.learner, recipe)
    training = trainer(learner, data.signature, [prefix], torch.device("cpu"))
    training.run()
    seconds = time.process_time() - started
    predicted = training.outputs([data.test_inputs])[0].argmax(dim=-1).numpy()
    return 100 * float((predicted == data.test_targets).mean()), seconds


def main() -> None:
    """Print a Markdown table, row by row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path())
    parser.add_argument("--only", default="", help="names of data, or of data and learner")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--epochs", type=int, default=15)
    options = parser.parse_args()
    prepare_process(1)
    recipe = Recipe(steps=options.steps, epochs=options.epochs)
    wanted = [part for part in options.only.split(",") if part]
    print("| data, labels | learner | accuracy | least, most | asked | plain | CPU-seconds |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for goal in GOALS:
        name = f"{goal.data}-{goal.learner.partition('+')[0]}"
        if wanted and goal.data not in wanted and name not in wanted:
            continue
        try:
            data = READERS[goal.data](options.data)
        except (OSError, ValueError) as error:
            print(f"| {goal.data} | {goal.learner} | left out: {error} | | | | |", flush=True)
            continue
        results = [accuracy(goal, data, recipe, repeat) for repeat in range(options.repeats)]
        right = [percent for percent, _ in results]
        seconds = statistics.mean(spent for _, spent in results)
        plain = f"{goal.plain[0]} in {goal.plain[1]} s" if goal.plain else ""
        print(
            f"| {goal.data}, {goal.labels or len(data.targets):,} | {goal.learner} "
            f"| {statistics.mean(right):.1f} | {min(right):.1f}, {max(right):.1f} "
            f"| {goal.accuracy} | {plain} | {seconds:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
