"""Convolutions as products are torch's convolutions, with their gradients."""

import pytest
import torch
from torch.nn import functional

from priorscope.nn import replica_convolution
from priorscope.nn.replica_convolution import ConvolutionsAsProducts

CASES = [  # axes, channels, outputs, kernel, settings
    (2, 3, 4, (3, 3), {"padding": 1}),
    (2, 1, 4, (3, 3), {}),
    (2, 3, 4, (1, 1), {}),
    (2, 3, 4, (2, 2), {"stride": 2}),
    (2, 3, 4, (3, 2), {"stride": (2, 3), "padding": (1, 0)}),
    (2, 3, 4, (3, 3), {"dilation": 2, "padding": 2}),
    (2, 3, 4, (2, 3), {"dilation": (3, 1), "padding": "same"}),
    (2, 3, 4, (3, 3), {"padding": "valid", "stride": [1, 2]}),
    (2, 4, 6, (3, 3), {"groups": 2, "padding": 1}),
    (2, 4, 4, (3, 3), {"groups": 4, "stride": 2}),
    (1, 3, 4, (3,), {"padding": 1}),
    (1, 3, 4, (5,), {"stride": 2, "padding": (2,), "dilation": 2}),
    (1, 4, 6, (2,), {"groups": 2, "padding": "same"}),
]


def made(axes, channels, outputs, kernel, settings, replicas=3, dtype=torch.float64):
    torch.manual_seed(0)
    groups = settings.get("groups", 1)
    x = torch.randn(replicas, 5, channels, *((9, 11)[-axes:]), dtype=dtype)
    w = torch.randn(replicas, outputs, channels // groups, *kernel, dtype=dtype)
    return [t.requires_grad_() for t in (x, w, torch.randn(replicas, outputs, dtype=dtype))]


def results(tensors, axes, settings):
    """Output and gradients of a sum that weighs every value differently."""
    conv = functional.conv1d if axes == 1 else functional.conv2d
    y = torch.vmap(lambda x, w, *b: conv(x, w, *b, **settings))(*tensors)
    weights = torch.arange(y.numel(), dtype=y.dtype).view(y.shape).sin()
    return [y, *torch.autograd.grad((y * weights).sum(), tensors)]


@pytest.mark.filterwarnings("ignore:Using padding='same' with even:UserWarning")  # torch's own
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("axes", "channels", "outputs", "kernel", "settings"), CASES)
def test_outputs_and_gradients_are_those_of_torch(axes, channels, outputs, kernel, settings, bias):
    tensors = made(axes, channels, outputs, kernel, settings)[: 3 if bias else 2]
    expected = results(tensors, axes, settings)
    with ConvolutionsAsProducts():
        got = results(tensors, axes, settings)
    torch.testing.assert_close(got, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("bytes_", [1, 9 * 11 * 9 * 8 * 2, 3 * 9 * 11 * 9 * 8 * 5 * 2])
def test_windows_beyond_the_memory_are_made_in_parts(monkeypatch, bytes_):
    """Single examples, two of them, or two replicas at a time."""
    tensors = made(*CASES[0])
    expected = results(tensors, 2, CASES[0][-1])
    monkeypatch.setattr(replica_convolution, "WINDOW_BYTES", bytes_)
    largest = []
    lay = replica_convolution.Window.side_by_side

    def watched(self, padded):
        columns = lay(self, padded)
        largest.append(columns.numel() * columns.element_size())
        return columns

    monkeypatch.setattr(replica_convolution.Window, "side_by_side", watched)
    with ConvolutionsAsProducts():
        got = results(tensors, 2, CASES[0][-1])
    torch.testing.assert_close(got, expected, rtol=1e-12, atol=1e-12)
    example = 3 * 9 * 9 * 11 * 8
    assert max(largest) <= max(bytes_, example)
    assert len(largest) > 2


def test_weights_or_inputs_that_all_replicas_share():
    x, w, _ = made(*CASES[0])
    for dims in ((0, None), (None, 0), (1, 0)):
        tensors = [t[0] if d is None else t for t, d in zip((x, w), dims, strict=True)]

        def conv(x, w):
            return functional.conv2d(x, w, padding=1)

        if dims[0] == 1:
            tensors[0] = tensors[0].transpose(0, 1)
        expected = torch.vmap(conv, in_dims=dims)(*tensors)
        with ConvolutionsAsProducts():
            got = torch.vmap(conv, in_dims=dims)(*tensors)
        torch.testing.assert_close(got, expected, rtol=1e-12, atol=1e-12)


def test_an_image_without_a_batch_and_a_convolution_outside_vmap():
    x, w, b = (t[0].detach() for t in made(*CASES[0]))
    with ConvolutionsAsProducts():
        got = functional.conv2d(x[0], w, b, padding=1)
    torch.testing.assert_close(got, functional.conv2d(x[0], w, b, padding=1))


def test_float32_keeps_its_digits():
    tensors = made(*CASES[0], dtype=torch.float32)
    expected = results([t.detach().double().requires_grad_() for t in tensors], 2, CASES[0][-1])
    with ConvolutionsAsProducts():
        got = results(tensors, 2, CASES[0][-1])
    for mine, exact in zip(got, expected, strict=True):
        assert (mine - exact).norm() < 1e-6 * exact.norm()
