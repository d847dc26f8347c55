"""Smooth transforms of images and series by their velocities: x -> d/dt (g_t x) at t = 0.

Derivatives along the axes are taken in Fourier space: exact for band-limited, periodic inputs; the
border is joined to the opposite one, as for shifts that go around it.
"""

import math

import torch
from torch import Tensor

IMAGE = ("translation down", "translation right", "rotation", "scale", "shear", "brightness")
SERIES = ("translation in time", "scale in time", "brightness")
BRIGHTNESS = "brightness"


def generators(axes: int) -> tuple[str, ...]:
    """Names of those for images (two axes of positions) or series (one)."""
    return IMAGE if axes == 2 else SERIES


def velocity(x: Tensor, generator: str, unit: tuple[float, ...] | None = None) -> Tensor:
    """How x changes per step of a transform; a step moves positions by one in root mean square.

    x: (batch, *positions, channels). Brightness: a step adds one standard deviation of x.
    unit: input positions for one of x's, where x is a coarser layer.
    """
    positions = x.shape[1:-1]
    unit = unit or (1.0,) * len(positions)
    if generator == BRIGHTNESS:
        return x.std().expand_as(x).clone()
    fields = field(generator, positions, unit, x)
    return sum(
        (
            -speed * derivative(x, axis + 1) / unit[axis]
            for axis, speed in enumerate(fields)
            if speed is not None
        ),
        torch.zeros_like(x),
    )


def derivative(x: Tensor, axis: int) -> Tensor:
    """d/dp along an axis of positions p = 0, 1, ..., periodic; the highest frequency has none."""
    length = x.shape[axis]
    values = x if x.dtype in (torch.float32, torch.float64) else x.double()
    cycles = torch.fft.rfftfreq(length, dtype=values.dtype, device=x.device)
    if length % 2 == 0:
        cycles[-1] = 0.0
    shape = [1] * x.ndim
    shape[axis] = len(cycles)
    wave = (2j * math.pi * cycles).view(shape)
    spectrum = torch.fft.rfft(values, dim=axis) * wave
    return torch.fft.irfft(spectrum, n=length, dim=axis).to(x.dtype)


def field(
    generator: str, positions: torch.Size, unit: tuple[float, ...], like: Tensor
) -> list[Tensor | None]:
    """How far a step moves each position along each axis, in input positions; None: not at all."""
    offsets = []
    for axis, (length, step) in enumerate(zip(positions, unit, strict=True)):
        shape = [1] * like.ndim
        shape[axis + 1] = length
        middle = torch.arange(length, dtype=torch.float64, device=like.device) - (length - 1) / 2
        offsets.append((middle * step).view(shape))
    one = torch.ones((), dtype=torch.float64, device=like.device)
    if len(offsets) == 1:
        fields = [one if generator.startswith("translation") else offsets[0]]
    else:
        down, right = offsets
        fields = {
            "translation down": [one, None],
            "translation right": [None, one],
            "rotation": [right, -down],
            "scale": [down, right],
            "shear": [None, down],
        }[generator]
    spread = (
        torch.stack([f.square().expand([1, *positions, 1]).mean() for f in fields if f is not None])
        .sum()
        .sqrt()
    )
    return [None if f is None else (f / spread).to(like.dtype) for f in fields]
