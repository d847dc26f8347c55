"""Whether a network reads the order of what it gets: swaps, n-grams, reversal."""

import dataclasses

import torch
from torch import Tensor

from priorscope.core.seeds import torch_stream
from priorscope.measures.probes import PROBES, Probe, Probed, Reading
from priorscope.measures.probes._estimates import relative
from priorscope.measures.probes._outputs import accuracy_reading, answers, outputs
from priorscope.measures.probes._transforms import existing, reordered, reversed_in_time
from priorscope.subjects import Subject
from priorscope.wording.page import english

NGRAMS = (1, 2, 3, 4)


def neighbours_swapped(inputs: Tensor, movable: Tensor, share: float, seed: int = 0) -> Tensor:
    """A share of neighbouring pairs of positions in the other order; no position moves twice.

    inputs: (batch, tokens, ...). movable: (batch, tokens), the positions that may move.
    """
    stream = torch_stream(seed, "swaps")
    rank = movable.cumsum(dim=1).double()
    pair = ((rank - 1) / 2).floor().long().clamp(min=0)
    swapped = torch.rand(movable.shape, generator=stream).to(inputs.device) < share
    of_pair = swapped.gather(1, pair)
    second = (rank - 1) % 2
    keys = rank + torch.where(of_pair, 1.5 - 3 * second, torch.zeros_like(rank))
    return reordered(inputs, movable, keys)


def ngrams_shuffled(inputs: Tensor, movable: Tensor, n: int, seed: int = 0) -> Tensor:
    """Pieces of n neighbouring positions in a random order; inside a piece the order is kept."""
    stream = torch_stream(seed, "ngrams")
    rank = movable.cumsum(dim=1)
    piece = ((rank - 1).clamp(min=0) / n).floor().long()
    order = torch.rand(movable.shape, generator=stream, dtype=torch.float64).to(inputs.device)
    keys = order.gather(1, piece) * 2 * movable.shape[1] ** 2 + rank / movable.shape[1]
    return reordered(inputs, movable, keys)


@PROBES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Order(Probe):
    """Whether the order is read: the accuracy, and how far the answers move, when neighbours are
    swapped, when pieces of 1 to 4 positions are shuffled, or when all is reversed. 0: the order is
    ignored; 1: the answers are as different as those to unrelated inputs.

    Padding stays, and so does a first or last token that all texts share ([CLS], [SEP]).

    examples: how many are used, at most.
    """

    examples: int = 256

    def why_not(self, subject: Subject) -> str | None:
        if subject.signature.layout in ("series", "tokens"):
            return None
        return english(f"probe.no_order.{subject.signature.layout}")

    def measure(self, subject: Subject) -> Probed:
        subject = subject.first(self.examples)
        x, movable = subject.inputs, existing(subject.signature, subject.inputs)
        before = answers(subject)
        base = accuracy_reading(subject, "accuracy", before)
        readings = [base]
        changed = [
            ("neighbours swapped", neighbours_swapped(x, movable, 1.0)),
            ("half of the neighbours swapped", neighbours_swapped(x, movable, 0.5)),
            *((f"{n}-grams shuffled", ngrams_shuffled(x, movable, n)) for n in NGRAMS),
            ("reversed", reversed_in_time(x, movable)),
        ]
        for name, moved in changed:
            after = outputs(subject, moved)
            if base.value is not None:
                readings.append(accuracy_reading(subject, f"accuracy, {name}", after))
            readings.append(Reading(name=f"change, {name}", value=relative(before, after)))
        return Probed(readings)
