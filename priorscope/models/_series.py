"""Series of different lengths made one length."""

import numpy as np
from jaxtyping import Float


def resampled(
    series: Float[np.ndarray, "examples steps channels"], padded: bool, points: int
) -> Float[np.ndarray, "examples points values"]:
    """Each series' own length read off at equal distances, between steps linearly.

    The result has min(points, steps) points and no presence channel; padding is not seen.

    padded: whether the last channel is 1 where a step exists.
    """
    count, steps = series.shape[:2]
    points = min(points, steps)
    if not padded and points == steps:
        return series
    lengths = np.full(count, steps)
    if padded:
        lengths = np.maximum((series[..., -1] > 0).sum(axis=1), 1)
        series = series[..., :-1]
    share = np.linspace(0, 1, points) if points > 1 else np.zeros(1)
    position = share * (lengths[:, None] - 1)  # (examples, points)
    before = np.floor(position).astype(np.int64)
    after = np.minimum(before + 1, lengths[:, None] - 1)
    weight = (position - before)[..., None].astype(series.dtype)
    low = np.take_along_axis(series, before[..., None], axis=1)
    high = np.take_along_axis(series, after[..., None], axis=1)
    return low + weight * (high - low)
