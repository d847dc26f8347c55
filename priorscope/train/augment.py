"""Augmentation: known symmetries taught by examples instead of built into the architecture."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

LARGEST_SHIFT = 1 / 8  # of each axis
LARGEST_ANGLE = 15.0  # degrees


def augment(
    x: Float[Tensor, "batch ..."], parts: tuple[str, ...], generator: torch.Generator
) -> Tensor:
    """Each example transformed at random by each of `parts`, in order.

    x: standardised images (batch, rows, columns, channels) or series (batch, tokens, channels);
        what a shift or a turn uncovers is 0, the mean.
    parts: "shift" by up to 1/8 of each axis, "rotate" by up to 15 degrees, "flip" left to right.
    """
    for part in parts:
        x = {"shift": shift, "rotate": rotate, "flip": flip}[part](x, generator)
    return x


def shift(x: Tensor, generator: torch.Generator) -> Tensor:
    """Each example moved along every axis of positions by a whole number of places."""
    for axis in range(1, x.ndim - 1):
        size = x.shape[axis]
        largest = max(1, int(size * LARGEST_SHIFT))
        moves = torch.randint(-largest, largest + 1, (len(x), 1), generator=generator)
        places = torch.arange(size) - moves
        inside = ((places >= 0) & (places < size)).to(x.device)
        places = places.clamp(0, size - 1).to(x.device)
        lead = (len(x),) + (1,) * (axis - 1) + (size,) + (1,) * (x.ndim - axis - 1)
        index = places.view(lead).expand_as(x)
        x = x.gather(axis, index) * inside.view(lead)
    return x


def flip(x: Tensor, generator: torch.Generator) -> Tensor:
    """Half of the images mirrored left to right."""
    mirrored = torch.rand(len(x), generator=generator).to(x.device) < 0.5
    return torch.where(mirrored.view(-1, 1, 1, 1), x.flip(2), x)


def rotate(x: Tensor, generator: torch.Generator) -> Tensor:
    """Each image turned around its centre, bilinearly."""
    degrees = (torch.rand(len(x), generator=generator) * 2 - 1) * LARGEST_ANGLE
    angle = degrees.deg2rad().to(x.device)
    ratio = x.shape[1] / x.shape[2]
    zero = torch.zeros_like(angle)
    first = torch.stack([angle.cos(), -angle.sin() * ratio, zero], dim=-1)
    second = torch.stack([angle.sin() / ratio, angle.cos(), zero], dim=-1)
    channels_first = x.movedim(-1, 1)
    grid = functional.affine_grid(
        torch.stack([first, second], dim=1), list(channels_first.shape), align_corners=False
    )
    turned = functional.grid_sample(channels_first, grid, align_corners=False)
    return turned.movedim(1, -1)
