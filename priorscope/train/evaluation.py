"""Validation losses of members of a population, as one captured call."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import TypeVar

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor

from priorscope.core.precision import sent, widest
from priorscope.core.target import Marginal, Target
from priorscope.train.graph import GraphPool, Repeated

SMALLEST_SPAN = 512  # examples up to which rows are filled up to one length
WARM_UP = 1

T = TypeVar("T")
Predict = Callable[[Int[Tensor, "members examples"]], Float[Tensor, "members examples outputs"]]


@dataclasses.dataclass(frozen=True)
class OneLength:
    """Members whose validation parts have one length.

    at: their places among those evaluated together. marginals: theirs, on the device.
    encoded: (members, examples) targets as the loss takes them.
    """

    at: Int[Tensor, " members"]
    length: int
    encoded: Shaped[Tensor, "members examples"]
    marginals: list[Marginal]


class ValidationLosses:
    """Losses of several members at once, in `losses` on the device.

    Rows are filled up to the longest one, so that the network runs once for all lengths; what
    was filled in counts for nothing.

    Args:
        predict: of these members, for rows of the deck; copies nothing from the host.
        rows: of the deck, for each member.
        encoded: for each member, its targets there.
        marginals: of each member.
        target: what is predicted.
        capture: whether the call may become a CUDA graph.
        pool: the memory of such graphs; they may share it, as none keeps anything there.
    """

    def __init__(
        self,
        predict: Predict,
        rows: Sequence[Tensor],
        encoded: Sequence[Tensor],
        marginals: Sequence[Marginal],
        target: Target,
        device: torch.device,
        capture: bool,
        pool: GraphPool | None = None,
    ):
        self._predict, self._target = predict, target
        self._rows = filled(rows).to(device)
        self.losses = torch.zeros(len(rows), dtype=widest(device), device=device)
        self._parts = []
        for places in by_length(range(len(rows)), lambda place: len(rows[place])):
            self._parts.append(
                OneLength(
                    at=torch.tensor(places).to(device),
                    length=len(rows[places[0]]),
                    encoded=torch.stack([encoded[place] for place in places]).to(device),
                    marginals=[on_device(marginals[place], device) for place in places],
                )
            )
        self._again = Repeated(self._compute, device, capture, WARM_UP, pool)

    def __call__(self) -> None:
        """Compute `losses` again; the host doesn't wait."""
        self._again()

    def free(self) -> None:
        """Give a graph's memory back; nothing else would, for it holds this object."""
        self._again.free()

    @torch.no_grad()
    def _compute(self) -> None:
        outputs = self._predict(self._rows)
        for part in self._parts:
            own = outputs.index_select(0, part.at)[:, : part.length]
            losses = self._target.validation_loss(own, part.encoded, part.marginals)
            self.losses.index_copy_(0, part.at, losses.to(self.losses.dtype))


def filled(rows: Sequence[Tensor]) -> Int[Tensor, "members examples"]:
    """Up to the longest one, by each one's last; none at all by the row 0."""
    longest = max(map(len, rows))
    lasts = [r[-1:] if len(r) else torch.zeros(1, dtype=torch.int64) for r in rows]
    pairs = zip(rows, lasts, strict=True)
    return torch.stack([torch.cat([r, last.expand(longest - len(r))]) for r, last in pairs])


def span(length: int) -> int:
    """Up to what length rows of this one are filled up: a power of two, 512 at least."""
    return max(SMALLEST_SPAN, 1 << max(0, length - 1).bit_length())


def by_length(items: Sequence[T], length: Callable[[T], int]) -> list[list[T]]:
    """Items of one length together, in the order of their first ones."""
    groups: dict[int, list[T]] = {}
    for item in items:
        groups.setdefault(length(item), []).append(item)
    return list(groups.values())


def on_device(marginal: Marginal, device: torch.device) -> Marginal:
    """The same with its tensors on the device, where it has some."""
    if not dataclasses.is_dataclass(marginal):
        return marginal
    fields = {f.name: getattr(marginal, f.name) for f in dataclasses.fields(marginal) if f.init}
    moved = {k: sent(v, device) for k, v in fields.items() if isinstance(v, Tensor)}
    return dataclasses.replace(marginal, **moved) if moved else marginal
