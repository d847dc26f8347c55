"""Where attention goes: how far, how spread, through all layers together."""

import dataclasses
import math

import numpy as np
import torch
from torch import Tensor

from priorscope.core.attention_code import coded
from priorscope.measures.attention_distance import token_distances
from priorscope.measures.probes import PROBES, Probe, Probed, Reading
from priorscope.measures.probes._estimates import exactly, mean_over
from priorscope.subjects import AttentionMaps, Subject, UnreadableAttention
from priorscope.wording.page import english

SHOWN = 2  # examples in the viewer
MOST_TOKENS = 512  # of them, above which the page would be too large
LOCAL = 0.5  # a head is local below this share of the distance of equal weights


def token_attention(maps: AttentionMaps, block: int) -> Tensor:
    """One block's weights among the tokens of the grid, (batch, heads, query, key), float64.

    Tokens before the grid (a class token) and padding are dropped, and each row is rescaled to
    sum to 1; rows of padding are 0.
    """
    weights = maps.blocks[block][..., maps.leading :, maps.leading :].double()
    if maps.valid is not None:
        pairs = maps.valid[:, None, :, None] & maps.valid[:, None, None, :]
        weights = weights * pairs.to(weights)
    tiny = torch.finfo(torch.float64).tiny
    return weights / weights.sum(dim=-1, keepdim=True).clamp(min=tiny)


def mean_distance(weights: Tensor, grid: tuple[int, int], valid: Tensor | None = None) -> Tensor:
    """Mean distance from query to key by weight, (batch, heads), in tokens.

    weights: (batch, heads, query, key), rows summing to 1 (0 on padding). Identity attention: 0;
    equal weights over a row of T tokens: (T^2 - 1) / (3 T).
    """
    distance = token_distances(*grid).to(weights.device)
    per_query = (weights * distance).sum(dim=-1)
    return _over_queries(per_query, valid)


def entropy(weights: Tensor, valid: Tensor | None = None) -> Tensor:
    """Mean entropy of the rows, (batch, heads), over that of equal weights: 0 one key, 1 all."""
    bits = -(weights * weights.clamp(min=1e-300).log2()).sum(dim=-1)
    if valid is None:
        most = torch.full_like(bits[:, :1, :1], math.log2(max(weights.shape[-1], 2)))
    else:
        most = valid.sum(dim=1).clamp(min=2).double().log2()[:, None, None]
    return _over_queries(bits / most, valid)


def rollout(blocks: tuple[Tensor, ...]) -> Tensor:
    """Attention through all blocks, (batch, query, key); rows sum to 1 (Abnar & Zuidema 2020).

    Each block is the mean of its heads, half of it the residual connection; blocks are multiplied.
    """
    tokens = blocks[0].shape[-1]
    identity = torch.eye(tokens, dtype=torch.float64, device=blocks[0].device)
    through = identity.expand(len(blocks[0]), tokens, tokens)
    for block in blocks:
        through = (0.5 * block.double().mean(dim=1) + 0.5 * identity) @ through
    return through


@PROBES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class AttentionReach(Probe):
    """How far a token's attention lies, in tokens, per block and head; how spread it is, from 0
    (one token) to 1 (all alike); the share of heads that are local; and how far it reaches through
    all blocks together.

    Distance: sum over keys of weight times distance (Dosovitskiy et al. 2021, appendix D.7), the
    class token dropped and rows rescaled to sum to 1. A head is local when its distance is below
    half of that of equal weights. Through all blocks: attention rollout (Abnar & Zuidema 2020).
    A last block of which only the class token is read is measured like the others.

    examples: how many are used, at most.
    """

    examples: int = 64

    def why_not(self, subject: Subject) -> str | None:
        if subject.attention is None:
            return english("probe.no_attention")
        try:
            subject.attention(subject.inputs[:1])
        except UnreadableAttention as error:
            return str(error)
        return None

    def measure(self, subject: Subject) -> Probed:
        assert subject.attention is not None
        maps = subject.attention(subject.inputs[: self.examples])
        equal = _equal_distance(maps)
        readings: list[Reading] = []
        distances, entropies = [], []
        for number in range(len(maps.blocks)):
            weights = token_attention(maps, number)
            distances.append(mean_distance(weights, maps.grid, maps.valid))
            entropies.append(entropy(weights, maps.valid))
        for name, values in (("distance", distances), ("entropy", entropies)):
            for number, value in enumerate(values, start=1):
                readings += _by_head(name, number, value)
        heads = torch.stack([(d / equal[:, None]).mean(dim=0) for d in distances])
        local = (heads < LOCAL).double().mean().item()
        readings.append(Reading(name="local heads", value=exactly(local, heads.numel(), "share")))
        readings.append(Reading(name="distance if equal", value=mean_over(equal)))
        readings.append(_reach(maps))
        pictures = {
            "distance by head": torch.stack([d.mean(dim=0) for d in distances]).cpu().numpy(),
            "entropy by head": torch.stack([e.mean(dim=0) for e in entropies]).cpu().numpy(),
        }
        pictures = {k: v.astype(np.float32) for k, v in pictures.items()}
        return Probed(readings, {**pictures, **_shown(subject, maps)})


def _shown(subject: Subject, maps: AttentionMaps) -> dict[str, np.ndarray]:
    """What the viewer shows: coded weights of a few examples, and the examples."""
    if len({block.shape for block in maps.blocks}) > 1 or maps.blocks[0].shape[-1] > MOST_TOKENS:
        return {}
    weights = torch.stack([block[:SHOWN] for block in maps.blocks], dim=1)
    return {
        "weights": coded(weights.double().cpu().numpy()),
        "grid": np.array([*maps.grid, maps.leading]),
        "inputs": subject.inputs[:SHOWN].cpu().numpy(),
    }


def _by_head(name: str, block: int, values: Tensor) -> list[Reading]:
    """The mean over a block's heads, then each head; values: (batch, heads)."""
    whole = Reading(name=name, layer=f"block {block}", value=mean_over(values.mean(dim=1)))
    heads = [
        Reading(name=name, layer=f"block {block}, head {head}", value=mean_over(own))
        for head, own in enumerate(values.unbind(dim=1), start=1)
    ]
    return [whole, *heads]


def _equal_distance(maps: AttentionMaps) -> Tensor:
    """(batch,) mean distance of equal weights over what isn't padding."""
    tokens = maps.grid[0] * maps.grid[1]
    batch, like = len(maps.blocks[0]), maps.blocks[0]
    exists = torch.ones(batch, tokens, dtype=torch.float64, device=like.device)
    if maps.valid is not None:
        exists = maps.valid.double()
    weights = (exists[:, :, None] * exists[:, None, :])[:, None]
    weights = weights / weights.sum(dim=-1, keepdim=True).clamp(min=1.0)
    return mean_distance(weights, maps.grid, maps.valid)[:, 0].clamp(min=1e-12)


def _reach(maps: AttentionMaps) -> Reading:
    through = rollout(maps.blocks)[:, None]
    whole = AttentionMaps((through,), maps.grid, maps.leading, maps.valid)
    values = mean_distance(token_attention(whole, 0), maps.grid, maps.valid)[:, 0]
    return Reading(name="rollout distance", value=mean_over(values))


def _over_queries(values: Tensor, valid: Tensor | None) -> Tensor:
    """Mean over the queries that exist; values: (batch, heads, query)."""
    if valid is None:
        return values.mean(dim=-1)
    exists = valid[:, None].to(values)
    return (values * exists).sum(dim=-1) / exists.sum(dim=-1).clamp(min=1.0)
