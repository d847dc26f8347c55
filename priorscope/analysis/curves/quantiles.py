"""Intervals as plain JSON: what lies at infinity becomes null."""

import dataclasses
import math
from typing import Any

import numpy as np
from scipy.special import gammaincinv, stdtrit

from priorscope.core.estimate import Estimate
from priorscope.core.json_types import JsonObject


def chi_square_quantile(share: Any, dof: Any) -> Any:
    """Below which a chi-square variable lies with probability `share`; elementwise.

    scipy.stats has it too, but takes a second to import.
    """
    return 2 * gammaincinv(np.asarray(dof) / 2, share)


def plain(value: float) -> float | None:
    """A JSON number, or None for infinity and NaN."""
    return float(value) if math.isfinite(value) else None


def interval(samples: np.ndarray, repeats: int, level: float = 0.95) -> JsonObject:
    """JSON form of an `Estimate`: the median of the samples and their interval at `level`.

    samples may be infinite ("never"); a bound that is infinite is None. n: number of repeats.
    """
    low, middle, high = quantile(samples, ((1 - level) / 2, 0.5, (1 + level) / 2))
    method = f"median of plausible curves, {level:.0%} interval"
    return estimate_json(plain(middle), plain(low), plain(high), repeats, method)


def over_repeats(values: np.ndarray) -> JsonObject:
    """Mean over repeats, 95% interval (Student); no bounds from one repeat, or equal ones."""
    finite = values[np.isfinite(values)]
    mean, count = float(finite.mean()), len(finite)
    std = float(finite.std(ddof=1)) if count > 1 else 0.0
    method = "mean, Student's t over repeats"
    if std <= 1e-12 * abs(mean):  # nothing is known of the noise
        return estimate_json(mean, None, None, count, method)
    half = float(stdtrit(count - 1, 0.975) * std / np.sqrt(count))
    return estimate_json(mean, mean - half, mean + half, count, method)


def estimate_json(
    center: float | None, low: float | None, high: float | None, n: int, method: str
) -> JsonObject:
    """JSON form of an `Estimate`; an interval without a centre is a bound from below."""
    made = Estimate(center=center, low=low, high=high, n=n, method=method)
    return dataclasses.asdict(made)


def quantile(samples: np.ndarray, at: tuple[float, ...]) -> np.ndarray:
    """Order statistics along the first axis, without arithmetic between a number and infinity."""
    return np.quantile(samples, at, axis=0, method="inverted_cdf")


def sizes_of_crossing(samples: np.ndarray) -> dict[str, float | None]:
    """Median and 50, 80 and 95% intervals of sizes; None is "not within what is forecast"."""
    at = (0.5, 0.25, 0.75, 0.1, 0.9, 0.025, 0.975)
    names = ("median", "low50", "high50", "low80", "high80", "low95", "high95")
    return {k: plain(v) for k, v in zip(names, quantile(samples, at), strict=True)}


NOTHING: dict[str, float | None] = dict.fromkeys(
    ("median", "low50", "high50", "low80", "high80", "low95", "high95")
)
