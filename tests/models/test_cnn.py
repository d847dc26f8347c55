import pytest
import torch
from torch import nn

from priorscope.core.signature import Signature
from priorscope.models.cnn import CNN
from priorscope.targets.classes import Classes

SERIES = Signature(input_shape=(11, 2), target=Classes(num_classes=3))
POOLS = {"max": nn.MaxPool1d(2), "average": nn.AvgPool1d(2)}


def in_one_dimension(config, network):
    """The same layers from torch's own 1-D ones, with the network's parameters."""
    stride = 2 if config.pooling == "stride" else 1
    layers = []
    for layer in network:
        if isinstance(layer, nn.Conv2d):
            convolution = nn.Conv1d(
                layer.in_channels, layer.out_channels, 5, stride, padding=2, dtype=torch.float64
            )
            convolution.weight.data = layer.weight.data.squeeze(-2)
            convolution.bias.data = layer.bias.data
            layers += [convolution, nn.ReLU(), POOLS.get(config.pooling, nn.Identity())]
    return nn.Sequential(*layers, nn.Flatten(), network[-1])


@pytest.mark.parametrize("pooling", ["max", "average", "stride", "none"])
def test_on_a_series_it_convolves_in_one_dimension(pooling):
    config = CNN(width=4, depth=2, kernel=5, pooling=pooling, norm="none", readout="flatten")
    network = config.build(SERIES).double()
    x = torch.randn(6, *SERIES.input_shape, dtype=torch.float64)
    torch.testing.assert_close(
        network(x), in_one_dimension(config, network)(x.mT), atol=1e-12, rtol=0
    )


def test_a_series_of_one_step_is_enough():
    assert CNN().build(Signature(input_shape=(1, 2), target=Classes(num_classes=3)))(
        torch.zeros(5, 1, 2)
    ).shape == (5, 3)


@pytest.mark.parametrize(
    ("shape", "convolutions", "channels"),
    [
        ((8, 8, 1), 3, 128),
        ((28, 28, 1), 3, 128),
        ((32, 32, 3), 3, 128),
        ((64, 64, 3), 4, 128),
        ((96, 96, 3), 4, 128),
        ((128, 160, 3), 5, 128),
        ((40, 1), 3, 32),
        ((500, 1), 3, 32),
    ],
)
def test_larger_images_get_more_convolutions(shape, convolutions, channels):
    network = CNN().build(Signature(input_shape=shape, target=Classes(num_classes=3)))
    assert sum(isinstance(layer, nn.Conv2d) for layer in network) == convolutions
    assert network[-1].in_features == channels  # whatever the image's size
