"""A calibrated density around the mean that a network gives; see `quantity`."""

import dataclasses
import math
from typing import Annotated

import numpy as np
import torch
from jaxtyping import Float, Num
from msgspec import Meta
from torch import Tensor

from priorscope.core.json_types import JsonObject
from priorscope.core.target import Calibration
from priorscope.targets._density import student_cdf, student_log_density
from priorscope.targets._location import Location

LARGEST_FLOAT32 = 1e37
INTERVAL = (0.1, 0.9)  # the 80% predictive interval


@dataclasses.dataclass(frozen=True)
class QuantityCalibration(Calibration):
    """shrink: b in [0, 1]. degrees: d. spread: s > 0, standardised. mixture: w in [1e-3, 1].

    location: of the prefix. scale: of the target; bits are in this unit.
    """

    shrink: float
    degrees: float
    spread: float
    mixture: float
    location: Location
    scale: float

    def bits(
        self, outputs: Float[Tensor, "examples 1"], targets: Num[np.ndarray, " examples"]
    ) -> Float[Tensor, " examples"]:
        """-log2 of the density of y / scale; at the resolution of the data, not absolute."""
        z = torch.from_numpy(self.location.standardise(targets))
        p = student_log_density(self._residuals(outputs, z), self.degrees).exp() / self.spread
        mixed = (1 - self.mixture) * p + self.mixture * self.location.log_density(z).exp()
        return -mixed.log2() + math.log2(self.location.std / self.scale)

    def _residuals(self, outputs: Tensor, z: Tensor) -> Tensor:
        return (z - self.shrink * outputs.squeeze(-1).double()) / self.spread

    def prediction(self, outputs: Float[Tensor, "examples 1"]) -> Float[np.ndarray, " examples"]:
        """Centre of the heavier of the two densities, in the unit of the targets."""
        if self.mixture > 0.5:
            centre = np.full(len(outputs), self.location.density.location)
        else:
            centre = self.shrink * outputs.squeeze(-1).double().numpy()
        return self.location.mean + self.location.std * centre

    def scores(
        self, outputs: Float[Tensor, "examples 1"], targets: Num[np.ndarray, " examples"]
    ) -> dict[str, float]:
        """Errors of `prediction`, in the unit of the targets.

        r2: 1 - squared error / variance of these targets; 0 where they don't vary.
        coverage80: share of targets inside the 80% predictive interval.
        """
        bits = self.bits(outputs, targets)
        errors = np.asarray(targets, dtype=np.float64) - self.prediction(outputs)
        variance = float(np.var(targets))
        mse = float(np.mean(np.square(errors)))
        return {
            "bits": float(bits.mean()),
            "bits_std": float(bits.std(correction=0)),
            "uncalibrated_bits": self._uncalibrated_bits(outputs, targets),
            "rmse": math.sqrt(mse),
            "mae": float(np.mean(np.abs(errors))),
            "r2": 1 - mse / variance if variance > 0 else 0.0,
            "coverage80": self._coverage(outputs, targets),
        }

    def _uncalibrated_bits(self, outputs: Tensor, targets: np.ndarray) -> float:
        """Under the normal density of standard deviation 1 that the training loss stands for."""
        z = torch.from_numpy(self.location.standardise(targets))
        log_p = student_log_density(z - outputs.squeeze(-1).double(), math.inf)
        return -float(log_p.mean()) / math.log(2) + math.log2(self.location.std / self.scale)

    def _coverage(self, outputs: Tensor, targets: np.ndarray) -> float:
        z = torch.from_numpy(self.location.standardise(targets))
        own = student_cdf(self._residuals(outputs, z).numpy(), self.degrees)
        rank = (1 - self.mixture) * own + self.mixture * self.location.density.cdf(z.numpy())
        return float(((rank >= INTERVAL[0]) & (rank <= INTERVAL[1])).mean())

    def per_example(
        self, outputs: Float[Tensor, "examples 1"], targets: Num[np.ndarray, " examples"]
    ) -> dict[str, np.ndarray]:
        """`prediction` and `scale` of the density around it, in the unit of the targets.

        float32; float64 of targets that differ in digits, or have a size, that it doesn't hold.
        """
        prediction, scale = self.prediction(outputs), self.spread * self.location.std
        size = abs(self.location.mean) + float(np.abs(prediction).max(initial=0.0))
        holds = size < LARGEST_FLOAT32 and scale > max(size * 2.0**-17, 1 / LARGEST_FLOAT32)
        kind = np.float32 if holds else np.float64
        return {
            "prediction": prediction.astype(kind),
            "scale": np.full(len(prediction), scale, kind),
        }

    def to_json(self) -> dict[str, float]:
        """`degrees` is 0 where the density is normal: JSON has no infinity."""
        degrees = 0.0 if math.isinf(self.degrees) else self.degrees
        return {
            "shrink": self.shrink,
            "degrees": degrees,
            "spread": self.spread,
            "mixture": self.mixture,
        }

    def expectation(self, outputs: Float[Tensor, "examples 1"]) -> np.ndarray:
        return self.prediction(outputs)

    def state(self) -> JsonObject:
        density = self.location.density
        return {
            **self.to_json(),
            "mean": self.location.mean,
            "std": self.location.std,
            "density_location": density.location,
            "density_scale": density.scale,
            "density_degrees": 0.0 if math.isinf(density.degrees) else density.degrees,
        }


@dataclasses.dataclass(frozen=True)
class StoredQuantityCalibration:
    """A `QuantityCalibration` as JSON has it; degrees are 0 where a density is normal."""

    shrink: float
    degrees: Annotated[float, Meta(ge=0)]
    spread: Annotated[float, Meta(gt=0)]
    mixture: Annotated[float, Meta(ge=0, le=1)]
    mean: float
    std: Annotated[float, Meta(gt=0)]
    density_location: float
    density_scale: Annotated[float, Meta(gt=0)]
    density_degrees: Annotated[float, Meta(ge=0)]
