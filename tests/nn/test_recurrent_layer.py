import pytest
import torch
from torch import nn

from priorscope.core.signature import Signature
from priorscope.models import MODELS
from priorscope.nn import gated_scan
from priorscope.nn.recurrent_layer import RecurrentLayer
from priorscope.targets.classes import Classes

BATCH, TOKENS, CHANNELS, WIDTH = 2, 5, 3, 4
PEERS = {"gru": nn.GRU, "lstm": nn.LSTM}
every_cell = pytest.mark.parametrize("cell", sorted(PEERS))
directions = pytest.mark.parametrize("bidirectional", [False, True])


def pair(cell, bidirectional):
    """Ours and torch's with the same parameters, in float64."""
    torch.manual_seed(0)
    ours = RecurrentLayer(cell, CHANNELS, WIDTH, bidirectional).double()
    peer = PEERS[cell](CHANNELS, WIDTH, batch_first=True, bidirectional=bidirectional).double()
    names = {"weight_ih": "input_weight", "weight_hh": "state_weight"}
    names |= {"bias_ih": "input_bias", "bias_hh": "state_bias"}
    with torch.no_grad():
        for theirs, mine in names.items():
            for d, suffix in enumerate(["", "_reverse"][: 1 + bidirectional]):
                getattr(peer, f"{theirs}_l0{suffix}").copy_(getattr(ours, mine)[d])
    return ours, peer


def close(a, b):
    torch.testing.assert_close(a, b, rtol=0, atol=1e-12)  # sums of 5 x 4 products in float64


@every_cell
@directions
def test_states_and_gradients_equal_those_of_torch(cell, bidirectional):
    ours, peer = pair(cell, bidirectional)
    x = torch.randn(BATCH, TOKENS, CHANNELS, dtype=torch.float64, requires_grad=True)
    mine, theirs = ours(x), peer(x)[0]
    close(mine, theirs)
    weights = torch.randn_like(mine)
    parameters = [ours.input_weight, ours.state_weight, ours.input_bias, ours.state_bias]
    got = torch.autograd.grad((mine * weights).sum(), [x, *parameters])
    wanted = torch.autograd.grad(
        (theirs * weights).sum(),
        [x, peer.weight_ih_l0, peer.weight_hh_l0, peer.bias_ih_l0, peer.bias_hh_l0],
    )
    close(got[0], wanted[0])
    for g, w in zip(got[1:], wanted[1:], strict=True):
        close(g[0], w)


@every_cell
def test_padding_leaves_the_state_alone(cell):
    ours, peer = pair(cell, True)
    x = torch.randn(1, TOKENS, CHANNELS, dtype=torch.float64)
    mask = torch.tensor([[True, True, True, False, False]])
    close(ours(x, mask)[:, :3], peer(x[:, :3])[0])


@every_cell
def test_replicas_and_their_gradients_equal_single_networks(cell):
    networks = [RecurrentLayer(cell, CHANNELS, WIDTH, True).double() for _ in range(3)]
    parameters, _ = torch.func.stack_module_state(networks)
    leaves = {k: v.detach().requires_grad_() for k, v in parameters.items()}
    x = torch.randn(3, BATCH, TOKENS, CHANNELS, dtype=torch.float64)

    def one(p, x):
        return torch.func.functional_call(networks[0], p, (x,))

    together = torch.vmap(one)(leaves, x)
    alone = torch.stack([n(part) for n, part in zip(networks, x, strict=True)])
    close(together, alone)
    together.square().sum().backward()
    alone.square().sum().backward()
    for name, leaf in leaves.items():
        close(leaf.grad, torch.stack([dict(n.named_parameters())[name].grad for n in networks]))


@every_cell
def test_order_matters(cell):
    network = RecurrentLayer(cell, CHANNELS, WIDTH, False)
    x = torch.randn(BATCH, TOKENS, CHANNELS)
    assert not torch.allclose(network(x)[:, -1], network(x.flip(1))[:, -1])


@every_cell
def test_long_inputs_are_worked_on_in_parts_with_the_same_gradient(cell, monkeypatch):
    layer = RecurrentLayer(cell, CHANNELS, WIDTH, True).double()
    x = torch.randn(BATCH, TOKENS, CHANNELS, dtype=torch.float64)

    def gradients():
        return torch.autograd.grad(layer(x).square().sum(), list(layer.parameters()))

    whole = gradients()
    monkeypatch.setattr(gated_scan, "CACHED", 2 * 2 * WIDTH * BATCH)  # two tokens at a time
    for part, all_at_once in zip(gradients(), whole, strict=True):
        assert torch.equal(part, all_at_once)


@every_cell
def test_the_last_state_is_that_of_the_last_token_that_exists(cell):
    signature = Signature(
        input_shape=(TOKENS, CHANNELS + 1), target=Classes(num_classes=3), padded=True
    )
    network = MODELS[cell](width=WIDTH, readout="last").build(signature).double()
    x = torch.randn(BATCH, TOKENS, CHANNELS + 1, dtype=torch.float64)
    x[..., -1] = torch.tensor([1.0, 1.0, 1.0, 0.0, 0.0])
    x[:, 3:] = 0
    close(network(x), network(x[:, :3]))
