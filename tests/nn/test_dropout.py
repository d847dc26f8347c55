import math

import pytest
import torch
from torch.func import functional_call, grad, stack_module_state

from priorscope.nn.dropout import Dropout, StochasticDepth, noise, shifted

LANES = 4
COUNT = 1 << 16


def word(key: int, counter: int, place: int) -> int:
    """One 64-bit hash in Python integers; `>>` on a signed integer is arithmetic here too."""

    def signed(value: int) -> int:
        return (value + 2**63) % 2**64 - 2**63

    z = signed(key + counter * 0x2360ED051FC65DA5 + place * 0x9E3779B97F4A7C15)
    z = signed((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9)
    z = signed((z ^ (z >> 27)) * 0x94D049BB133111EB)
    return z ^ ((z >> 32) & 0xFFFFFFFF)


def numbers(key: int, counter: int, count: int = COUNT) -> torch.Tensor:
    return noise(torch.tensor(key), torch.tensor(counter), count).double()


def correlation(a: torch.Tensor, b: torch.Tensor) -> float:
    return torch.corrcoef(torch.stack([a, b]))[0, 1].item()


@pytest.mark.parametrize(("key", "counter"), [(0, 0), (12345, 7), (2**63 - 2, 2**40)])
def test_noise_is_the_hash_that_its_docstring_names(key, counter):
    expected = torch.tensor([word(key, counter, place) for place in range(5)]).view(torch.int16)
    assert torch.equal(noise(torch.tensor(key), torch.tensor(counter), 18), expected[:18])


def test_without_a_view_the_numbers_are_the_same():
    """As they are where vmap has no view of another type."""
    z = torch.tensor([-1, 0x7FFF_8000_0001_FFFE, -(2**63), 5])
    assert torch.equal(shifted(z), z.view(torch.int16))


@pytest.mark.parametrize("lane", range(LANES))
def test_noise_is_uniform_in_every_lane(lane):
    cells = (numbers(5, 3)[lane::LANES] + 2**15).div(256, rounding_mode="floor").long()
    expected = COUNT / LANES / 256
    chi_squared = ((cells.bincount(minlength=256) - expected) ** 2 / expected).sum().item()
    # 255 degrees of freedom: mean 255, standard deviation sqrt(510); five of them.
    assert abs(chi_squared - 255) < 5 * math.sqrt(510)


@pytest.mark.parametrize("lag", [1, 2, 3, 4, 5, 64, 768])
def test_neighbours_are_uncorrelated(lag):
    values = numbers(5, 3)
    assert abs(correlation(values[lag:], values[:-lag])) < 5 / math.sqrt(COUNT - lag)


@pytest.mark.parametrize("other", [(6, 3), (5, 4), (5 + 2**32, 3), (7, 5)])
def test_streams_are_uncorrelated(other):
    assert abs(correlation(numbers(5, 3), numbers(*other))) < 5 / math.sqrt(COUNT)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_drops_a_share_p_and_keeps_the_mean(p):
    torch.manual_seed(0)
    y = Dropout(p)(torch.ones(COUNT))
    share = (y == 0).double().mean().item()
    assert share == pytest.approx(p, abs=5 * math.sqrt(p * (1 - p) / COUNT))
    kept = y[y != 0]
    # p is a multiple of 2^-16 inside: the scale differs from 1 / (1 - p) by p's rounding.
    torch.testing.assert_close(
        kept, torch.full_like(kept, 1 / (1 - p)), rtol=2**-16 / (1 - p), atol=0
    )


def test_gradient_is_what_the_forward_multiplied_by():
    x = torch.randn(3, 5, 7, generator=torch.Generator().manual_seed(0)).requires_grad_()
    y = Dropout(0.4)(x)
    y.sum().backward()
    torch.testing.assert_close(x.grad * x, y)


def test_each_forward_draws_anew_and_seeds_decide():
    def two() -> list[torch.Tensor]:
        torch.manual_seed(3)
        first, second = Dropout(0.5), Dropout(0.5)
        x = torch.ones(64)
        return [first(x), first(x), second(x)]

    once, again = two(), two()
    for a, b in zip(once, again, strict=True):
        assert torch.equal(a, b)
    assert not torch.equal(once[0], once[1])
    assert not torch.equal(once[0], once[2])


@pytest.mark.parametrize("layer", [Dropout(0.0), Dropout(0.5).eval()], ids=["p=0", "eval"])
def test_is_the_identity_in_eval_and_for_p_0(layer):
    x = torch.ones(4)
    assert layer(x) is x
    assert layer.counter == 0


def test_checkpoints_hold_no_noise():
    assert Dropout(0.1).state_dict() == {}


@pytest.mark.parametrize("p", [-0.1, 1.0, 1.5])
def test_p_is_a_share(p):
    with pytest.raises(ValueError, match=rf"p must be in \[0, 1\), but it is {p}"):
        Dropout(p)


def test_bfloat16_keeps_the_mean():
    y = Dropout(0.1)(torch.ones(8, dtype=torch.bfloat16))
    assert y.dtype == torch.bfloat16
    assert set(y.float().tolist()) <= {0.0, torch.tensor(1 / 0.9).bfloat16().item()}


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(6, 5)
        self.dropout = Dropout(0.3)

    def forward(self, x):
        return self.dropout(self.dropout(self.linear(x))).square().sum()


def test_a_replica_equals_itself_alone_over_steps_in_loss_gradient_and_counter():
    torch.manual_seed(0)
    networks = [Net() for _ in range(3)]
    parameters, buffers = stack_module_state(networks)
    x = torch.randn(3, 7, 6)
    skeleton = networks[0]

    def loss(p, b, x):
        return functional_call(skeleton, (p, b), (x,))

    step = torch.vmap(torch.func.grad_and_value(loss), randomness="error")
    for repeat in range(1, 4):
        gradients, losses = step(parameters, buffers, x)
        assert buffers["dropout.counter"].tolist() == [2 * repeat] * 3
        for r, network in enumerate(networks):
            network.zero_grad()
            alone = network(x[r])
            alone.backward()
            torch.testing.assert_close(losses[r], alone)
            torch.testing.assert_close(gradients["linear.weight"][r], network.linear.weight.grad)
            assert network.dropout.counter == 2 * repeat


def test_the_counter_handed_to_functional_call_advances_and_not_the_modules():
    layer, x = Dropout(0.5), torch.ones(8)
    state = {"key": torch.tensor(1), "counter": torch.tensor(4)}
    grad(lambda x, b: functional_call(layer, b, (x,)).sum())(x, state)
    assert (state["counter"], layer.counter) == (5, 0)


def test_stochastic_depth_leaves_out_whole_examples_and_keeps_the_mean():
    torch.manual_seed(0)
    layer = StochasticDepth(0.25)
    x = torch.ones(40_000, 3, 2)
    kept = layer(x)
    assert torch.equal(kept, kept[:, :1, :1].expand_as(x))
    assert kept.unique().tolist() == pytest.approx([0.0, 4 / 3])
    # the mean of 40,000 draws of variance 1/3; four standard errors
    assert kept.mean().item() == pytest.approx(1, abs=4 * (1 / 3 / 40_000) ** 0.5)
    assert torch.equal(layer.eval()(x), x)
