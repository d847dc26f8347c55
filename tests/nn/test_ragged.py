import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from priorscope.nn.dropout import Dropout
from priorscope.nn.ragged import _on_gpu, ragged_attention, ragged_attention_at
from priorscope.nn.sequences import Sequences

HEADS, HEAD_WIDTH = 3, 5
LENGTHS = {
    "one": [7],
    "one token": [1, 1],
    "equal": [6, 6, 6],
    "nearly equal": [9, 10, 8, 10],
    "all kinds": [40, 3, 37, 1, 12, 13, 90, 39, 2],
}
every_batch = pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS)
OFF = Dropout(0.0)


def projections(lengths: list[int]) -> Tensor:
    stream = torch.Generator().manual_seed(0)
    shape = (sum(lengths), 3, HEADS, HEAD_WIDTH)
    return torch.randn(shape, generator=stream, dtype=torch.float64).requires_grad_()


def one_by_one(qkv: Tensor, lengths: list[int], causal: bool = False) -> Tensor:
    """The definition: torch's attention on each sequence alone."""
    outs = []
    for part in qkv.split(lengths):
        q, k, v = part.permute(1, 2, 0, 3)[:, None]
        out = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
        outs.append(out[0].transpose(0, 1))
    return torch.cat(outs)


def assert_same_with_gradients(ours: Tensor, theirs: Tensor, qkv: Tensor) -> None:
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)
    weight = torch.randn(ours.shape, generator=torch.Generator().manual_seed(1)).double()
    (gradient,) = torch.autograd.grad((ours * weight).sum(), qkv)
    (expected,) = torch.autograd.grad((theirs * weight).sum(), qkv)
    torch.testing.assert_close(gradient, expected, rtol=0, atol=1e-12)


@every_batch
@pytest.mark.parametrize("causal", [False, True])
def test_equals_each_sequence_alone_with_its_gradient(lengths, causal):
    qkv = projections(lengths)
    sequences = Sequences(Sequences.of_lengths(lengths).offsets, causal=causal)
    ours = ragged_attention(qkv, sequences, OFF)
    assert_same_with_gradients(ours, one_by_one(qkv, lengths, causal), qkv)


@every_batch
@pytest.mark.parametrize("causal", [False, True])
def test_chosen_queries_equal_their_rows_of_all(lengths, causal):
    qkv = projections(lengths)
    stream = torch.Generator().manual_seed(2)
    chosen = torch.randperm(sum(lengths), generator=stream)[: max(1, sum(lengths) // 6)]
    sequences = Sequences(Sequences.of_lengths(lengths).offsets, causal=causal)
    ours = ragged_attention_at(qkv[chosen, 0], qkv[:, 1:], sequences, chosen, OFF)
    assert_same_with_gradients(ours, one_by_one(qkv, lengths, causal)[chosen], qkv)


def test_dropout_is_that_of_its_own_keep_mask():
    lengths, p = [4, 4], 0.3
    torch.manual_seed(0)
    dropout, same = Dropout(p), Dropout(p)
    same.key.copy_(dropout.key)
    qkv = projections(lengths)
    ours = ragged_attention(qkv, Sequences.of_lengths(lengths), dropout)

    # One group of two sequences: the mask lies as (sequence, head, query, key).
    mask = same.keep(2 * HEADS * 4 * 4, torch.float64).view(2, HEADS, 4, 4)
    q, k, v = qkv.unflatten(0, (2, 4)).permute(2, 0, 3, 1, 4)
    weights = (q @ k.mT / HEAD_WIDTH**0.5).softmax(-1) * mask * dropout.scale
    assert_same_with_gradients(ours, (weights @ v).transpose(1, 2).flatten(0, 1), qkv)
    assert 0 < (mask == 0).sum() < mask.numel()
    assert dropout.counter == 1


def test_bfloat16_is_near_float64():
    lengths = [30, 28, 5]
    qkv = projections(lengths)
    half = ragged_attention(qkv.detach().bfloat16(), Sequences.of_lengths(lengths), OFF)
    assert half.dtype == torch.bfloat16
    # Inputs, weights and outputs are each rounded by 2^-9 relative; values are at most about 4.
    torch.testing.assert_close(half.double(), one_by_one(qkv, lengths), rtol=0, atol=0.05)


@pytest.mark.parametrize("causal", [False, True])
def test_the_gpu_kernel_is_called_with_what_it_documents(monkeypatch, causal):
    varlen = pytest.importorskip("torch.nn.attention.varlen")

    def kernel(q, k, v, cu_seq_q, cu_seq_k, max_q, max_k, *, window_size):
        """Its documentation as code, for (tokens, heads, head_width), int32 offsets."""
        assert cu_seq_q.dtype == cu_seq_k.dtype == torch.int32
        lengths = cu_seq_q.diff().tolist()
        assert (max_q, max_k) == (max(lengths), max(lengths))
        assert window_size in ((-1, -1), (-1, 0))
        return one_by_one(torch.stack([q, k, v], 1), lengths, causal=window_size == (-1, 0))

    monkeypatch.setattr(varlen, "varlen_attn", kernel)
    lengths = LENGTHS["all kinds"]
    qkv = projections(lengths)
    sequences = Sequences(Sequences.of_lengths(lengths).offsets, causal=causal)
    torch.testing.assert_close(
        _on_gpu(qkv, sequences), ragged_attention(qkv, sequences, OFF), rtol=0, atol=1e-12
    )
