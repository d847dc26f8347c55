import pytest
import torch

from priorscope.core.signature import Signature
from priorscope.measures.attention_distance import (
    AttentionDistance,
    relative_distance,
    token_distances,
)
from priorscope.models.mlp import MLP
from priorscope.models.transformer import Transformer
from priorscope.models.vit import Vit
from priorscope.nn.attention import SelfAttention
from priorscope.subjects.adapters import subject
from priorscope.targets.classes import Classes

SERIES = Signature(input_shape=(12, 2), target=Classes(num_classes=3))
IMAGE = Signature(input_shape=(16, 16, 1), target=Classes(num_classes=3))


def looking_at_all_alike(network):
    """Queries of 0: every score is 0."""
    for module in network.modules():
        if isinstance(module, SelfAttention):
            width = module.qkv.in_features
            module.qkv.weight.data[:width] = 0
            module.qkv.bias.data[:width] = 0
    return network.eval()


@pytest.mark.parametrize("tokens", [2, 7, 16])
def test_mean_distance_in_a_row_has_a_closed_form(tokens):
    mean = token_distances(1, tokens).mean().item()
    assert mean == pytest.approx((tokens**2 - 1) / (3 * tokens), abs=1e-12)


def test_distances_on_a_grid_are_euclidean_and_row_by_row():
    distance = token_distances(3, 5)
    assert distance[0, 4].item() == 4
    assert distance[0, 14].item() == pytest.approx((4 + 16) ** 0.5)


def test_to_itself_is_zero_and_to_the_far_end_above_one():
    distance, exists = token_distances(1, 6), torch.ones(1, 6, dtype=torch.bool)
    itself, ends = torch.eye(6).expand(1, 2, 6, 6), torch.zeros(1, 2, 6, 6)
    ends[..., :3, 5] = ends[..., 3:, 0] = 1
    assert relative_distance(itself, distance, exists) == 0
    # 5, 4, 3, 3, 4, 5 tokens, where equal weights give (36 - 1) / 18
    assert relative_distance(ends, distance, exists) == pytest.approx(4 / (35 / 18))


@pytest.mark.parametrize("pooling", ["mean", "class"])
def test_equal_attention_is_one_with_and_without_a_class_token(pooling):
    x = torch.randn(5, 16, 16, 1)
    vit = looking_at_all_alike(Vit(pooling=pooling, depth=2).build(IMAGE))
    found = AttentionDistance().measure(subject(vit, x, IMAGE))
    assert found == pytest.approx(dict.fromkeys(found, 1.0), abs=1e-6)
    assert len(found) == (2 if pooling == "mean" else 1)  # the last block: the class token's alone
    x = torch.randn(5, 12, 2)
    transformer = looking_at_all_alike(Transformer(pooling=pooling).build(SERIES))
    found = AttentionDistance().measure(subject(transformer, x, SERIES))
    assert found == pytest.approx(dict.fromkeys(found, 1.0), abs=1e-6)


def test_padding_is_neither_asked_nor_looked_at():
    padded = Signature(input_shape=(12, 2), target=Classes(num_classes=3), padded=True)
    network = Transformer(patch=1, width=24, positions="rotary").build(padded).eval()
    x = torch.randn(4, 12, 2, generator=torch.Generator().manual_seed(0))
    x[..., -1] = 1
    x[:, 8:] = 0
    short = AttentionDistance().measure(subject(network, x[:, :8], padded_to(8)))
    assert AttentionDistance().measure(subject(network, x, padded)) == pytest.approx(
        short, abs=1e-6
    )


def padded_to(steps):
    return Signature(input_shape=(steps, 2), target=Classes(num_classes=3), padded=True)


def test_networks_without_attention_have_none():
    assert (
        AttentionDistance().measure(subject(MLP().build(SERIES), torch.randn(2, 12, 2), SERIES))
        == {}
    )
