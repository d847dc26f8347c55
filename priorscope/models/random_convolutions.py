"""Random convolutions of a series: how often each exceeds a level, then ridge regression."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from jaxtyping import Bool, Float
from msgspec import Meta
from torch import nn

from priorscope.core.config import Count
from priorscope.core.signature import Signature
from priorscope.models import MODELS, SelfTrained
from priorscope.models._ridge import LeaveOneOutRidge
from priorscope.models._series import resampled

TAPS = 9  # of a kernel: three of weight 2, the others of weight -1
KERNELS = tuple(itertools.combinations(range(TAPS), 3))  # 84, which of them weigh 2
GOLDEN = (np.sqrt(5) - 1) / 2  # its multiples spread evenly over [0, 1)
CHANNEL_SETS = 8  # for each dilation, where there are several channels
MOST_CHANNELS = 9  # of a set
CHUNK = 128  # examples convolved at a time: what fits the cache
PENALTIES = np.logspace(-1, 5, 13)
SHARPNESS = 8.0  # of the softmax over scores that aim at -1 and 1; calibration sets the rest


@MODELS.register
@dataclass(frozen=True, kw_only=True)
class RandomConvolutions(SelfTrained):
    """A linear classifier on features of MiniRocket's kind (Dempster, Schmidt & Webb 2021).

    A feature is the share of time at which a dilated convolution of nine taps exceeds a level,
    which is a quantile of that convolution on a training example. It tells how often a shape
    occurs, at any place. Ridge regression on the classes chooses its penalty by leaving out each
    training example once.

    features: about so many, at least one for each of the 84 kernels.
    points: length that longer series are reduced to.
    """

    default_for: ClassVar[tuple[str, ...]] = ("series",)
    default_place: ClassVar[int] = 120
    layouts: ClassVar[tuple[str, ...]] = ("series",)
    kinds: ClassVar[tuple[str, ...]] = ("classes",)

    features: Annotated[int, Meta(ge=1, le=100_000)] = 2500
    points: Count = 512

    def stem(self, signature: Signature) -> nn.Module:
        return nn.Identity()

    def estimator(self, signature: Signature, seed: int) -> Any:
        per_kernel = max(1, round(self.features / len(KERNELS)))
        convolutions = Convolutions(per_kernel, self.points, signature.padded, seed)
        return RidgeOnConvolutions(convolutions)


@dataclass(frozen=True)
class KernelGroup:
    """Convolutions that share a dilation; of kernel k over the channels sets[k].

    levels: (kernels, levels), what is to be exceeded.
    inner: (kernels,), whether the edges, which see zeros beyond the series, are left out.
    """

    dilation: int
    sets: list[np.ndarray]
    inner: Bool[np.ndarray, " kernels"]
    levels: Float[np.ndarray, "kernels levels"]


class Convolutions:
    """Series as shares of time above levels; see `RandomConvolutions`."""

    def __init__(self, per_kernel: int, points: int, padded: bool, seed: int):
        self.per_kernel, self.points, self.padded, self.seed = per_kernel, points, padded, seed

    def fit(self, series: Float[np.ndarray, "examples steps channels"]) -> "Convolutions":
        """Draw channels and levels."""
        stream = np.random.default_rng(self.seed)
        series = resampled(series, self.padded, self.points)
        steps, channels = series.shape[1:]
        largest = np.log2(max((steps - 1) / (TAPS - 1), 1))
        exponents = np.linspace(0, largest, self.per_kernel)
        dilations, counts = np.unique((2**exponents).astype(int), return_counts=True)
        self.groups: list[KernelGroup] = []
        used = 0
        for place, (dilation, count) in enumerate(zip(dilations, counts, strict=True)):
            numbers = used + np.arange(len(KERNELS) * count).reshape(len(KERNELS), count)
            used += numbers.size
            inner = (np.arange(len(KERNELS)) + place) % 2 == 1
            inner &= steps > (TAPS - 1) * dilation
            sets = _channel_sets(channels, stream)
            group = KernelGroup(int(dilation), sets, inner, np.zeros((len(KERNELS), 0)))
            shown = stream.integers(len(series), size=len(KERNELS))
            levels = np.empty((len(KERNELS), count), dtype=series.dtype)
            for kernel, values in self._convolved(series, group, shown):
                levels[kernel] = np.quantile(values, (numbers[kernel] + 1) * GOLDEN % 1)
            self.groups.append(KernelGroup(group.dilation, sets, inner, levels))
        return self

    def transform(
        self, series: Float[np.ndarray, "examples steps channels"]
    ) -> Float[np.ndarray, "examples features"]:
        """Shares in [0, 1]."""
        chunks = range(0, len(series), CHUNK)
        return np.concatenate([self._shares(series[s : s + CHUNK]) for s in chunks])

    def _shares(self, series: np.ndarray) -> np.ndarray:
        series = resampled(series, self.padded, self.points)
        shares = []
        for group in self.groups:
            for kernel, values in self._convolved(series, group):
                for level in group.levels[kernel]:
                    shares.append(np.count_nonzero(values > level, axis=1) / values.shape[1])
        return np.stack(shares, axis=1, dtype=np.float32, casting="same_kind")

    def _convolved(
        self, series: np.ndarray, group: KernelGroup, only: np.ndarray | None = None
    ) -> Iterator[tuple[int, np.ndarray]]:
        """Each kernel with its convolutions, (examples, steps); of example only[kernel] alone."""
        reach = group.dilation * (TAPS // 2)
        steps = series.shape[1]
        for members in _by_set(group.sets):
            summed = series[..., group.sets[members[0]]].sum(axis=-1)
            extended = np.pad(summed, ((0, 0), (reach, reach)))
            starts = range(0, TAPS * group.dilation, group.dilation)
            taps = np.stack([extended[:, start : start + steps] for start in starts])
            total = taps.sum(axis=0)
            for kernel in members:
                rows = slice(None) if only is None else slice(only[kernel], only[kernel] + 1)
                i, j, k = KERNELS[kernel]
                values = 3 * (taps[i, rows] + taps[j, rows] + taps[k, rows]) - total[rows]
                yield kernel, values[:, reach : steps - reach] if group.inner[kernel] else values


def _channel_sets(channels: int, stream: np.random.Generator) -> list[np.ndarray]:
    """One set of channels for each kernel, of 1 ... 9 of them, drawn from a few."""
    if channels == 1:
        return [np.zeros(1, dtype=int)] * len(KERNELS)
    most = np.log2(min(channels, MOST_CHANNELS) + 1)
    sizes = (2 ** stream.uniform(0, most, size=CHANNEL_SETS)).astype(int)
    sets = [stream.permutation(channels)[:size] for size in sizes]
    return [sets[place] for place in stream.integers(CHANNEL_SETS, size=len(KERNELS))]


def _by_set(sets: list[np.ndarray]) -> list[list[int]]:
    """Kernels that share a set of channels, together."""
    groups: dict[int, list[int]] = {}
    for kernel, channels in enumerate(sets):
        groups.setdefault(id(channels), []).append(kernel)
    return list(groups.values())


class RidgeOnConvolutions:
    """Ridge regression on the shares, of the classes as -1 and 1."""

    def __init__(self, convolutions: Convolutions):
        self.convolutions = convolutions

    def fit(self, series: np.ndarray, targets: np.ndarray) -> "RidgeOnConvolutions":
        """Draw the features, then fit."""
        features = self.convolutions.fit(series).transform(series)
        self.mean, self.std = features.mean(axis=0), features.std(axis=0)
        self.std[self.std < 1e-6] = 1.0
        self.classes_ = np.unique(targets)
        aims = np.where(targets[:, None] == self.classes_, 1.0, -1.0)
        self.ridge = LeaveOneOutRidge(PENALTIES).fit(self._scaled(features), aims)
        return self

    def predict_proba(self, series: np.ndarray) -> np.ndarray:
        """(examples, classes): softmax of the scores."""
        scores = self.ridge.predict(self._scaled(self.convolutions.transform(series)))
        p = np.exp(SHARPNESS * (scores - scores.max(axis=1, keepdims=True)))
        return p / p.sum(axis=1, keepdims=True)

    def _scaled(self, features: np.ndarray) -> np.ndarray:
        return (features - self.mean) / self.std
