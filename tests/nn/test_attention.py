import copy

import pytest
import torch
from torch import nn

from priorscope.checks.attention import head_by_head, with_separate_layers
from priorscope.nn.attention import (
    FUSED_FROM_TOKENS,
    SelfAttention,
    attention_maps,
    attention_weights,
    causal_mask,
    padding_mask,
)
from priorscope.nn.block import BlockOptions, Encoder
from priorscope.nn.projections import fuse_qkv, split_qkv
from priorscope.nn.sequences import Sequences

BATCH, TOKENS, WIDTH, HEADS = 2, 5, 12, 3


@pytest.fixture
def attention():
    torch.manual_seed(0)
    return SelfAttention(WIDTH, HEADS).double()


@pytest.fixture
def x():
    return torch.randn(
        BATCH, TOKENS, WIDTH, dtype=torch.float64, generator=torch.Generator().manual_seed(1)
    )


def test_fusing_and_splitting_are_inverse_bit_for_bit(attention):
    parts = split_qkv(attention.qkv)
    again = fuse_qkv(*parts)
    assert torch.equal(again.weight, attention.qkv.weight)
    assert torch.equal(again.bias, attention.qkv.bias)
    for part, once_more in zip(parts, split_qkv(again), strict=True):
        assert torch.equal(part.weight, once_more.weight)


def test_splitting_copies_and_draws_nothing(attention):
    before = torch.random.get_rng_state()
    query, _, _ = split_qkv(attention.qkv)
    query.weight.data.zero_()
    assert torch.equal(torch.random.get_rng_state(), before)
    assert attention.qkv.weight.abs().min() > 0


def test_only_a_fused_layer_is_split():
    with pytest.raises(ValueError, match=r"three times its input width, but this one maps 4 to 8"):
        split_qkv(nn.Linear(4, 8))


def test_one_projection_serves_every_token(attention, x):
    alone = [attention.qkv(x[:, t]) for t in range(TOKENS)]
    torch.testing.assert_close(attention.qkv(x), torch.stack(alone, dim=1), atol=1e-14, rtol=0)


def test_computing_head_by_head_is_another_order_of_the_same_sums(x):
    attention = SelfAttention(WIDTH, 4).double()
    torch.testing.assert_close(
        attention(x), head_by_head_of_width(attention, x), atol=1e-12, rtol=0
    )


def head_by_head_of_width(attention, x):
    query, key, value = split_qkv(attention.qkv)
    heads = []
    for q, k, v in zip(
        *(part(x).chunk(attention.num_heads, dim=-1) for part in (query, key, value)), strict=True
    ):
        heads.append((q @ k.mT / q.shape[-1] ** 0.5).softmax(-1) @ v)
    return attention.out(torch.cat(heads, dim=-1))


def test_separate_layers_start_from_the_same_distribution():
    # Both draw from U(-1/sqrt(width), 1/sqrt(width)): the fused layer's inputs are as many.
    bound = 64**-0.5
    for fused in (True, False):
        weights = torch.cat(
            [p.flatten() for p in SelfAttention(64, 2, fused=fused).qkv.parameters()]
        )
        assert weights.abs().max() <= bound
        # The variance of 12,480 uniform numbers: bound^2 / 3, standard error 0.8%.
        assert weights.var().item() == pytest.approx(bound**2 / 3, rel=0.05)


def test_width_must_split_into_heads():
    with pytest.raises(ValueError, match=r"num_heads must divide width, but 10 % 3 == 1"):
        SelfAttention(10, 3)
    with pytest.raises(ValueError, match="num_heads must divide width"):
        SelfAttention(10, 0)
    with pytest.raises(ValueError, match=r"even head width, but 15 / 5 == 3"):
        SelfAttention(15, 5, rotary=True)


def test_commutes_with_permutations_of_tokens(attention, x):
    order = torch.tensor([3, 0, 4, 1, 2])
    torch.testing.assert_close(attention(x[:, order]), attention(x)[:, order], atol=1e-12, rtol=0)


@pytest.mark.parametrize("options", [{"rotary": True}, {"max_distance": 3}])
def test_positions_inside_attention_see_the_order(x, options):
    attention = SelfAttention(WIDTH, HEADS, **options).double()
    if attention.bias is not None:
        nn.init.normal_(attention.bias.table)
    order = torch.tensor([3, 0, 4, 1, 2])
    change = attention(x[:, order]) - attention(x)[:, order]
    assert change.abs().max() > 1e-3


def test_causal_mask_hides_the_future(attention, x):
    changed = x.clone()
    changed[:, 3:] += 1.0
    before, after = (attention(i, causal_mask(TOKENS)) for i in (x, changed))
    assert torch.equal(before[:, :3], after[:, :3])
    assert not torch.allclose(before[:, 3:], after[:, 3:])


def test_what_stands_on_padding_is_not_seen(attention, x):
    present = torch.tensor([[True, True, True, False, False], [True] * 5])
    changed = x.clone()
    changed[0, 3:] = 100.0
    before, after = (attention(i, padding_mask(present)) for i in (x, changed))
    assert torch.equal(before[0, :3], after[0, :3])
    torch.testing.assert_close(before[:1, :3], attention(x[:1, :3]), atol=1e-12, rtol=0)


