"""Patches: neighbouring pixels or tokens joined into one token."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn


class Patches(nn.Module):
    """Cut an image into patches, each flattened (row, column, channel) and projected linearly.

    The same function as a convolution whose stride is its kernel's size, as one matrix product.
    A sequence is an image of one row.

    Args:
        patch: (rows, columns) of a patch.
        channels: of the image.
        width: length of each token's vector.
    """

    def __init__(self, patch: tuple[int, int], channels: int, width: int):
        super().__init__()
        self.patch = patch
        self.project = nn.Linear(patch[0] * patch[1] * channels, width)

    def forward(
        self, images: Float[Tensor, "batch rows columns channels"]
    ) -> Float[Tensor, "batch tokens width"]:
        """Tokens come row by row."""
        rows, columns = self.patch
        check_divides(images.shape[1:3], self.patch)
        cut = images.unflatten(2, (-1, columns)).unflatten(1, (-1, rows)).transpose(2, 3)
        return self.project(cut.flatten(3).flatten(1, 2))  # (batch, tokens, pixels * channels)


class ClassToken(nn.Module):
    """Put one learned token before all others, to gather what they say."""

    def __init__(self, width: int):
        super().__init__()
        self.token = nn.Parameter(torch.randn(width) * 0.02)

    def forward(
        self, x: Float[Tensor, "batch tokens width"]
    ) -> Float[Tensor, "batch one_more_token width"]:
        return torch.cat([self.token.expand(x.shape[0], 1, -1), x], dim=1)


def patch_mask(
    present: Bool[Tensor, "batch tokens"], patch: int
) -> Bool[Tensor, "batch fewer_tokens"]:
    """A patch exists if any of its tokens does."""
    return present.unflatten(1, (-1, patch)).any(dim=-1)


def mask_with_class(
    present: Bool[Tensor, "batch tokens"],
) -> Bool[Tensor, "batch one_more_token"]:
    """The class token always exists."""
    return nn.functional.pad(present, (1, 0), value=True)


def choose_patch(side: int, pieces: int) -> int:
    """The smallest divisor of `side` that leaves at most `pieces` patches, but at least three.

    If there is none, the largest divisor that leaves more than `pieces`. Sides up to 3 stay whole
    pixels.
    """
    divisors = [p for p in range(1, side + 1) if side % p == 0]
    fits = [p for p in divisors if p >= 2 and 3 <= side // p <= pieces]
    return min(fits) if fits else max(p for p in divisors if p == 1 or side // p > pieces)


def check_divides(sides: tuple[int, ...], patch: tuple[int, ...]) -> None:
    """Raise ValueError unless each side is a whole number of patches."""
    for side, length in zip(sides, patch, strict=True):
        if length < 1 or side % length:
            divisors = [p for p in range(1, side + 1) if side % p == 0]
            raise ValueError(
                f"The patch must divide the input, but {side} is not a multiple of {length}; "
                f"take one of {divisors}, or resize the input."
            )
