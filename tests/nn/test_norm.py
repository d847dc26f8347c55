"""Batch normalisation against torch's own, alone and on the replica axis."""

import copy

import pytest
import torch
from torch import nn

from priorscope.nn.norm import BatchNorm
from priorscope.train.replicas import Replicas


@pytest.mark.parametrize("shape", [(6, 3), (6, 3, 4, 5)])
def test_it_is_that_of_torch_in_training_and_in_evaluation(shape):
    own = BatchNorm(3).double()
    peer = (nn.BatchNorm1d if len(shape) == 2 else nn.BatchNorm2d)(3).double()
    for _ in range(3):
        x = 2 + 3 * torch.randn(shape, dtype=torch.float64)
        torch.testing.assert_close(own(x), peer(x))
    torch.testing.assert_close((own.mean, own.variance), (peer.running_mean, peer.running_var))
    torch.testing.assert_close(own.eval()(x), peer.eval()(x))


def test_one_value_a_channel_is_left_to_the_running_statistics():
    own = BatchNorm(3)
    x = torch.randn(1, 3)
    torch.testing.assert_close(own(x), own.eval()(x))


@pytest.mark.filterwarnings("ignore:There is a performance drop")
def test_replicas_keep_their_own_statistics():
    networks = [nn.Sequential(nn.Conv2d(2, 4, 3), BatchNorm(4), nn.Flatten()) for _ in range(3)]
    alone = copy.deepcopy(networks)
    together = Replicas(networks, torch.device("cpu"), together=True)
    together.train(True)
    inputs = [torch.randn(3, 5, 2, 6, 6) * (1 + step) for step in range(3)]
    for x in inputs:
        outputs = together(x)
        expected = torch.stack([own.train()(one) for own, one in zip(alone, x, strict=True)])
        torch.testing.assert_close(outputs, expected)
    together.train(False)
    expected = torch.stack([own.eval()(one) for own, one in zip(alone, inputs[0], strict=True)])
    torch.testing.assert_close(together(inputs[0]), expected)
    # sums of some dozen float32 values, in another order
    torch.testing.assert_close(together.network(1).eval()(inputs[0][1]), expected[1])
