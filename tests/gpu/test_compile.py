"""BERT's training step on a GPU: compiled, in bfloat16, and back from a checkpoint."""

import copy

import numpy as np
import pytest
import torch
import torch.distributed as dist
from torch import nn

from priorscope.bert.data.packing import MaskedBatch
from priorscope.bert.model.heads import BertForMaskedLM
from priorscope.bert.model.shape import BertShape
from priorscope.bert.training.processes import Processes
from priorscope.bert.training.sharding import ShardedBert
from priorscope.bert.training.step import loss_sums, train_step
from priorscope.nn.dropout import Dropout
from priorscope.nn.ragged import ragged_attention
from priorscope.nn.sequences import Sequences
from priorscope.train.adamw import ClippedAdamW

SHAPE = BertShape(
    vocabulary=64, width=64, depth=2, num_heads=1, mlp_width=128, dropout=0.0, attention_dropout=0.0
)
gpu = pytest.mark.gpu
needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")


def batch_of(lengths):
    stream = np.random.default_rng(0)
    offsets = np.cumsum([0, *lengths])
    tokens = stream.integers(5, 64, offsets[-1])
    positions = np.arange(2, offsets[-1], 7)
    return MaskedBatch(tokens, offsets, positions, tokens[positions])


def network(seed=0, **changed):
    torch.manual_seed(seed)
    return BertForMaskedLM(BertShape.from_json(SHAPE.to_json() | changed)).train()


def test_compiled_dropout_is_torchs_own(monkeypatch):
    """The 64-bit hash doesn't compile for a GPU; what is compiled drops as many, scaled alike."""
    layer = Dropout(0.25)
    monkeypatch.setattr(torch.compiler, "is_compiling", lambda: True)
    torch.manual_seed(0)
    y = layer(torch.ones(40_000))
    assert layer.counter == 0
    assert y.unique().tolist() == pytest.approx([0, 4 / 3])
    assert (y == 0).float().mean() == pytest.approx(0.25, abs=0.01)


def test_the_step_has_the_cpus_loss_on_a_device(device):
    batch, net = batch_of([9, 5, 12]), network().double()
    expected = loss_sums(net, batch)
    got = loss_sums(net.to(device), batch)
    assert got.loss.item() == pytest.approx(expected.loss.item(), rel=1e-9)
    assert int(got.right) == int(expected.right)


def test_rows_of_one_length_and_of_many_agree_on_a_device(device):
    """In half precision a GPU has kernels of its own for each; float64 on a CPU is the judge."""
    torch.manual_seed(0)
    dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
    for lengths in ([16, 16, 16], [16, 20, 12]):
        qkv = torch.randn(48, 3, 2, 32, dtype=torch.float64)
        exact = ragged_attention(qkv, Sequences.of_lengths(lengths), Dropout(0.0))
        sequences = Sequences(torch.tensor([0, *lengths]).cumsum(0), device=device)
        got = ragged_attention(qkv.to(device, dtype), sequences, Dropout(0.0))
        error = (got.double().cpu() - exact).norm() / exact.norm()
        assert error < (1e-2 if dtype == torch.bfloat16 else 1e-6)


def test_an_optimiser_comes_back_on_another_device(device):
    """Trained on the device, stored, loaded on the CPU: the next steps are the same."""
    batch, net = batch_of([9, 5, 12]), network().double().to(device)
    optimizer = ClippedAdamW(net)
    train_step(net, optimizer, [batch], 1e-3)
    other = network(1).double()
    again = ClippedAdamW(other)
    other.load_state_dict({k: v.cpu() for k, v in net.state_dict().items()})
    again.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    for _ in range(2):
        result = train_step(net, optimizer, [batch], 1e-3)
        expected = train_step(other, again, [batch], 1e-3)
        assert result.mean_loss == pytest.approx(expected.mean_loss, rel=1e-9)


@gpu
@needs_gpu
@pytest.mark.parametrize("lengths", [[16] * 8, [9, 5, 12, 30]])
def test_the_compiled_step_learns_as_the_plain_one_does(lengths):
    batch, losses = batch_of(lengths), []
    for compiled in (False, True):
        net = network().to("cuda", torch.bfloat16)
        if compiled:
            net.compile_training()
        optimizer = ClippedAdamW(net)
        losses.append([train_step(net, optimizer, [batch], 1e-3).mean_loss for _ in range(8)])
    assert losses[1] == pytest.approx(losses[0], rel=0.03)
    assert losses[1][-1] < 0.9 * losses[1][0]


@gpu
@needs_gpu
def test_the_compiled_step_runs_with_dropout():
    net = network(dropout=0.1).to("cuda", torch.bfloat16)
    net.compile_training()
    optimizer = ClippedAdamW(net)
    losses = [train_step(net, optimizer, [batch_of([16] * 8)], 1e-3).mean_loss for _ in range(8)]
    assert all(map(np.isfinite, losses))
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("compiled", [False, pytest.param(True, marks=[gpu, needs_gpu])])
def test_a_divided_network_learns_as_the_plain_one_does(compiled, device):
    """FSDP2 of one process: what several do, but for the messages."""
    on_gpu, losses = device.type == "cuda", []
    backend = "nccl" if on_gpu else "gloo"
    dist.init_process_group(backend, store=dist.HashStore(), rank=0, world_size=1)
    try:
        for divided in (False, True):
            net = network().to(device, torch.bfloat16 if on_gpu else torch.float32)
            if compiled:
                net.compile_training()
            us = Processes(sharded=divided)
            optimizer = ShardedBert(net, us, 0.01).optimizer if divided else ClippedAdamW(net)
            parts = [batch_of([9, 5, 12, 30])]
            losses.append([train_step(net, optimizer, parts, 1e-3, us).mean_loss for _ in range(8)])
    finally:
        dist.destroy_process_group()
    assert losses[1] == pytest.approx(losses[0], rel=0.03 if on_gpu else 1e-6)
    assert losses[1][-1] < 0.9 * losses[1][0]


@gpu
@needs_gpu
def test_dropout_of_replicas_is_the_same_on_a_gpu():
    layer = Dropout(0.3)
    on_gpu = nn.Sequential(layer)  # shares the layer: the counter goes on
    expected = layer(torch.ones(1000))
    layer.counter.zero_()
    assert torch.equal(on_gpu.to("cuda")(torch.ones(1000, device="cuda")).cpu(), expected)
