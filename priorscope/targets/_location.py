"""Where the targets of a prefix lie: mean, spread, and their density alone."""

import dataclasses
import math

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from priorscope.core.target import Marginal
from priorscope.targets._density import Density

NARROWEST = 1e-3  # smallest s, of a standard deviation: a code has a resolution
TAIL_SHARE, TAIL_DEGREES = 0.01, 2.0


@dataclasses.dataclass(frozen=True)
class Location(Marginal):
    """mean, std: of the training part's targets. density: of the whole prefix's, standardised."""

    mean: float
    std: float
    density: Density

    def log_density(self, z: Float[Tensor, " examples"]) -> Float[Tensor, " examples"]:
        """log q in nats: the density with a share of heavy tails: no value is impossible."""
        tail = dataclasses.replace(self.density, degrees=TAIL_DEGREES)
        return torch.logaddexp(
            self.density.log_density(z) + math.log1p(-TAIL_SHARE),
            tail.log_density(z) + math.log(TAIL_SHARE),
        )

    def standardise(self, targets: np.ndarray) -> Float[np.ndarray, " examples"]:
        """(y - mean) / std."""
        return (np.asarray(targets, dtype=np.float64) - self.mean) / self.std
