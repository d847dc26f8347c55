import pytest
import torch
from torch import nn

from priorscope.checks import CHECKS
from priorscope.checks._parity import (
    CASES,
    by_name,
    difference,
    gradients,
    probe,
    randomise,
)


def test_a_wrong_parameter_count_would_be_seen():
    (figure, *_) = CHECKS["parameters"]().answer()
    assert figure.low == figure.high == figure.value == 109_482_240


def test_a_small_error_in_one_weight_is_seen():
    # The probe and the comparison by name must not average an error away.
    layers = [randomise(nn.Linear(4, 3)) for _ in range(2)]
    x = torch.ones(2, 4)
    for layer in layers:
        probe([layer(x)]).backward()
    assert by_name(*(gradients(layer) for layer in layers)) == 0
    layers[1].weight.data[1, 2] += 1e-3
    assert difference(*([layer(x)] for layer in layers)) == pytest.approx(1e-3, rel=1e-3)
    layers[1].weight.grad[0, 0] += 1e-4
    found = by_name(*(gradients(layer) for layer in layers))
    assert found == pytest.approx(1e-4, rel=1e-2)
    assert by_name({"a": x}, {"b": x}) == float("inf")


def test_cases_cover_what_the_claim_names():
    assert any(len(case.lengths) == 1 for case in CASES)  # one example
    assert any(max(case.lengths) == 1 for case in CASES)  # one token
    assert any(max(case.lengths) % 2 for case in CASES)  # an odd length
    assert any(len(set(case.lengths)) > 1 for case in CASES)  # padding
    assert len({case.num_heads for case in CASES}) > 2
