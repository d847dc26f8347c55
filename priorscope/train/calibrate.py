"""Temperature and uniform mixture, fitted on validation: without them code lengths mean nothing.

p = (1 - w) softmax(z / T) + w / K. Both maximise the validation likelihood plus that of a few
pseudo-examples whose target is uniform: with 20 validation examples a lucky network must not be
believed, with 2,000 the pseudo-examples don't matter.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

PSEUDO_EXAMPLES = 8.0
TEMPERATURES = tuple(4.0 ** (power / 8) for power in range(-8, 17))  # 1/4 ... 16
MIXTURES = (1e-3, 3e-3, 0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.22, 0.32, 0.45, 0.6, 0.8, 1.0)
COARSE_TEMPERATURES = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 8.0)
COARSE_MIXTURE = 0.02
LARGEST = 4000  # validation examples that the fit uses


@dataclass(frozen=True)
class Calibration:
    """temperature: T > 0. mixture: w in [1e-3, 1], the share of the uniform distribution."""

    temperature: float
    mixture: float

    def bits(
        self, logits: Float[Tensor, "examples classes"], targets: Int[Tensor, " examples"]
    ) -> Float[Tensor, " examples"]:
        """-log2 p(target) of each example, at most log2(K / w)."""
        softened = (logits.double() / self.temperature).softmax(dim=-1)
        p = softened.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
        return -((1 - self.mixture) * p + self.mixture / logits.shape[-1]).log2()


def calibrate(
    logits: Float[Tensor, "examples classes"], targets: Int[Tensor, " examples"]
) -> Calibration:
    """The best temperature and mixture on a grid."""
    logits, picked = logits[:LARGEST].double(), targets[:LARGEST].unsqueeze(-1)
    mixtures = logits.new_tensor(MIXTURES).view(-1, 1, 1)
    likelihoods = []
    for temperature in TEMPERATURES:
        p = (logits / temperature).softmax(dim=-1)
        picked_p = p.gather(-1, picked)
        likelihood = _mixed(picked_p, mixtures, p.shape[-1]).log().sum(dim=(-2, -1))
        pseudo = torch.stack([_mixed(p, w, p.shape[-1]).log().mean() for w in mixtures])
        likelihoods.append(likelihood + PSEUDO_EXAMPLES * pseudo)
    row, column = divmod(int(torch.stack(likelihoods).argmax()), len(MIXTURES))
    return Calibration(TEMPERATURES[row], MIXTURES[column])


def _mixed(p: Tensor, mixture: Tensor, classes: int) -> Tensor:
    return torch.lerp(p, torch.full_like(p, 1 / classes), mixture)


def validation_loss(
    logits: Float[Tensor, "replicas examples classes"], targets: Int[Tensor, "replicas examples"]
) -> Float[Tensor, " replicas"]:
    """Mean loss in nats at each replica's best temperature of a few; chooses the step to keep.

    Selecting by the uncalibrated loss would stop a network that still learns but grows
    overconfident.
    """
    picked = targets.unsqueeze(-1)
    losses = []
    for temperature in COARSE_TEMPERATURES:
        p = (logits / temperature).softmax(dim=-1).gather(-1, picked).squeeze(-1)
        mixed = (1 - COARSE_MIXTURE) * p + COARSE_MIXTURE / logits.shape[-1]
        losses.append(-mixed.log().mean(dim=-1))
    return torch.stack(losses).amin(dim=0)
