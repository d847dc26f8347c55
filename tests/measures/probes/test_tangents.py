"""Rules of derivatives against torch's own, and what they cost."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.autograd import forward_ad

from priorscope.core.seeds import global_seed
from priorscope.core.signature import Signature
from priorscope.measures.probes._forward_mode import along, along_each
from priorscope.measures.probes._tangents import RULES, Tangents
from priorscope.models import MODELS
from priorscope.models.cnn import CNN
from priorscope.models.mlp import MLP
from priorscope.models.vit import Vit
from priorscope.runs.cost import _Products
from priorscope.targets.classes import Classes

pytestmark = pytest.mark.filterwarnings(
    "ignore:.torch.jit.script:DeprecationWarning"
)  # torch's own
IMAGES = Signature(input_shape=(8, 8, 2), target=Classes(num_classes=3))
NETWORKS = [
    name
    for name, model in MODELS.classes().items()
    if name not in ("external", "bert") and not model.trains_itself
]


def drawn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).double()


def of_torch(function, x, tangent):
    with torch.no_grad(), forward_ad.dual_level():
        return forward_ad.unpack_dual(function(forward_ad.make_dual(x, tangent)))


def by_rule(function, x, tangent):
    with Tangents():
        return of_torch(function, x, tangent)


def batch_norm(affine):
    with global_seed(0, "norm"):
        norm = nn.BatchNorm2d(4, affine=affine).double()
        norm(drawn(5, 4, 6, 6) * 3 + 1)
        if affine:
            nn.init.normal_(norm.weight)
            nn.init.normal_(norm.bias)
    return norm.eval()


OPERATIONS = {
    "linear": (lambda x: F.linear(x, drawn(7, 6), drawn(7)), (2, 4, 6)),
    "linear, no bias": (lambda x: F.linear(x, weight=drawn(7, 6)), (4, 6)),
    "conv1d": (lambda x: F.conv1d(x, drawn(5, 4, 3), drawn(5), 2, padding=1), (2, 4, 9)),
    "conv2d": (lambda x: F.conv2d(x, drawn(6, 2, 3, 3), drawn(6), groups=2), (2, 4, 7, 6)),
    "conv3d": (lambda x: F.conv3d(x, drawn(5, 4, 2, 2, 2), None, 1, 1), (2, 4, 3, 4, 5)),
    "batch norm": (batch_norm(affine=True), (2, 4, 6, 6)),
    "batch norm, plain": (batch_norm(affine=False), (2, 4, 6, 6)),
    "batch norm of the batch": (lambda x: F.batch_norm(x, None, None, training=True), (8, 4)),
    "layer norm": (lambda x: F.layer_norm(x, (4, 6), drawn(4, 6), drawn(4, 6)), (3, 4, 6)),
    "layer norm, plain": (lambda x: F.layer_norm(x.mT, (6,), eps=0.1), (3, 6, 4)),
    "softmax": (lambda x: x.softmax(-2), (3, 4, 5)),
    "softmax of F": (lambda x: F.softmax(x, dim=-1, dtype=torch.float64), (3, 4)),
    "softmax of torch": (lambda x: torch.softmax(x, 1), (3, 4)),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_rule_gives_the_value_and_derivative_of_torch(name):
    function, shape = OPERATIONS[name]
    x, tangent = drawn(*shape, seed=1), drawn(*shape, seed=2)
    (value, change), (own_value, own_change) = (
        how(function, x, tangent) for how in (of_torch, by_rule)
    )
    assert torch.equal(value, own_value)
    assert float(change.abs().max()) > 0.01
    torch.testing.assert_close(own_change, change, atol=1e-12, rtol=1e-10)
    _, (each,) = along_each(function, x, tangent[None])
    torch.testing.assert_close(each, change, atol=1e-12, rtol=1e-10)


def test_parameters_that_move_are_left_to_torch():
    x, weight, tangent = drawn(3, 4), drawn(5, 4), drawn(5, 4, seed=1)

    def product(w):
        return F.linear(x * w.sum(), w)

    torch.testing.assert_close(
        by_rule(product, weight, tangent), of_torch(product, weight, tangent)
    )
    assert F.linear in RULES


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_has_the_derivative_that_torch_gives(name):
    with global_seed(0, "init"):
        network = MODELS[name]().build(IMAGES).eval().double()
    x, tangent = drawn(3, 8, 8, 2), drawn(3, 8, 8, 2, seed=1)
    value, change = along(network, x, tangent)
    try:
        expected = of_torch(network, x, tangent).tangent
    except (RuntimeError, NotImplementedError):
        pytest.skip("Torch has no forward derivative of this network.")
    torch.testing.assert_close(value, network(x).detach())
    torch.testing.assert_close(change, torch.zeros_like(value) if expected is None else expected)


@pytest.mark.parametrize("model", [CNN(), Vit(depth=2), MLP()], ids=str)
def test_a_derivative_costs_one_more_pass_in_products(model):
    with global_seed(0, "init"):
        network = model.build(IMAGES).eval()
    x = torch.randn(2, 8, 8, 2)
    with _Products() as once, torch.no_grad():
        network(x)
    with _Products() as both:
        along(network, x, torch.ones_like(x))
    assert 1.9 * once.flops < both.flops <= 2.2 * once.flops  # attention: both factors move
