"""The shapes a learning curve may have: log e(n) as a function of x = log(n / N).

N is the largest size fitted, so that parameters mean the same at every scale. Every family has
log e(N) as its first parameter; the others say how the curve bends. `offset` is the logit of the
share of e(N) that no amount of data removes.
"""

import dataclasses
from collections.abc import Callable

import numpy as np
from scipy.special import expit, logit

Shape = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclasses.dataclass(frozen=True)
class Family:
    """A parametric curve with a weak, stated prior on what bends it.

    log_curve: (theta (batch, parameters), x (batch, sizes)) -> log e, (batch, sizes).
    centre, spread: mean and standard deviation of the normal prior of each parameter; those of
        the first, log e(N), are 0 and 10: the data decide it.
    weight: prior probability of the family among the others, before normalising.
    """

    name: str
    parameters: tuple[str, ...]
    centre: tuple[float, ...]
    spread: tuple[float, ...]
    weight: float
    log_curve: Shape


def _with_offset(offset: np.ndarray, falling: np.ndarray) -> np.ndarray:
    """log(s + (1 - s)·exp(falling)), s = expit(offset); 0 where `falling` is 0."""
    return np.logaddexp(offset, falling) - np.logaddexp(offset, 0.0)


def _power(theta: np.ndarray, x: np.ndarray) -> np.ndarray:
    level, offset, log_rate = (theta[:, i : i + 1] for i in range(3))
    return level + _with_offset(offset, -np.exp(log_rate) * x)


def _exponential(theta: np.ndarray, x: np.ndarray) -> np.ndarray:
    level, offset, log_rate = (theta[:, i : i + 1] for i in range(3))
    return level + _with_offset(offset, -np.exp(log_rate) * np.expm1(x))


BREAK_WIDTH = 0.5  # in log n: the slope turns within a factor of about 3


def _broken(theta: np.ndarray, x: np.ndarray) -> np.ndarray:
    level, offset, before, after, place = (theta[:, i : i + 1] for i in range(5))

    def bend(at: np.ndarray) -> np.ndarray:
        return BREAK_WIDTH * np.logaddexp(0.0, (at - place) / BREAK_WIDTH)

    falling = -before * x - (after - before) * (bend(x) - bend(np.zeros_like(place)))
    return level + _with_offset(offset, falling)


def _m4(theta: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Solves (e - c) / (e0 - e)^alpha = b·n^-rate for e, given e(N) (Alabdulmohsin et al. 2022)."""
    level, offset, log_rate, log_head, log_alpha = (theta[:, i : i + 1] for i in range(5))
    floor, head, alpha = expit(offset), np.exp(log_head), np.exp(log_alpha)
    span = 1.0 + head - floor  # e0 - c, in units of e(N)
    start = (1.0 - floor) / span  # where e(N) lies between c and e0
    at_end = np.log(start) - alpha * np.log1p(-start)
    share = expit(_solve_sigmoid(at_end - np.exp(log_rate) * x, alpha))
    return level + np.log(floor + span * share)


def _solve_sigmoid(target: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """t with log expit(t) - alpha·log expit(-t) = target, by Newton's method."""
    t = np.where(target < 0, target, target / alpha)
    for _ in range(5):
        small = np.exp(-np.abs(t))
        log_up = np.minimum(t, 0.0) - np.log1p(small)  # log expit(t); log expit(-t) is t less
        up = np.where(t < 0, small, 1.0) / (1.0 + small)
        excess = log_up - alpha * (log_up - t) - target
        t = t - excess / ((1.0 - up) + alpha * up)
    return t


def _constant(theta: np.ndarray, x: np.ndarray) -> np.ndarray:
    return theta[:, :1] + np.zeros_like(x)


_RATE = (float(np.log(0.5)), 0.7)  # published exponents lie between .07 and 1
_OFFSET = (-1.8, 2.4)  # a share of the last loss between .1% and 95%

POWER = Family(
    "power", ("level", "offset", "log_rate"),
    (0.0, _OFFSET[0], _RATE[0]), (10.0, _OFFSET[1], _RATE[1]), 1.0, _power,
)  # fmt: skip
M4 = Family(
    "m4", ("level", "offset", "log_rate", "log_head", "log_alpha"),
    (0.0, _OFFSET[0], _RATE[0], 1.0, 0.0), (10.0, _OFFSET[1], _RATE[1], 1.5, 0.4), 0.5, _m4,
)  # fmt: skip
BROKEN = Family(
    "broken", ("level", "offset", "before", "after", "place"),
    (0.0, -2.0, 0.35, 0.35, -1.2), (10.0, 2.0, 0.3, 0.3, 1.2), 0.4, _broken,
)  # fmt: skip
EXPONENTIAL = Family(
    "exponential", ("level", "offset", "log_rate"),
    (0.0, 0.5, 0.0), (10.0, 1.7, 1.0), 0.2, _exponential,
)  # fmt: skip
CONSTANT = Family("constant", ("level",), (0.0,), (10.0,), 0.1, _constant)

FAMILIES = (POWER, M4, BROKEN, EXPONENTIAL, CONSTANT)


def offset_of(share: float) -> float:
    """The `offset` parameter of a curve of which `share` (0 to 1) of e(N) stays for ever."""
    return float(logit(share))
