"""Changes of an input that are exact on its lattice: nothing is interpolated, nothing is lost."""

import dataclasses
from collections.abc import Callable

import torch
from torch import Tensor

from priorscope.core.seeds import torch_stream
from priorscope.core.signature import Signature

DISTANCES = tuple(range(1, 9))


@dataclasses.dataclass(frozen=True)
class Transform:
    """A change of inputs (batch, *positions, channels), or (batch, tokens) of ids.

    name: of the quantity. group: of what it is a case ("shift by 2" of four directions).
    apply: to an input; to a layer's positions with `by_stride`.
    shift: positions along each axis, where it is a shift; then it acts on a coarser grid as a
        shorter shift.
    fine: whether it acts on the input's own positions alone, some of which stay.
    """

    name: str
    group: str
    apply: Callable[[Tensor], Tensor]
    shift: tuple[int, ...] | None = None
    fine: bool = False

    def on_layer(self, stride: tuple[int, ...]) -> Callable[[Tensor], Tensor] | None:
        """What it does to a layer of this stride; None: it moves by a part of a position."""
        if self.shift is None:
            return None if self.fine and max(stride) > 1 else self.apply
        if any(by % step for by, step in zip(self.shift, stride, strict=True)):
            return None
        return shifting([by // step for by, step in zip(self.shift, stride, strict=True)])


def shifting(by: "list[int] | tuple[int, ...]") -> Callable[[Tensor], Tensor]:
    """A shift of the positions around the border."""
    axes = tuple(range(1, 1 + len(by)))
    return lambda x: x.roll(tuple(by), dims=axes)


def transforms(signature: Signature, inputs: Tensor, strides: "set[int]") -> list[Transform]:
    """All that such inputs allow. strides: shifts by these distances are among them."""
    if signature.layout == "vector":
        return []
    distances = sorted(DISTANCES + tuple(s for s in strides if s > DISTANCES[-1]))
    if signature.layout == "image":
        return _of_images(signature, distances)
    return _of_sequences(signature, inputs, distances)


def _of_images(signature: Signature, distances: list[int]) -> list[Transform]:
    rows, columns, channels = signature.input_shape
    made = []
    for by in distances:
        moves = {"down": (by, 0), "up": (-by, 0), "right": (0, by), "left": (0, -by)}
        made += [
            Transform(f"shift {way} by {by}", f"shift by {by}", shifting(move), move)
            for way, move in moves.items()
            if by < (rows if move[0] else columns)
        ]
    made.append(Transform("flip left and right", "flip", lambda x: x.flip(2)))
    made.append(Transform("flip up and down", "flip", lambda x: x.flip(1)))
    made.append(Transform("half turn", "turn", lambda x: x.rot90(2, (1, 2))))
    if rows == columns:
        made.append(Transform("quarter turn", "turn", lambda x: x.rot90(1, (1, 2))))
        made.append(Transform("three quarter turns", "turn", lambda x: x.rot90(3, (1, 2))))
    if channels > 1:
        made.append(_channels())
    return made


def _of_sequences(signature: Signature, inputs: Tensor, distances: list[int]) -> list[Transform]:
    tokens = signature.input_shape[0]
    made = []
    whole = signature.layout == "series" and not signature.padded
    if whole:
        for by in distances:
            if by < tokens:
                moves = {"later": (by,), "earlier": (-by,)}
                made += [
                    Transform(f"shift {way} by {by}", f"shift by {by}", shifting(move), move)
                    for way, move in moves.items()
                ]
    valid = existing(signature, inputs)
    if bool(valid.all()):
        made.append(Transform("reversal", "reversal", lambda x: x.flip(1)))
    else:
        made.append(
            Transform("reversal", "reversal", lambda x: reversed_in_time(x, valid), fine=True)
        )
    made.append(Transform("random order", "order", lambda x: shuffled(x, valid)))
    if signature.layout == "series" and signature.input_shape[1] - signature.padded > 1:
        made.append(_channels(int(signature.padded)))
    return made


def _channels(kept: int = 0) -> Transform:
    """The channels go round by one; the last `kept` stay."""

    def apply(x: Tensor) -> Tensor:
        count = x.shape[-1] - kept
        return torch.cat([x[..., :count].roll(1, dims=-1), x[..., count:]], dim=-1)

    return Transform("channels exchanged", "channels", apply)


def existing(signature: Signature, inputs: Tensor) -> Tensor:
    """(examples, tokens): which positions exist and may be moved.

    A first and a last token that are the same in all texts are marks of the tokenizer ([CLS],
    [SEP]); they stay.
    """
    if signature.layout != "tokens":
        if signature.padded:
            return inputs[..., -1] > 0
        return torch.ones(inputs.shape[:2], dtype=torch.bool, device=inputs.device)
    valid = inputs != 0
    lengths = valid.sum(dim=1)
    last = inputs.gather(1, (lengths - 1).clamp(min=0)[:, None].long())
    movable = valid.clone()
    if len(inputs) > 1 and bool((inputs[:, :1] == inputs[0, 0]).all()):
        movable[:, 0] = False
    if len(inputs) > 1 and bool((last == last[0]).all()) and bool((lengths > 2).all()):
        movable.scatter_(1, (lengths - 1)[:, None].long(), False)
    return movable


def reordered(inputs: Tensor, movable: Tensor, keys: Tensor) -> Tensor:
    """Movable positions in the order of their keys, (examples, tokens); the others stay."""
    places = torch.arange(inputs.shape[1], device=inputs.device).expand(movable.shape)
    infinite = torch.full_like(keys, torch.inf)
    to = torch.where(movable, places, inputs.shape[1]).sort(dim=1).values
    by_key = torch.where(movable, keys, infinite).argsort(dim=1, stable=True)
    source = places.clone()
    real = to < inputs.shape[1]
    rows = torch.arange(len(inputs), device=inputs.device)[:, None].expand_as(to)
    source[rows[real], to[real]] = by_key[real]
    index = source if inputs.ndim == 2 else source[..., None].expand_as(inputs)
    return inputs.gather(1, index)


def reversed_in_time(inputs: Tensor, movable: Tensor) -> Tensor:
    """The movable positions from the last to the first."""
    places = torch.arange(movable.shape[1], device=inputs.device).double()
    return reordered(inputs, movable, -places.expand(movable.shape))


def shuffled(inputs: Tensor, movable: Tensor, seed: int = 0) -> Tensor:
    """The movable positions of each example in an order of its own."""
    keys = torch.rand(movable.shape, generator=torch_stream(seed, "order"), dtype=torch.float64)
    return reordered(inputs, movable, keys.to(inputs.device))
