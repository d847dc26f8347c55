"""A quantity: the network gives a mean, calibration a density around it.

With z the target standardised on the training part of the prefix and m the network's output,

    p(z) = (1 - w) t((z - b m) / s; d) / s + w q(z)

where t(.; d) is Student's density with d degrees of freedom (normal where d is infinite) and q the
density of the prefix's targets alone. b in [0, 1], s, d and w maximise the likelihood of the
validation part plus that of a few pseudo-examples drawn from q. Bits are those of the target in
units of `scale`, one number for all sizes, so that they can be compared along a learning curve;
they can be negative, and only differences mean anything.
"""

import dataclasses
import math
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from priorscope.core.config import checked_state
from priorscope.core.json_types import JsonObject
from priorscope.core.precision import widest
from priorscope.core.target import TARGETS, Marginal, Target
from priorscope.targets._density import Density, fit_density, student_log_density
from priorscope.targets._location import NARROWEST, Location
from priorscope.targets._quantity_calibration import QuantityCalibration, StoredQuantityCalibration

PSEUDO_EXAMPLES = 2.0
SHRINKS = (1.0, 0.9, 0.75, 0.5, 0.25, 0.0)  # b
DEGREES = (math.inf, 10.0, 5.0, 3.0)  # d
MIXTURES = (1e-3, 0.01, 0.03, 0.07, 0.15, 0.3, 0.6, 1.0)  # w
COARSE_SCALES = tuple(2.0 ** (power / 3) for power in range(-9, 4))  # s, in root mean squares
FINE_SCALES = tuple(1.04**power for power in range(-4, 5))
COARSE_DEGREES = (math.inf, 4.0)
LARGEST_VALUE = 1e140  # of a target; the sum of many squares is finite
ROUNDING = 2.0**-50  # differences of float64 numbers up to this share of their size
LARGEST = 2000  # validation examples that the fit uses
MOST_STRATA, EXAMPLES_PER_STRATUM = 10, 5


