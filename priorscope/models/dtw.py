"""The nearest series, where time may stretch: 1-nearest-neighbour dynamic time warping."""

import math
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from jaxtyping import Float
from msgspec import Meta
from scipy.ndimage import maximum_filter1d, minimum_filter1d
from torch import nn

from priorscope.core.config import Count
from priorscope.core.signature import Signature
from priorscope.models import MODELS, SelfTrained
from priorscope.models._series import resampled

CHUNK = 256  # examples whose neighbours are sought at a time
AT_ONCE = 4  # candidates of each example that are compared at a time


@MODELS.register
@dataclass(frozen=True, kw_only=True)
class DTW(SelfTrained):
    """The class of the training series that is nearest by dynamic time warping.

    Squared differences, all channels warped together, within a band (Sakoe & Chiba 1978).
    For small sets: its time grows with training times test examples.

    window: half the band's width, as a share of the length; 0 compares step with step.
    points: length that longer series are reduced to.
    """

    default_for: ClassVar[tuple[str, ...]] = ("series",)
    default_place: ClassVar[int] = 130
    invariant_to: ClassVar[tuple[str, ...]] = ("channels-permuted",)
    layouts: ClassVar[tuple[str, ...]] = ("series",)
    kinds: ClassVar[tuple[str, ...]] = ("classes",)
    most_by_default: ClassVar[int | None] = 500

    window: Annotated[float, Meta(ge=0, le=1)] = 0.1
    points: Count = 128

    def stem(self, signature: Signature) -> nn.Module:
        return nn.Identity()

    def estimator(self, signature: Signature, seed: int) -> Any:
        return NearestSeries(self.window, self.points, signature.padded)


class NearestSeries:
    """Finds the nearest training series; see `DTW`."""

    def __init__(self, window: float, points: int, padded: bool):
        self.window, self.points, self.padded = window, points, padded

    def fit(
        self, inputs: Float[np.ndarray, "examples steps channels"], targets: np.ndarray
    ) -> "NearestSeries":
        """Keep them, with the envelopes that bound distances from below."""
        self.series = resampled(inputs, self.padded, self.points)
        self.targets, self.classes_ = targets, np.unique(targets)
        self.band = math.ceil(self.window * self.series.shape[1])
        size = 2 * self.band + 1
        self.upper = maximum_filter1d(self.series, size, axis=1, mode="nearest")
        self.lower = minimum_filter1d(self.series, size, axis=1, mode="nearest")
        return self

    def predict_proba(
        self, inputs: Float[np.ndarray, "examples steps channels"]
    ) -> Float[np.ndarray, "examples classes"]:
        """1 for the class of the nearest, 0 for the others."""
        series = resampled(inputs, self.padded, self.points)
        starts = range(0, len(series), CHUNK)
        nearest = [self._nearest(series[start : start + CHUNK]) for start in starts]
        given = self.targets[np.concatenate(nearest)]
        return (given[:, None] == self.classes_).astype(np.float64)

    def _nearest(self, series: np.ndarray) -> np.ndarray:
        """Index of the nearest training series of each; exact, by increasing lower bound."""
        bounds = np.stack([self._bounds(one) for one in series])
        order = np.argsort(bounds, axis=1, kind="stable")
        best, nearest = np.full(len(series), np.inf), order[:, 0].copy()
        for start in range(0, len(self.series), AT_ONCE):
            candidates = order[:, start : start + AT_ONCE]
            active = np.flatnonzero(bounds[np.arange(len(series)), candidates[:, 0]] < best)
            if not len(active):
                break
            pairs = np.repeat(active, candidates.shape[1]), candidates[active].ravel()
            distances = warped_distance(series[pairs[0]], self.series[pairs[1]], self.band)
            distances = distances.reshape(len(active), -1)
            least = distances.argmin(axis=1)
            rows = np.arange(len(active))
            closer = distances[rows, least] < best[active]
            best[active[closer]] = distances[rows, least][closer]
            nearest[active[closer]] = candidates[active, least][closer]
        return nearest

    def _bounds(self, one: np.ndarray) -> np.ndarray:
        """At most the warped distance to each training series (LB_Keogh: Keogh 2002)."""
        outside = np.maximum(one - self.upper, 0) + np.maximum(self.lower - one, 0)
        return np.square(outside).sum(axis=(1, 2))


def warped_distance(
    a: Float[np.ndarray, "pairs steps channels"],
    b: Float[np.ndarray, "pairs steps channels"],
    band: int,
) -> Float[np.ndarray, " pairs"]:
    """Least sum of squared differences over all warpings that stay `band` steps from the diagonal.

    Antidiagonals i + j = s one after another, each of all pairs at once; sums[k][1 + i] is the
    least sum up to (i, s - k - i).
    """
    steps = a.shape[1]
    a, b = np.ascontiguousarray(a.transpose(1, 0, 2)), np.ascontiguousarray(b.transpose(1, 0, 2))
    sums = [np.full((steps + 2, a.shape[1]), np.inf, dtype=a.dtype) for _ in range(3)]
    sums[2][0] = 0  # before both series; only (0, 0) can reach it
    for s in range(2 * steps - 1):
        first = max(0, s - steps + 1, -((band - s) // 2))
        last = min(steps - 1, s, (s + band) // 2)
        here, previous, diagonal = sums
        rows = slice(first, last + 1)
        other = b[s - last : s - first + 1][::-1]
        cost = np.square(a[rows] - other).sum(axis=2)
        before = np.minimum(previous[first : last + 1], previous[first + 1 : last + 2])
        before = np.minimum(before, diagonal[first : last + 1])
        here[first + 1 : last + 2] = cost + before
        here[first] = here[last + 2] = np.inf
        sums = [diagonal, here, previous]
    return sums[1][steps]
