import pytest
import torch

from priorscope.checks.transformer_block import TransformerBlock
from priorscope.nn.block import Block, BlockOptions, Encoder, FeedForward, activate

WIDTH = 12


def test_a_block_is_torchs_encoder_layer():
    assert [f for f in TransformerBlock().answer() if not f.passed] == []


def test_feed_forward_works_token_by_token():
    mlp, x = FeedForward(WIDTH, 20).double(), torch.randn(2, 5, WIDTH, dtype=torch.float64)
    torch.testing.assert_close(mlp(x)[:, 3], mlp(x[:, 3]))
    torch.testing.assert_close(mlp(x.flatten(0, 1)).view(2, 5, WIDTH), mlp(x))


def test_pre_norm_ends_with_a_norm_and_post_norm_does_not():
    x = 5 + torch.randn(2, 5, WIDTH)
    for norm_first in (True, False):
        encoder = Encoder(2, WIDTH, 3, 20, BlockOptions(norm_first=norm_first))
        assert (encoder.norm is not None) == norm_first
        out = encoder(x)
        assert out.mean(-1).abs().max() < 1e-5  # either way the last thing is a norm
        torch.testing.assert_close(out.var(-1, correction=0), torch.ones(2, 5), atol=1e-3, rtol=0)


def test_dropout_is_off_in_evaluation():
    block = Block(WIDTH, 3, 20, BlockOptions(dropout=0.5, attention_dropout=0.5))
    x = torch.randn(2, 5, WIDTH)
    assert not torch.equal(block(x), block(x))
    block.eval()
    assert torch.equal(block(x), block(x))


@pytest.mark.parametrize(
    ("activation", "expected"), [("gelu", 0.841345), ("gelu_tanh", 0.841192), ("relu", 1.0)]
)
def test_activations_at_one(activation, expected):
    # Phi(1) = 0.8413447; the tanh form differs in the fourth digit.
    assert activate(torch.ones(1), activation).item() == pytest.approx(expected, abs=1e-6)
