"""How far the attention of a trained network reaches."""

import dataclasses

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from priorscope.measures import MEASURES, Measure
from priorscope.subjects import Subject

EXAMPLES = 64  # maps of longer sequences are large


@MEASURES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class AttentionDistance(Measure):
    """How far away a token's attention lies on average, in each block. 0: every token attends to
    itself; 1: as far as if it attended to all alike; above 1: to the far end.

    Sum over keys of weight times distance between the positions of query and key (Dosovitskiy et
    al. 2021, appendix D.7), mean over queries, heads and examples, over the same with
    equal weights. Class token and padding are left out, and the rest of each row is rescaled to
    sum to 1; a last block of which only the class token is read is left out too. For every
    network whose attention can be read, see `subjects.adapters`.
    """

    def fits(self, subject: Subject) -> bool:
        return subject.attention is not None

    def measure(self, subject: Subject) -> dict[str, float]:
        if subject.attention is None:
            return {}
        inputs = subject.inputs[:EXAMPLES]
        maps = subject.attention(inputs)
        distance = token_distances(*maps.grid).to(inputs.device)
        valid = maps.valid
        if valid is None:
            valid = torch.ones(len(inputs), len(distance), dtype=torch.bool, device=inputs.device)
        read = maps.blocks[:-1] if maps.leading else maps.blocks
        return {
            f"block {number}": relative_distance(
                weights[..., maps.leading :, maps.leading :], distance, valid
            )
            for number, weights in enumerate(read, start=1)
        }


def token_distances(rows: int, columns: int) -> Float[Tensor, "tokens tokens"]:
    """Euclidean distance between the positions of a grid, in tokens; row by row."""
    positions = torch.cartesian_prod(torch.arange(rows), torch.arange(columns)).double()
    return torch.cdist(positions, positions)


def relative_distance(
    weights: Float[Tensor, "batch heads query key"],
    distance: Float[Tensor, "query key"],
    valid: Bool[Tensor, "batch query"],
) -> float:
    """Mean attention distance over that of equal weights; rows are rescaled to sum to 1 first."""
    pairs = (valid[:, :, None] & valid[:, None, :]).double()[:, None]  # (batch, 1, query, key)
    equal = pairs / pairs.sum(dim=-1, keepdim=True).clamp(min=1.0)
    kept = weights.double() * pairs
    kept = kept / kept.sum(dim=-1, keepdim=True).clamp(min=torch.finfo(torch.float64).tiny)
    reached = (kept * distance).sum(dim=(-2, -1)).mean()
    return float(reached / (equal * distance).sum(dim=(-2, -1)).mean())
