"""Computing the first tokens alone must equal computing all and reading the first."""

import pytest
import torch

from priorscope.nn.attention import SelfAttention, attention_maps, causal_mask, padding_mask
from priorscope.nn.block import BlockOptions, Encoder

BATCH, TOKENS, WIDTH, HEADS = 2, 7, 12, 3
PRESENT = torch.tensor([[True] * 7, [True] * 4 + [False] * 3])
MASKS = {"none": None, "padding": padding_mask(PRESENT), "causal": causal_mask(TOKENS)}
OPTIONS = {
    "plain": BlockOptions(),
    "post-norm": BlockOptions(norm_first=False),
    "rotary": BlockOptions(rotary=True),
    "relative": BlockOptions(max_distance=3),
}
every_mask = pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)


def tokens() -> torch.Tensor:
    return torch.randn(BATCH, TOKENS, WIDTH, generator=torch.Generator().manual_seed(0)).double()


@every_mask
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("first", [1, 3, TOKENS])
def test_encoder_gives_the_first_rows_of_all_with_their_gradients(mask, options, first):
    torch.manual_seed(0)
    encoder, x = Encoder(2, WIDTH, HEADS, 20, options).double(), tokens()
    if options.max_distance is not None:  # it starts at zero, where every distance is alike
        for block in encoder.blocks:
            torch.nn.init.normal_(block.attention.bias.table)
    some, rows = encoder(x, mask, slice(0, first)), encoder(x, mask)[:, :first]
    torch.testing.assert_close(some, rows, rtol=0, atol=1e-12)
    parameters = list(encoder.parameters())
    ours = torch.autograd.grad(some.square().sum(), parameters)
    theirs = torch.autograd.grad(rows.square().sum(), parameters)
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-11)


def test_three_layers_can_be_asked_for_the_first_tokens():
    attention, x = SelfAttention(WIDTH, HEADS, fused=False).double(), tokens()
    torch.testing.assert_close(
        attention(x, None, slice(0, 2)), attention(x)[:, :2], rtol=0, atol=1e-12
    )


def test_attention_maps_show_every_query():
    encoder, x = Encoder(2, WIDTH, HEADS, 20).double(), tokens()
    with attention_maps(encoder) as maps:
        first = encoder(x, None, slice(0, 1))
    assert first.shape == (BATCH, 1, WIDTH)
    assert {m.shape for m in maps.values()} == {(BATCH, HEADS, TOKENS, TOKENS)}
