"""Intervals as plain JSON: what lies at infinity becomes null."""

import math
from typing import Any

import numpy as np
from scipy.special import gammaincinv, stdtrit


def chi_square_quantile(share: Any, freedom: Any) -> Any:
    """Below which a chi-square variable lies with probability `share`; elementwise.

    scipy.stats has it too, but takes a second to import.
    """
    return 2 * gammaincinv(np.asarray(freedom) / 2, share)


def plain(value: float) -> float | None:
    """A JSON number, or None for infinity and NaN."""
    return float(value) if math.isfinite(value) else None


def interval(samples: np.ndarray, draws: int, level: float = 0.95) -> dict[str, Any]:
    """`{"mean", "low", "high", "n"}`: the median of the samples and the interval at `level`.

    samples may be infinite ("never"); a bound that is infinite is None. n: number of draws.
    """
    low, middle, high = quantile(samples, ((1 - level) / 2, 0.5, (1 + level) / 2))
    return {"mean": plain(middle), "low": plain(low), "high": plain(high), "n": draws}


def over_draws(values: np.ndarray) -> dict[str, Any]:
    """Mean over draws with its 95% interval (Student); no bounds from one draw, or equal ones."""
    known = values[np.isfinite(values)]
    mean, count = float(known.mean()), len(known)
    spread = float(known.std(ddof=1)) if count > 1 else 0.0
    if spread <= 1e-12 * abs(mean):  # nothing is known of the noise
        return {"mean": mean, "low": None, "high": None, "n": count}
    reach = float(stdtrit(count - 1, 0.975) * spread / np.sqrt(count))
    return {"mean": mean, "low": mean - reach, "high": mean + reach, "n": count}


def quantile(samples: np.ndarray, at: tuple[float, ...]) -> np.ndarray:
    """Order statistics along the first axis, without arithmetic between a number and infinity."""
    return np.quantile(samples, at, axis=0, method="inverted_cdf")


def spread_of(samples: np.ndarray) -> dict[str, float | None]:
    """Median and 50, 80 and 95% intervals."""
    at = (0.5, 0.25, 0.75, 0.1, 0.9, 0.025, 0.975)
    names = ("median", "low50", "high50", "low80", "high80", "low95", "high95")
    return {k: plain(v) for k, v in zip(names, quantile(samples, at), strict=True)}


NOTHING: dict[str, float | None] = dict.fromkeys(
    ("median", "low50", "high50", "low80", "high80", "low95", "high95")
)
