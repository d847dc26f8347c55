"""Positions of tokens: what attention, blind to order, has to be told."""

import math
from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float, Integer
from torch import Tensor, nn

from priorscope.core.precision import has_float64

Positions = Literal["learned", "sinusoidal", "rotary", "relative", "none"]


def sinusoidal(tokens: int, width: int) -> Float[Tensor, "tokens width"]:
    """PE[t, 2i] = sin(t / 10000^(2i/width)), PE[t, 2i+1] = cos of the same (Vaswani et al. 2017).

    In float64, to be rounded where it is used. An odd width ends with a sine.
    """
    position = torch.arange(tokens, dtype=torch.float64)[:, None]
    even = torch.arange(0, width, 2, dtype=torch.float64)
    angles = position * torch.exp(-math.log(10_000) * even / width)  # (tokens, ceil(width / 2))
    table = torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2)
    return table[:, :width]


def sinusoidal_2d(rows: int, columns: int, width: int) -> Float[Tensor, "tokens width"]:
    """Tokens of a grid, row by row: first half of the width tells the row, second the column.

    Raises:
        ValueError: if the width is odd.
    """
    if width % 2:
        raise ValueError(f"Positions on a grid need an even width, but it is {width}; add one.")
    of_row = sinusoidal(rows, width // 2)[:, None].expand(rows, columns, -1)
    of_column = sinusoidal(columns, width // 2)[None].expand(rows, columns, -1)
    return torch.cat([of_row, of_column], dim=-1).flatten(0, 1)


class AddPositions(nn.Module):
    """Add one vector per position: learned ones, or fixed sinusoids.

    Args:
        tokens: the longest sequence it can take.
        width: length of each token's vector.
        kind: "learned": a table (initially normal, standard deviation 0.02); "sinusoidal": the
            formula; "none", "rotary" and "relative" add nothing here.
        amplitude: of the sinusoids. Before words it is the standard deviation that these begin
            with, as in the paper, where both are 1 (section 3.4 multiplies words by sqrt(width));
            at 1 before words of 0.02 a network sees little but positions.

    Shorter sequences get the first positions; tokens of several sequences on one axis get those
    at `positions`.
    """

    def __init__(self, tokens: int, width: int, kind: Positions, amplitude: float = 1.0):
        super().__init__()
        self.table: Tensor | None
        if kind == "learned":
            self.table = nn.Parameter(torch.randn(tokens, width) * 0.02)
        elif kind == "sinusoidal":
            table = amplitude * sinusoidal(tokens, width)
            self.register_buffer("table", table, persistent=False)
        else:
            self.table = None

    def forward(
        self,
        x: Float[Tensor, "*batch tokens width"],
        positions: Integer[Tensor, " tokens"] | None = None,
    ) -> Float[Tensor, "*batch tokens width"]:
        if self.table is None:
            return x
        if positions is not None:
            return x + F.embedding(positions, self.table).to(x.dtype)
        tokens = x.shape[-2]
        check_tokens(tokens, self.table.shape[0])
        return x + self.table[:tokens].to(x.dtype)


class LearnedGrid(nn.Module):
    """Learned positions on a grid: a vector per row plus a vector per column.

    It starts as normal numbers of standard deviation 0.02 and needs (rows + columns) * width
    parameters, where one vector per token needs rows * columns * width.
    """

    def __init__(self, rows: int, columns: int, width: int):
        super().__init__()
        self.rows = nn.Parameter(torch.randn(rows, 1, width) * 0.02)
        self.columns = nn.Parameter(torch.randn(1, columns, width) * 0.02)

    def forward(
        self, x: Float[Tensor, "*batch tokens width"]
    ) -> Float[Tensor, "*batch tokens width"]:
        """Tokens are in the order of rows and fill the grid."""
        return x + (self.rows + self.columns).flatten(0, 1)


class FixedGrid(nn.Module):
    """Fixed sinusoids on a grid, see `sinusoidal_2d`; nothing is learned."""

    table: Tensor

    def __init__(self, rows: int, columns: int, width: int):
        super().__init__()
        self.register_buffer("table", sinusoidal_2d(rows, columns, width), persistent=False)

    def forward(
        self, x: Float[Tensor, "*batch tokens width"]
    ) -> Float[Tensor, "*batch tokens width"]:
        """Tokens are in the order of rows and fill the grid."""
        return x + self.table.to(x.dtype)


class RelativeBias(nn.Module):
    """One learned number per head and distance key - query, added to the scores (Shaw, T5).

    It starts at zero. Distances beyond `max_distance` share one number per direction.
    """

    def __init__(self, num_heads: int, max_distance: int):
        super().__init__()
        self.max_distance = max_distance
        self.table = nn.Parameter(torch.zeros(num_heads, 2 * max_distance + 1))

    def forward(self, tokens: int) -> Float[Tensor, "heads query key"]:
        position = torch.arange(tokens, device=self.table.device)
        distance = position[None, :] - position[:, None]
        limit = self.max_distance
        return self.table[:, distance.clamp(-limit, limit) + limit]


def rotate(x: Float[Tensor, "*batch tokens width"]) -> Float[Tensor, "*batch tokens width"]:
    """Rotate each pair of coordinates by an angle that grows with the position (Su et al. 2021).

    Scores q . k then depend on the difference of positions alone. Coordinate i is paired with
    i + width/2 (the paper pairs 2i with 2i + 1: the same function up to a fixed permutation).
    """
    tokens, width = x.shape[-2:]
    device = x.device if has_float64(x.device) else None  # None: the CPU
    position = torch.arange(tokens, dtype=torch.float64, device=device)[:, None]
    pair = torch.arange(width // 2, dtype=torch.float64, device=device)
    angles = position * torch.exp(-math.log(10_000) * 2 * pair / width)
    sin, cos = angles.sin().to(x), angles.cos().to(x)
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)


def interpolate(
    table: Float[Tensor, "tokens width"], old: tuple[int, int], new: tuple[int, int]
) -> Float[Tensor, "new_tokens width"]:
    """Positions of an `old` (rows, columns) grid resampled, bicubic, to a `new` one.

    For a network trained at another resolution (Dosovitskiy et al. 2021, section 3.2).

    Raises:
        ValueError: if the table does not hold rows * columns positions.
    """
    if table.shape[0] != old[0] * old[1]:
        raise ValueError(
            f"A grid of {old[0]} x {old[1]} has {old[0] * old[1]} positions, but the table has "
            f"{table.shape[0]}; leave the class token's out."
        )
    if old == new:
        return table
    grid = table.unflatten(0, old).movedim(-1, 0)[None]  # (1, width, rows, columns)
    resized = F.interpolate(grid, size=new, mode="bicubic", align_corners=False)
    return resized[0].movedim(0, -1).flatten(0, 1)


def check_tokens(tokens: int, max_tokens: int) -> None:
    """Raise ValueError if a sequence is longer than the positions reach."""
    if tokens > max_tokens:
        raise ValueError(
            f"There are positions for at most {max_tokens} tokens, but the sequence has {tokens}; "
            f"cut it, or build the network with more positions."
        )
