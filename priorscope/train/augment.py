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
    noise = draw_noise(parts, tuple(x.shape[1:-1]), len(x), generator)
    return transform(x, parts, noise.to(x.device))


def draw_noise(
    parts: tuple[str, ...], positions: tuple[int, ...], examples: int, generator: torch.Generator
) -> Float[Tensor, "lanes examples"]:
    """What `transform` needs to know: places to move along each axis, degrees, mirrored or not.

    positions: lengths of the axes of positions; of an image (rows, columns).
    """
    lanes = []
    for part in parts:
        if part == "shift":
            for size in positions:
                largest = max(1, int(size * LARGEST_SHIFT))
                moves = torch.randint(-largest, largest + 1, (examples, 1), generator=generator)
                lanes.append(moves.view(-1).to(torch.float32))
        elif part == "rotate":
            drawn = torch.rand(examples, generator=generator, dtype=torch.float32)
            lanes.append((drawn * 2 - 1) * LARGEST_ANGLE)
        else:
            drawn = torch.rand(examples, generator=generator, dtype=torch.float32)
            lanes.append((drawn < 0.5).to(torch.float32))
    return torch.stack(lanes)


def transform(
    x: Float[Tensor, "batch ..."], parts: tuple[str, ...], noise: Float[Tensor, "lanes batch"]
) -> Tensor:
    """Each example transformed as its column of `noise` says; copies nothing from the host."""
    lanes = iter(noise)
    for part in parts:
        if part == "shift":
            for axis in range(1, x.ndim - 1):
                x = shift(x, axis, next(lanes))
        else:
            x = {"rotate": rotate, "flip": flip}[part](x, next(lanes))
    return x


def shift(x: Tensor, axis: int, moves: Float[Tensor, " batch"]) -> Tensor:
    """Each example moved along an axis of positions by a whole number of places."""
    size = x.shape[axis]
    places = torch.arange(size, device=x.device) - moves.long().unsqueeze(1)
    inside = (places >= 0) & (places < size)
    lead = (len(x),) + (1,) * (axis - 1) + (size,) + (1,) * (x.ndim - axis - 1)
    index = places.clamp(0, size - 1).view(lead).expand_as(x)
    return x.gather(axis, index) * inside.view(lead)


def flip(x: Tensor, mirrored: Float[Tensor, " batch"]) -> Tensor:
    """Those images mirrored left to right for which `mirrored` is 1."""
    return torch.where(mirrored.view(-1, 1, 1, 1) > 0, x.flip(2), x)


def rotate(x: Tensor, degrees: Float[Tensor, " batch"]) -> Tensor:
    """Each image turned around its centre, bilinearly."""
    angle = degrees.to(x.dtype).deg2rad()
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
