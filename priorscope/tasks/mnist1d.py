"""MNIST-1D: ten noisy one-dimensional digits, small enough that every learner is cheap."""

import dataclasses

import numpy as np
from scipy.ndimage import gaussian_filter1d

from priorscope.core.config import Count, Seed
from priorscope.tasks import TASKS, Examples, TaskConfig

# Greydanus & Kobak 2024, "Scaling down deep learning with MNIST-1D": 12 heights per digit.
DIGITS = """
5 6 6.5 6.75 7 7 7 7 6.75 6.5 6 5;          5 3 3 3.4 3.8 4.2 4.6 5 5.4 5.8 5 5
5 6 6.5 6.5 6 5.25 4.75 4 3.5 3.5 4 5;      5 6 6.5 6.5 6 5 5 6 6.5 6.5 6 5
5 4.4 3.8 3.2 2.6 2.6 5 5 5 5 5 5;          5 3 3 3 3 5 6 6.5 6.5 6 4.5 5
5 4 3.5 3.25 3 3 3 3 3.25 3.5 4 5;          5 7 7 6.6 6.2 5.8 5.4 5 4.6 4.2 5 5
5 4 3.5 3.5 4 5 5 4 3.5 3.5 4 5;            5 4 3.5 3.5 4 5 5 5 5 4.7 4.3 5
"""
PADDING = 36, 60  # zeros behind the digit, both ends included
LONG = 12 + PADDING[1]  # points of a digit before it is subsampled
POINTS = 40  # points of an example
MAX_TRANSLATION = 48  # cyclic, exclusive
SCALE, SHEAR = 0.4, 0.75  # ranges, centred at 1 and at 0
SMOOTH_NOISE, POINT_NOISE = 0.25, 2e-2  # standard deviations before smoothing


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Mnist1d(TaskConfig):
    """Series (40, 1) of ten classes; the defaults give the published file (4,000 / 1,000).

    As published, mean and scale are those of both splits together, and another size is
    another draw, not a longer one.

    num_train, num_test: examples in the two splits.
    generator_seed: decides the data; `load`'s seed does not.
    """

    num_train: Count = 4000
    num_test: Count = 1000
    generator_seed: Seed = 42

    def load(self, seed: int = 0) -> Examples:
        inputs, targets = generate(self.num_train + self.num_test, self.generator_seed)
        series = inputs.astype(np.float32)[..., None]
        return Examples(
            inputs=series[: self.num_train],
            targets=targets[: self.num_train],
            test_inputs=series[self.num_train :],
            test_targets=targets[self.num_train :],
            class_names=tuple(map(str, range(10))),
        )


def generate(num_examples: int, seed: int = 42) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (examples, 40) float64 and targets (examples,), in random order.

    Raises:
        ValueError: if `num_examples` is below 10, the number of classes.
    """
    if num_examples < 10:
        raise ValueError(f"mnist1d needs at least 10 examples, one a class, not {num_examples}.")
    # The published data come from numpy's legacy generator: a private one, same stream.
    stream = np.random.RandomState(seed)
    per_class = -(-num_examples // 10)
    draws = [_draw(stream) for _ in range(10 * per_class)]
    padding, scale, translation, smooth, points, shear = map(np.array, zip(*draws, strict=True))
    targets = np.repeat(np.arange(10), per_class)
    clean = _stretched(_templates() + 1e-8, targets, padding) * scale[:, None]
    clean = np.take_along_axis(clean, (np.arange(LONG) - translation[:, None]) % LONG, axis=1)
    noise = gaussian_filter1d(SMOOTH_NOISE * smooth, 2, axis=1)
    x = np.where(clean != 0, clean, noise) + POINT_NOISE * points
    x -= shear[:, None] * np.linspace(-0.5, 0.5, LONG)
    x = _interpolated(x, POINTS)
    order = stream.permutation(len(targets))[:num_examples]
    x = x[order]
    return (x - x.mean()) / x.std(), targets[order]


def _draw(stream: np.random.RandomState) -> tuple:
    """What is random in one example, in the order in which the published code draws it."""
    return (
        PADDING[0] + int(stream.rand() * (PADDING[1] - PADDING[0] + 1)),
        1 + SCALE * (stream.rand() - 0.5),
        stream.choice(MAX_TRANSLATION),
        stream.randn(LONG),
        stream.randn(LONG),
        SHEAR * (stream.rand() - 0.5),
    )


def _templates() -> np.ndarray:
    """(10, 12): standardised heights that start at 0, divided by 6."""
    heights = np.array([row.split() for row in DIGITS.replace("\n", ";").split(";") if row.strip()])
    x = heights.astype(np.float64)
    x = (x - x.mean(1, keepdims=True)) / x.std(1, keepdims=True)
    return (x - x[:, :1]) / 6


def _stretched(templates: np.ndarray, targets: np.ndarray, padding: np.ndarray) -> np.ndarray:
    """(examples, LONG): each digit with its zeros behind it, stretched to one length."""
    result = np.empty((len(targets), LONG))
    for zeros in np.unique(padding):
        padded = np.pad(templates, ((0, 0), (0, zeros)))
        mine = padding == zeros
        result[mine] = _interpolated(padded, LONG)[targets[mine]]
    return result


def _interpolated(x: np.ndarray, points: int) -> np.ndarray:
    """Rows of `x` at `points` evenly spaced places, linearly; the arithmetic of `numpy.interp`."""
    old, new = np.linspace(0, 1, x.shape[1]), np.linspace(0, 1, points)
    left = np.clip(np.searchsorted(old, new, side="right") - 1, 0, x.shape[1] - 2)
    slope = (x[:, left + 1] - x[:, left]) / (old[left + 1] - old[left])
    inside = slope * (new - old[left]) + x[:, left]
    inside[:, -1] = x[:, -1]
    return inside
