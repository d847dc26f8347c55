"""A step at fixed addresses, filled up to its bucket, is the plain step; a loss in chunks too."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from priorscope.bert.data.packing import MaskedBatch
from priorscope.bert.model import chunked_loss as module
from priorscope.bert.model.chunked_loss import chunked_loss
from priorscope.bert.model.heads import BertForMaskedLM
from priorscope.bert.model.shape import BertShape
from priorscope.bert.training.graphed import MOST, GraphedStep
from priorscope.bert.training.step import train_step
from priorscope.train.adamw import ClippedAdamW

SHAPE = BertShape(
    vocabulary=70, width=16, depth=2, num_heads=2, mlp_width=32, dropout=0.0, attention_dropout=0.0
)


def batch_of(lengths, seed=0, segments=False):
    stream = np.random.default_rng(seed)
    offsets = np.cumsum([0, *lengths])
    tokens = stream.integers(5, 70, offsets[-1])
    positions = np.arange(2, offsets[-1], 7)
    of = stream.integers(0, 2, offsets[-1]) if segments else None
    return MaskedBatch(tokens, offsets, positions, tokens[positions], of)


def network(causal=False, in_chunks=False):
    torch.manual_seed(0)
    shape = BertShape.from_json(SHAPE.to_json() | {"causal": causal})
    net = BertForMaskedLM(shape).double().train()
    net.loss_in_chunks = in_chunks
    return net


def trained(net, step, batches):
    """Losses and right predictions of each step, and the parameters after the last one."""
    results = [step(batch, 1e-2 / (number + 1)) for number, batch in enumerate(batches)]
    losses = [(result.mean_loss, int(result.right), result.tokens) for result in results]
    return losses, torch.cat([p.detach().flatten() for p in net.parameters()])


def plain(batches, causal=False):
    net = network(causal)
    optimizer = ClippedAdamW(net)
    return trained(net, lambda batch, rate: train_step(net, optimizer, [batch], rate), batches)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("in_chunks", [False, True])
def test_a_step_filled_up_to_its_bucket_is_the_plain_one(causal, in_chunks, monkeypatch):
    """Sequences of other lengths and numbers in one bucket, of one length, and with segments."""
    monkeypatch.setattr(module, "LOGITS", 200)
    batches = [batch_of([9, 5, 12]), batch_of([12, 11, 4, 1], 1), batch_of([8, 8, 8], 2)]
    batches += [batch_of([3, 12, 10], 3), batch_of([9, 5], 4, segments=True)]
    net = network(causal, in_chunks)
    graphed = GraphedStep(net, ClippedAdamW(net), tokens=64 * 4, longest=16)
    losses, parameters = trained(net, graphed, batches)
    expected, exact = plain(batches, causal)
    np.testing.assert_allclose(losses, expected, rtol=1e-9)
    # a step moves them by 1e-2; Adam enlarges the rounding of gradients that are nearly 0
    torch.testing.assert_close(parameters, exact, rtol=0, atol=1e-6)
    assert len(graphed._slots) == 3
    assert graphed.captured
    assert isinstance(graphed._optimizer.optimizer.param_groups[0]["lr"], float)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
@pytest.mark.parametrize("lengths", [[16] * 8, [9, 5, 12, 30]])
@pytest.mark.parametrize("in_chunks", [False, True])
def test_a_graph_learns_as_the_plain_step_does(lengths, in_chunks):
    """In bfloat16, compiled, ten steps on a GPU, which has kernels of its own for each layout."""
    losses = []
    for graphs in (False, True):
        net = network(in_chunks=in_chunks).to("cuda", torch.bfloat16)
        net.compile_training()
        optimizer = ClippedAdamW(net)
        graphed = GraphedStep(net, optimizer, tokens=64, longest=32)
        own = [batch_of(lengths)] * 10
        if graphs:
            losses.append([graphed(batch, 1e-2).mean_loss for batch in own])
            assert graphed.captured
        else:
            losses.append([train_step(net, optimizer, [b], 1e-2).mean_loss for b in own])
    assert losses[1] == pytest.approx(losses[0], rel=0.03)
    assert losses[1][-1] < losses[1][0]


def test_batches_of_too_many_sizes_are_computed_as_they_are():
    batches = [batch_of([size, 5], size) for size in range(6, 6 + 4 * MOST, 3)]
    net = network()
    graphed = GraphedStep(net, ClippedAdamW(net), tokens=64, longest=64)
    losses, _ = trained(net, graphed, batches)
    np.testing.assert_allclose(losses, plain(batches)[0], rtol=1e-9)
    assert len(graphed._slots) == MOST


@pytest.mark.parametrize("logits", [1, 3 * 70, 10**9])
def test_a_loss_in_chunks_has_the_gradients_of_the_whole(logits, monkeypatch):
    """Single rows, a few, all at once; two targets count for nothing."""
    monkeypatch.setattr(module, "LOGITS", logits)
    torch.manual_seed(0)
    shapes = ((10, 16), (70, 16), (70,))
    inputs = [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]
    x, table, bias = inputs
    targets = torch.randint(70, (10,))
    targets[[2, 5]] = -100
    whole = functional.cross_entropy(x @ table.T + bias, targets, reduction="sum")
    expected = torch.autograd.grad(3 * whole, inputs)
    loss, right = chunked_loss(x, table, bias, targets)
    got = torch.autograd.grad(3 * loss, inputs)
    torch.testing.assert_close(loss, whole, rtol=1e-12, atol=0)
    torch.testing.assert_close(got, expected, rtol=1e-10, atol=1e-12)
    assert int(right) == int(((x @ table.T + bias).argmax(-1) == targets).sum())


def test_a_loss_in_chunks_in_bfloat16_is_as_exact_as_the_whole():
    torch.manual_seed(0)
    x, table = torch.randn(40, 32), torch.randn(128, 32)
    bias = torch.full((128,), -torch.inf).index_fill_(0, torch.arange(100), 0.0)
    targets = torch.randint(100, (40,))
    exact = [x.double().requires_grad_(), table.double().requires_grad_()]
    judge = functional.cross_entropy(exact[0] @ exact[1].T + bias, targets, reduction="sum")
    expected = torch.autograd.grad(judge, exact)
    half = [x.bfloat16().requires_grad_(), table.bfloat16().requires_grad_()]
    loss, _ = chunked_loss(half[0], half[1], bias.bfloat16(), targets)
    assert loss.dtype == torch.float32
    assert loss.item() == pytest.approx(judge.item(), rel=1e-2)
    for got, one in zip(torch.autograd.grad(loss, half), expected, strict=True):
        assert (got - one).norm() < 2e-2 * one.norm()
