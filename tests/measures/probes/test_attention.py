import pytest
import torch

from priorscope.measures.probes.attention import entropy, mean_distance, rollout, token_attention
from priorscope.subjects import AttentionMaps


def equal(tokens):
    return torch.full((3, 2, tokens, tokens), 1 / tokens, dtype=torch.float64)


@pytest.mark.parametrize("tokens", [2, 9, 16])
def test_equal_attention_has_its_closed_form_and_identity_none(tokens):
    expected = (tokens**2 - 1) / (3 * tokens)
    distance = mean_distance(equal(tokens), (1, tokens))
    torch.testing.assert_close(distance, torch.full((3, 2), expected, dtype=torch.float64))
    identity = torch.eye(tokens, dtype=torch.float64).expand(1, 2, tokens, tokens)
    assert mean_distance(identity, (1, tokens)).abs().max() == 0
    assert float(entropy(equal(tokens))[0, 0]) == pytest.approx(1)
    assert float(entropy(identity)[0, 0]) == 0


def test_on_a_square_grid_equal_attention_is_the_mean_of_all_pairs():
    places = torch.cartesian_prod(torch.arange(4.0), torch.arange(4.0)).double()
    expected = torch.cdist(places, places).mean()
    assert float(mean_distance(equal(16), (4, 4))[0, 0]) == pytest.approx(float(expected))


def test_the_class_token_is_dropped_and_rows_are_rescaled():
    weights = torch.rand(2, 3, 5, 5, dtype=torch.float64)
    weights[..., 0] = 40.0  # all look at the class token
    weights = weights / weights.sum(dim=-1, keepdim=True)
    own = token_attention(AttentionMaps((weights,), (2, 2), leading=1), 0)
    assert own.shape == (2, 3, 4, 4)
    torch.testing.assert_close(own.sum(dim=-1), torch.ones(2, 3, 4, dtype=torch.float64))


def test_padding_is_neither_asked_nor_looked_at():
    valid = torch.tensor([[True, True, True, False, False]])
    weights = torch.rand(1, 2, 5, 5).softmax(dim=-1)
    own = token_attention(AttentionMaps((weights,), (1, 5), valid=valid), 0)
    assert own[..., 3:].abs().max() == 0
    uniform = valid[:, None, None, :].double().expand(1, 2, 5, 5) / 3
    assert float(mean_distance(uniform, (1, 5), valid)[0, 0]) == pytest.approx(8 / 9)
    assert float(entropy(uniform, valid)[0, 0]) == pytest.approx(1)


def test_rows_of_the_rollout_sum_to_one():
    blocks = tuple(torch.randn(4, 3, 7, 7).softmax(dim=-1) for _ in range(5))
    through = rollout(blocks)
    torch.testing.assert_close(
        through.sum(dim=-1), torch.ones(4, 7, dtype=torch.float64), atol=1e-6, rtol=0
    )
    first = 0.5 * blocks[0].double().mean(dim=1) + 0.5 * torch.eye(7)
    torch.testing.assert_close(rollout(blocks[:1]), first)
