"""What the weights alone say: norms and effective ranks, layer by layer."""

import dataclasses

import torch
from torch import Tensor, nn

from priorscope.measures.probes import PROBES, Probe, Probed, Reading
from priorscope.measures.probes._estimates import exactly
from priorscope.subjects import Subject
from priorscope.wording.page import english

LARGEST = 4096  # rows or columns of a matrix whose spectrum is taken
MOST = 48  # matrices; a larger network's are thinned out


def spectrum(weight: Tensor) -> Tensor:
    """Singular values, largest first, of a weight as a matrix (outputs, everything else)."""
    matrix = weight.detach().flatten(1).double()
    return torch.linalg.svdvals(matrix)


def effective_rank(values: Tensor) -> float:
    """exp of the entropy of normalised singular values (Roy & Vetterli 2007): 1 to their number."""
    total = values.sum()
    if not total > 0:
        return 0.0
    shares = values / total
    shares = shares[shares > 0]
    return float((-(shares * shares.log()).sum()).exp())


def matrices(network: nn.Module) -> dict[str, Tensor]:
    """The network's weights with two axes or more, by name."""
    return {n: p for n, p in network.named_parameters() if p.ndim > 1 and p.numel() > 1}


@PROBES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Weights(Probe):
    """The weights by themselves: the effective rank of each matrix over the largest it could have
    (1: all directions alike, near 0: a few), its largest singular value, and its norm per entry.

    Effective rank: exp of the entropy of the singular values (Roy & Vetterli 2007).
    """

    def why_not(self, subject: Subject) -> str | None:
        return None if matrices(subject.network) else english("probe.no_matrices")

    def measure(self, subject: Subject) -> Probed:
        weights = matrices(subject.network)
        names = list(weights)
        step = -(-len(names) // MOST)
        readings = []
        for name in names[::step]:
            weight = weights[name]
            shape = weight.flatten(1).shape
            norm = weight.detach().double().square().mean().sqrt().item()
            readings.append(Reading(name="norm per entry", layer=name, value=exactly(norm)))
            if max(shape) > LARGEST:
                reason = english("probe.large_matrix", rows=shape[0], columns=shape[1])
                readings.append(Reading(name="effective rank", layer=name, reason=reason))
                continue
            values = spectrum(weight)
            share = effective_rank(values) / min(shape)
            readings.append(Reading(name="effective rank", layer=name, value=exactly(share)))
            largest = exactly(float(values[0]))
            readings.append(Reading(name="largest singular value", layer=name, value=largest))
        return Probed(readings)