@TARGETS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Quantity(Target):
    """Targets are float64 numbers.

    scale: in the unit of the targets, positive; bits are counted at this resolution. The standard
        deviation of all training targets by convention (`Quantity.of`).
    """

    metrics: ClassVar[tuple[str, ...]] = ("rmse", "mae", "r2", "coverage80")

    scale: float = 1.0

    @classmethod
    def of(cls, targets: np.ndarray) -> "Quantity":
        """The target of these training examples.

        Raises:
            ValueError: if they are constant, not finite, or too large or too small to be squared.
        """
        made = cls()
        made.check_targets(targets)
        return cls(scale=float(np.std(targets)))

    @property
    def output_size(self) -> int:
        return 1

    def check_targets(self, targets: np.ndarray) -> None:
        finite = np.isfinite(targets)
        if not finite.all():
            raise ValueError(
                f"{(~finite).sum()} of {len(targets)} target values are NaN or infinite; remove "
                "or fill them."
            )
        largest = float(np.abs(targets).max(initial=0.0))
        if largest > LARGEST_VALUE:
            raise ValueError(
                f"Targets lie between -{LARGEST_VALUE:g} and {LARGEST_VALUE:g}, so that float64 "
                f"holds their squares, but one is {largest:g} in size; give them in another unit."
            )
        spread = float(np.ptp(targets)) if len(targets) else 0.0
        if spread <= ROUNDING * largest:
            value = f"{targets[0]:g}" if len(targets) else "missing"
            raise ValueError(
                f"The target is constant: all {len(targets)} values are {value}, so that there "
                "is nothing to learn; name another target."
            )
        if spread < 1 / LARGEST_VALUE:
            raise ValueError(
                f"Targets spread over {1 / LARGEST_VALUE:g} or more, so that float64 holds the "
                f"squares of their differences, but these do over {spread:g}; give them in another "
                "unit."
            )

    def strata(self, targets: np.ndarray, most: int | None = None) -> np.ndarray:
        """Groups of equal size by rank: at most ten, of five examples or more; ties stay together.

        A few examples are one stratum: then the order is purely random.
        """
        groups = min(most or MOST_STRATA, MOST_STRATA, len(targets) // EXAMPLES_PER_STRATUM)
        if groups < 2:
            return np.zeros(len(targets), dtype=np.int64)
        edges = np.unique(np.quantile(targets, np.arange(1, groups) / groups))
        return np.searchsorted(edges, targets, side="right").astype(np.int64)

    @property
    def noise_bits(self) -> float:
        return 0.5 * math.log2(2 * math.pi * math.e)

    def noise(self, targets: np.ndarray, stream: np.random.Generator) -> np.ndarray:
        """Normal and independent, of standard deviation `scale`."""
        return self.scale * stream.standard_normal(len(targets))

    def label_bits(self, targets: np.ndarray) -> float:
        """A two-part code: best of the normal and Student densities, half a log2 n a parameter."""
        n = len(targets)
        values = np.asarray(targets, dtype=np.float64) / self.scale
        density = fit_density(values, NARROWEST)
        parameters = 2 if math.isinf(density.degrees) else 3
        nats = -density.log_density(torch.from_numpy(values)).sum()
        return float(nats) / math.log(2) + parameters / 2 * math.log2(max(n, 1))

    def marginal_bits(self, train: np.ndarray, test: np.ndarray) -> float:
        location = self.marginal(train, np.arange(len(train)))
        log_q = location.log_density(torch.from_numpy(location.standardise(test)))
        return -float(log_q.mean()) / math.log(2) + math.log2(location.std / self.scale)

    def marginal(self, targets: np.ndarray, train: np.ndarray) -> Location:
        values = np.asarray(targets, dtype=np.float64)
        mean, std = float(values[train].mean()), float(values[train].std())
        std = std if std > NARROWEST * self.scale else self.scale  # a constant prefix
        return Location(mean, std, fit_density((values - mean) / std, NARROWEST))

    def encode(self, targets: np.ndarray, marginal: Marginal) -> Float[Tensor, " examples"]:
        """Standardised."""
        values = _location(marginal).standardise(targets)
        return torch.from_numpy(values).to(torch.get_default_dtype())

    def loss(
        self, outputs: Float[Tensor, "*batch 1"], encoded: Float[Tensor, "*batch"]
    ) -> Float[Tensor, "*batch"]:
        """Half the squared error: a normal density of standard deviation 1, but for a constant."""
        return 0.5 * (outputs.squeeze(-1) - encoded).square()

    def validation_loss(
        self,
        outputs: Float[Tensor, "replicas examples 1"],
        encoded: Float[Tensor, "replicas examples"],
        marginals: list[Marginal],
    ) -> Float[Tensor, " replicas"]:
        """Mean -log density at each replica's best of a few scales and degrees of freedom."""
        residuals = encoded - outputs.squeeze(-1)
        residuals = residuals.to(widest(residuals.device))
        rms = residuals.square().mean(dim=-1, keepdim=True).sqrt().clamp(min=NARROWEST)
        losses = [
            (s.log() - student_log_density(residuals / s, degrees)).mean(dim=-1)
            for degrees in COARSE_DEGREES
            for s in (rms, 0.7 * rms, 0.5 * rms)
        ]
        return torch.stack(losses).amin(dim=0).float()

    def calibrate(
        self,
        outputs: Float[Tensor, "examples 1"],
        encoded: Float[Tensor, " examples"],
        marginal: Marginal,
    ) -> "QuantityCalibration":
        """The best of a coarse grid, then of finer scales around it."""
        located = _location(marginal)
        fit = _Fit(outputs[:LARGEST].squeeze(-1), encoded[:LARGEST], located)
        coarse = ((b, d, s * fit.rms(b)) for b in SHRINKS for d in DEGREES for s in COARSE_SCALES)
        b, d, s, _ = fit.best(coarse)
        b, d, s, w = fit.best((b, d, s * f) for d in DEGREES for f in FINE_SCALES)
        return QuantityCalibration(b, d, s, w, located, self.scale)

    def calibration_from(self, state: JsonObject) -> "QuantityCalibration":
        stored = checked_state(state, StoredQuantityCalibration)
        density = Density(
            stored.density_location, stored.density_scale, stored.density_degrees or math.inf
        )
        location = Location(stored.mean, stored.std, density)
        degrees = stored.degrees or math.inf
        return QuantityCalibration(
            stored.shrink, degrees, stored.spread, stored.mixture, location, self.scale
        )

    def outputs_of(
        self, predictions: np.ndarray, classes: np.ndarray | None
    ) -> Float[Tensor, "examples 1"]:
        """Means as they are: the estimator was fitted on standardised targets."""
        return torch.from_numpy(np.asarray(predictions, dtype=np.float64).reshape(-1, 1))

    def constant_outputs(self, marginal: Marginal, examples: int) -> Float[Tensor, "examples 1"]:
        return torch.full((examples, 1), _location(marginal).density.location)


def _location(marginal: Marginal) -> Location:
    assert isinstance(marginal, Location)
    return marginal


class _Fit:
    """Objective of the calibration: validation examples, and pseudo-examples drawn from q.

    Each network output gets one pseudo-target, a quantile of q; together they weigh as much as
    `PSEUDO_EXAMPLES`.
    """

    def __init__(self, outputs: Tensor, targets: Tensor, location: Location):
        n = len(targets)
        ranks = np.random.default_rng(0).permutation(n)
        pseudo = torch.from_numpy(location.density.quantile((ranks + 0.5) / n))
        self.outputs = torch.cat([outputs, outputs]).cpu().double()
        self.targets = torch.cat([targets.cpu().double(), pseudo])
        self.weights = torch.ones(2 * n, dtype=torch.float64)
        self.weights[n:] = PSEUDO_EXAMPLES / n
        self.q = location.log_density(self.targets).exp()
        self.n = n

    def rms(self, b: float) -> float:
        """Root mean square of the validation residuals."""
        residuals = self.targets[: self.n] - b * self.outputs[: self.n]
        return max(float(residuals.square().mean().sqrt()), NARROWEST)

    def best(
        self, candidates: Iterator[tuple[float, float, float]]
    ) -> tuple[float, float, float, float]:
        """The (b, d, s) of `candidates` with its w, of the greatest likelihood."""
        highest, chosen = -math.inf, (0.0, math.inf, 1.0, 1.0)
        w = torch.tensor(MIXTURES, dtype=torch.float64).unsqueeze(-1)
        for b, d, scale in candidates:
            s = max(scale, NARROWEST)
            p = (student_log_density((self.targets - b * self.outputs) / s, d)).exp() / s
            likelihood = torch.lerp(p.expand(len(w), -1), self.q, w).log() @ self.weights
            if (top := float(likelihood.max())) > highest:
                highest, chosen = top, (b, d, s, MIXTURES[int(likelihood.argmax())])
        return chosen