@pytest.mark.parametrize("eager", [True, False])
def test_without_any_key_all_weigh_alike(attention, x, eager):
    attention.float().eager = eager
    long = x.float().repeat(1, FUSED_FROM_TOKENS, 1)  # enough for the fused kernel
    out = attention(long, padding_mask(torch.zeros(BATCH, long.shape[1], dtype=torch.bool)))
    value = split_qkv(attention.qkv)[2]
    # A mean of 2560 numbers of size one, in float32.
    torch.testing.assert_close(out[:, 0], attention.out(value(long).mean(1)), atol=1e-5, rtol=0)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("max_distance", [None, 4])
def test_fused_kernel_and_eager_form_agree(masked, max_distance):
    torch.manual_seed(0)
    attention = SelfAttention(WIDTH, HEADS, max_distance=max_distance)
    if attention.bias is not None:
        nn.init.normal_(attention.bias.table)
    x = torch.randn(1, FUSED_FROM_TOKENS + 3, WIDTH)
    mask = padding_mask(torch.rand(1, x.shape[1]) > 0.3) if masked else None
    fused = attention(x, mask)
    attention.eager = True
    # Sums of 515 float32 numbers of size below one.
    torch.testing.assert_close(fused, attention(x, mask), atol=1e-5, rtol=0)


def test_dropout_zeroes_the_share_of_weights_and_keeps_the_mean():
    torch.manual_seed(0)
    attention = SelfAttention(WIDTH, HEADS, dropout=0.25)
    kept = []
    attention.dropout.register_forward_hook(lambda m, i, out: kept.append(out))
    attention(torch.randn(4, 60, WIDTH))
    (weights,) = kept
    # 43,200 weights: the share's standard error is 0.2%.
    assert (weights == 0).double().mean().item() == pytest.approx(0.25, abs=0.01)
    assert weights.sum(-1).mean().item() == pytest.approx(1, abs=0.02)


def test_maps_are_read_by_layer_and_head(x):
    encoder = Encoder(2, WIDTH, HEADS, 20, BlockOptions()).double()
    with attention_maps(encoder) as maps:
        out = encoder(x)
    assert list(maps) == ["blocks.0.attention", "blocks.1.attention"]
    for weights in maps.values():
        assert weights.shape == (BATCH, HEADS, TOKENS, TOKENS)
        torch.testing.assert_close(weights.sum(-1), torch.ones_like(weights[..., 0]))
    first = encoder.blocks[0]
    qkv = first.attention.qkv(first.attention_norm(x)).unflatten(-1, (3, HEADS, -1))
    q, k, _ = qkv.permute(2, 0, 3, 1, 4)
    torch.testing.assert_close(maps["blocks.0.attention"], attention_weights(q, k))
    assert torch.equal(encoder(x), out)


def test_maps_leave_the_network_as_it_was(attention, x):
    hooks = copy.copy(attention.dropout._forward_pre_hooks)
    with pytest.raises(RuntimeError, match="stop"), attention_maps(attention):
        raise RuntimeError("stop")
    assert attention.eager is False
    assert attention.dropout._forward_pre_hooks == hooks


def test_maps_need_attention():
    with pytest.raises(ValueError, match="but Linear has none"), attention_maps(nn.Linear(2, 2)):
        pass


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")  # torch's own
def test_forward_derivatives_and_vmap_take_the_eager_form(x):
    attention = SelfAttention(WIDTH, HEADS)
    long = x.float().repeat(1, FUSED_FROM_TOKENS, 1)
    out, tangent = torch.func.jvp(attention, (long,), (long,))
    assert out.isfinite().all()
    assert tangent.isfinite().all()
    each = torch.vmap(attention)(long[:, None])
    torch.testing.assert_close(each[:, 0], attention(long), atol=1e-5, rtol=0)


def test_check_and_tests_share_the_definition(x):
    attention = SelfAttention(24, 3).double()
    wide = x.repeat(1, 1, 2)
    torch.testing.assert_close(attention(wide), head_by_head(attention, wide), atol=1e-12, rtol=0)
    assert torch.equal(with_separate_layers(attention)(wide), attention(wide))


@pytest.mark.parametrize("fused", [True, False])
def test_chosen_queries_are_rows_of_all(fused, x):
    attention = SelfAttention(WIDTH, HEADS, fused=fused).double()
    sequences, flat = Sequences.of_lengths([TOKENS] * BATCH), x.flatten(0, 1)
    everyone = attention(flat, sequences)
    torch.testing.assert_close(everyone, attention(x).flatten(0, 1), atol=1e-12, rtol=0)
    chosen = torch.tensor([7, 1])
    some = attention(flat, sequences, chosen)
    torch.testing.assert_close(some, everyone[chosen], atol=1e-12, rtol=0)
    torch.testing.assert_close(
        attention(x, None, slice(0, 2)), attention(x)[:, :2], atol=1e-12, rtol=0
    )


@pytest.mark.parametrize("options", [{"rotary": True}, {"max_distance": 3}])
def test_the_first_tokens_alone_are_the_first_of_all(options, x):
    attention = SelfAttention(WIDTH, HEADS, **options).double()
    if attention.bias is not None:
        nn.init.normal_(attention.bias.table)
    for mask in (None, causal_mask(TOKENS), padding_mask(torch.ones(BATCH, TOKENS).bool())):
        expected = attention(x, mask)[:, :2]
        torch.testing.assert_close(attention(x, mask, slice(0, 2)), expected, atol=1e-12, rtol=0)
