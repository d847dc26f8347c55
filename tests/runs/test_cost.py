import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from priorscope.core.signature import Signature
from priorscope.models import MODELS
from priorscope.runs.cost import describe_network
from priorscope.targets.classes import Classes

SERIES = Signature(input_shape=(12, 2), target=Classes(num_classes=3))


@pytest.mark.parametrize("name", ["linear", "mlp", "cnn", "gru", "lstm", "transformer"])
def test_multiply_adds_are_those_of_torchs_counter(name):
    model = MODELS[name]()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model.build(SERIES).eval()(torch.zeros(1, *SERIES.input_shape))
    assert describe_network(model, SERIES)["multiply_adds"] == counter.get_total_flops() // 2


def test_a_linear_layer_counts_its_products():
    found = describe_network(MODELS["linear"](), SERIES)
    assert found == {"parameters": 24 * 3 + 3, "multiply_adds": 24 * 3}
