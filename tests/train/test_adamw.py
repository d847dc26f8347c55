import copy

import torch
from torch import nn

from priorscope.train.adamw import ClippedAdamW, ReplicaAdamW


def layer(dtype: torch.dtype) -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(5, 3).to(dtype)


def backward(network: nn.Linear, scale: float = 1.0) -> None:
    x = torch.ones(4, 5, dtype=network.weight.dtype)
    (network(x).square().sum() * scale).backward()


def test_the_norm_is_that_before_clipping():
    network = layer(torch.float32)
    backward(network)
    expected = torch.cat([p.grad.flatten() for p in network.parameters()]).norm()
    torch.testing.assert_close(ClippedAdamW(network).step(1e-3), expected)
    assert all(p.grad is None for p in network.parameters())


def test_gradients_are_clipped_as_torch_clips_them():
    """Of several sizes, as Adam's first step doesn't depend on the size of its gradient."""
    ours, theirs = layer(torch.float32), layer(torch.float32)
    adamw = ClippedAdamW(ours, weight_decay=0.0, largest_norm=1.0)
    peer = torch.optim.AdamW(theirs.parameters(), lr=1e-2, weight_decay=0.0)
    for scale in (1e-3, 1.0, 30.0, 1e-2):
        backward(ours, scale)
        backward(theirs, scale)
        nn.utils.clip_grad_norm_(theirs.parameters(), 1.0)
        adamw.step(1e-2)
        peer.step()
        peer.zero_grad()
        torch.testing.assert_close(ours.weight, theirs.weight)


def test_small_steps_add_up_in_bfloat16():
    # A step of 1e-5 is far below half of bfloat16's spacing near 0.3 (2^-10); masters keep it.
    network, exact = layer(torch.bfloat16), layer(torch.float32)
    with torch.no_grad():
        for a, b in zip(exact.parameters(), network.parameters(), strict=True):
            a.copy_(b)
    start = network.weight.detach().clone()
    optimizer = ClippedAdamW(network, weight_decay=0.0)
    for _ in range(300):
        backward(network)
        optimizer.step(1e-5)
    change = (network.weight.float() - start.float()).abs()
    # Adam's first steps move each weight by about the learning rate: 300 * 1e-5 = 3e-3.
    assert change.max() > 2e-3
    assert change.max() < 5e-3


def test_a_gradient_that_is_not_finite_changes_nothing():
    network = layer(torch.float32)
    optimizer = ClippedAdamW(network)
    before = network.weight.detach().clone()
    backward(network, scale=float("inf"))
    assert not optimizer.step(1e-3).isfinite()
    assert torch.equal(network.weight, before)
    backward(network)
    optimizer.step(1e-3)
    assert not torch.equal(network.weight, before)
    assert network.weight.isfinite().all()


def test_biases_and_norms_do_not_decay():
    network = nn.Sequential(nn.Linear(5, 5), nn.LayerNorm(5))
    optimizer = ClippedAdamW(network, weight_decay=0.5)
    for parameter in network.parameters():
        parameter.grad = torch.zeros_like(parameter)
    before = {n: p.detach().clone() for n, p in network.named_parameters()}
    optimizer.step(0.1)
    changed = [n for n, p in network.named_parameters() if not torch.equal(p, before[n])]
    assert changed == ["0.weight"]


def test_a_restored_optimizer_goes_on_bit_for_bit():
    for dtype in (torch.float32, torch.bfloat16):
        network, other = layer(dtype), layer(dtype)
        optimizer, restored = ClippedAdamW(network), ClippedAdamW(other)
        for _ in range(3):
            backward(network)
            optimizer.step(1e-3)
        other.load_state_dict(network.state_dict())
        restored.load_state_dict(copy.deepcopy(optimizer.state_dict()))
        for net, opt in ((network, optimizer), (other, restored)):
            for _ in range(3):
                backward(net)
                opt.step(1e-3)
        assert torch.equal(network.weight, other.weight)
        for a, b in zip(optimizer._masters, restored._masters, strict=True):
            assert torch.equal(a, b)


def test_each_replica_is_clipped_and_updated_as_torch_would():
    torch.manual_seed(0)
    rows = torch.randn(3, 10)
    ours = rows.clone()
    theirs = [nn.Parameter(row.clone()) for row in rows]
    peers = [torch.optim.AdamW([p], lr=1e-2, weight_decay=0.1) for p in theirs]
    adamw = ReplicaAdamW(ours, weight_decay=0.1, largest_norm=1.0)
    for step in range(5):
        gradients = torch.randn(3, 10) * torch.tensor([[0.01], [1.0], [100.0]])
        for parameter, peer, gradient in zip(theirs, peers, gradients, strict=True):
            parameter.grad = gradient.clone()
            nn.utils.clip_grad_norm_([parameter], 1.0)
            peer.step()
        adamw.step(ours, gradients, 1e-2)
        torch.testing.assert_close(ours, torch.stack([p.detach() for p in theirs]), msg=str(step))
    adamw.keep([2])
    alone = ours[2:].clone()
    gradient = torch.randn(1, 10)
    theirs[2].grad = gradient[0].clone()
    nn.utils.clip_grad_norm_([theirs[2]], 1.0)
    peers[2].step()
    adamw.step(alone, gradient, 1e-2)
    torch.testing.assert_close(alone[0], theirs[2].detach())


def test_rows_at_rates_of_their_own_are_rows_at_one_rate():
    torch.manual_seed(0)
    rows, rates = torch.randn(3, 10), torch.tensor([1e-2, 0.0, 1e-3])
    together = rows.clone()
    by_row = ReplicaAdamW(together, weight_decay=0.1, largest_norm=1.0)
    alone = [row[None].clone() for row in rows]
    plain = [ReplicaAdamW(row, weight_decay=0.1, largest_norm=1.0) for row in alone]
    for _ in range(5):
        gradients = torch.randn(3, 10)
        for row, own, gradient, rate in zip(alone, plain, gradients, rates, strict=True):
            own.step(row, gradient[None].clone(), float(rate))
        by_row.step_rows(together, gradients, rates)
    torch.testing.assert_close(together, torch.cat(alone))
    assert torch.equal(together[1], rows[1])
