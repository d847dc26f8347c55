"""How far the attention of a trained network reaches."""

import dataclasses

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor, nn

from priorscope.core.signature import Signature
from priorscope.measures import MEASURES, Measure
from priorscope.models.transformer import TransformerEncoder
from priorscope.models.vit import VitClassifier
from priorscope.nn.attention import attention_maps
from priorscope.nn.patch import joined_presence
from priorscope.nn.stem import presence

EXAMPLES = 64  # maps of longer sequences are large


@MEASURES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class AttentionDistance(Measure):
    """How far away a token's attention lies on average, in each block. 0: every token attends to
    itself; 1: as far as if it attended to all alike; above 1: to the far end.

    Sum over keys of weight times distance between the places of query and key (Dosovitskiy et
    al. 2021, appendix D.7), mean over queries, heads and examples, over the same with
    equal weights. Class token and padding are left out, and what is left of each row sums to 1
    again; so is a last block of which only the class token is read. For transformer and vit.
    """

    def why_not(self, signature: Signature) -> str | None:
        return None

    def measure(
        self, network: nn.Module, inputs: Shaped[Tensor, "batch ..."], signature: Signature
    ) -> dict[str, float]:
        if isinstance(network, VitClassifier):
            grid, patch = network.vit.shape.grid, network.vit.shape.patch[1]
            ahead = int(network.vit.class_token is not None)
        elif isinstance(network, TransformerEncoder):
            grid, patch = (1, signature.input_shape[0] // network.patch), network.patch
            ahead = int(network.class_token is not None)
        else:
            return {}
        inputs = inputs[:EXAMPLES]
        distance = token_distances(*grid).to(inputs.device)
        exists = presence(signature, inputs)
        if exists is None:
            exists = torch.ones(len(inputs), len(distance), dtype=torch.bool, device=inputs.device)
        else:
            exists = joined_presence(exists, patch)
        with torch.no_grad(), attention_maps(network) as maps:
            network(inputs)
            blocks = list(maps.values())
        read = blocks[:-1] if ahead else blocks
        return {
            f"block {number}": relative_distance(weights[..., ahead:, ahead:], distance, exists)
            for number, weights in enumerate(read, start=1)
        }


def token_distances(rows: int, columns: int) -> Float[Tensor, "tokens tokens"]:
    """Euclidean distance of the places of a grid, in tokens; row by row."""
    places = torch.cartesian_prod(torch.arange(rows), torch.arange(columns)).double()
    return torch.cdist(places, places)


def relative_distance(
    weights: Float[Tensor, "batch heads query key"],
    distance: Float[Tensor, "query key"],
    exists: Bool[Tensor, "batch query"],
) -> float:
    """Mean attention distance over that of equal weights; rows are made to sum to 1 first."""
    pairs = (exists[:, :, None] & exists[:, None, :]).double()[:, None]  # (batch, 1, query, key)
    equal = pairs / pairs.sum(dim=-1, keepdim=True).clamp(min=1.0)
    kept = weights.double() * pairs
    kept = kept / kept.sum(dim=-1, keepdim=True).clamp(min=torch.finfo(torch.float64).tiny)
    reached = (kept * distance).sum(dim=(-2, -1)).mean()
    return float(reached / (equal * distance).sum(dim=(-2, -1)).mean())
