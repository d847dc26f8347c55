"""Student's and the normal density, and the better of them for some numbers."""

import dataclasses
import math

import numpy as np
import torch
from jaxtyping import Float
from scipy import special
from torch import Tensor

DEGREES = (math.inf, 10.0, 5.0, 3.0, 2.0)
SWEEPS = 30  # of expectation-maximisation; the scale is then exact to 1e-3


def student_log_density(x: Float[Tensor, "*n"], degrees: float) -> Float[Tensor, "*n"]:
    """log t(x; degrees) at scale 1, in nats; normal where degrees is infinite."""
    if math.isinf(degrees):
        return -0.5 * (x.square() + math.log(2 * math.pi))
    constant = math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)
    constant -= 0.5 * math.log(degrees * math.pi)
    return constant - (degrees + 1) / 2 * torch.log1p(x.square() / degrees)


def student_cdf(x: Float[np.ndarray, "*n"], degrees: float) -> Float[np.ndarray, "*n"]:
    """Probability of a value below x at scale 1."""
    return special.ndtr(x) if math.isinf(degrees) else special.stdtr(degrees, x)


@dataclasses.dataclass(frozen=True)
class Density:
    """Student's density at a location, with a scale > 0; normal where degrees is infinite."""

    location: float
    scale: float
    degrees: float

    def log_density(self, x: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
        """In nats."""
        u = (x - self.location) / self.scale
        return student_log_density(u, self.degrees) - math.log(self.scale)

    def cdf(self, x: Float[np.ndarray, "*n"]) -> Float[np.ndarray, "*n"]:
        """Probability of a value below x."""
        return student_cdf((x - self.location) / self.scale, self.degrees)

    def quantile(self, p: Float[np.ndarray, "*n"]) -> Float[np.ndarray, "*n"]:
        """The value below which the probability is p."""
        unit = special.ndtri(p) if math.isinf(self.degrees) else special.stdtrit(self.degrees, p)
        return self.location + self.scale * unit


def fit_density(values: Float[np.ndarray, " n"], narrowest: float) -> Density:
    """The most likely density of `values`; at least `narrowest` wide.

    A Student density counts only if it is worth its third parameter (BIC: half a log n).
    Expectation-maximisation for location and scale (Lange, Little & Taylor 1989).
    """
    best, highest = Density(0.0, 1.0, math.inf), -math.inf
    for degrees in DEGREES:
        density = _fit(values, degrees, narrowest)
        likelihood = float(density.log_density(torch.from_numpy(values)).sum())
        likelihood -= 0 if math.isinf(degrees) else 0.5 * math.log(len(values))
        if likelihood > highest:
            best, highest = density, likelihood
    return best


def _fit(values: np.ndarray, degrees: float, narrowest: float) -> Density:
    location, scale = float(values.mean()), max(float(values.std()), narrowest)
    if math.isinf(degrees):
        return Density(location, scale, degrees)
    for _ in range(SWEEPS):
        weights = (degrees + 1) / (degrees + np.square((values - location) / scale))
        location = float(np.average(values, weights=weights))
        scale = max(math.sqrt(np.mean(weights * np.square(values - location))), narrowest)
    return Density(location, scale, degrees)
