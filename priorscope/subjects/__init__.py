"""What measures look at: a trained network, inputs, and its attention, wherever it comes from."""

import dataclasses
from collections.abc import Callable
from typing import Literal

from jaxtyping import Bool, Float, Int64, Shaped
from torch import Tensor, nn

from priorscope.core.signature import Signature
from priorscope.wording.page import english

EAGER = "attn_implementation='eager'"


class UnreadableAttention(ValueError):
    """A network attends, but not from every token to every other, or hands no weights out."""


@dataclasses.dataclass(frozen=True)
class AttentionMaps:
    """Attention weights of every block, of tokens on a grid.

    blocks: (batch, heads, query, key) each, rows summing to 1, as they are before dropout.
    grid: rows and columns of tokens; a sequence has one row.
    leading: tokens before those of the grid, such as a class token.
    valid: which tokens of the grid are not padding; None: all.
    """

    blocks: tuple[Float[Tensor, "batch heads query key"], ...]
    grid: tuple[int, int]
    leading: int = 0
    valid: Bool[Tensor, "batch tokens"] | None = None

    def __post_init__(self) -> None:
        if not self.blocks or any(block.numel() == 0 for block in self.blocks):
            raise UnreadableAttention(english("probe.empty_attention", option=EAGER))
        patches = self.grid[0] * self.grid[1]
        tokens = max(self.leading + patches, patches)
        for block in self.blocks:
            queries, keys = block.shape[-2:]
            if (queries, keys) != (tokens, tokens):
                raise UnreadableAttention(
                    english("probe.partial_attention", queries=queries, keys=keys, tokens=tokens)
                )


Attention = Callable[[Shaped[Tensor, "batch ..."]], AttentionMaps]


@dataclasses.dataclass(frozen=True)
class Copy:
    """Another network of the same learner, trained for a measure.

    network, inputs: as in `Subject`; the inputs are those it was trained on.
    steps: updates until it answered `TAUGHT` of its examples right; None: it never did.
    planned: updates after which it was given up.
    """

    network: nn.Module
    inputs: Shaped[Tensor, "batch ..."]
    steps: int | None
    planned: int


Labels = Literal["real", "random"]
Retraining = Callable[[Labels, int], Copy]
"""Trains a new network of the subject's learner on its labels or on random ones, by a seed."""


@dataclasses.dataclass(frozen=True)
class CueConflict:
    """Images whose shape says one class and whose texture another.

    inputs: as in `Subject`. shape, texture: class indices, different in each example.
    """

    inputs: Float[Tensor, "batch rows columns channels"]
    shape: Int64[Tensor, " batch"]
    texture: Int64[Tensor, " batch"]


@dataclasses.dataclass(frozen=True)
class Subject:
    """A network with inputs to measure it on; measures read nothing else.

    network: in evaluation mode; maps inputs to outputs, (batch, outputs).
    inputs: (batch, *signature.input_shape) as the network reads them: standardised, or token ids.
    signature: of these inputs.
    attention: runs the network on inputs and gives its attention; None: it has none.
    targets: class indices of the inputs; None: they have none.
    retraining: see `Retraining`; None: it is a saved network, and no learner.
    conflict: see `CueConflict`; None: there are no such images.
    batch: examples that are run at once, for the memory.
    replicas: networks of one learner that `network` stands for; each has its share of the inputs
        and outputs, one after the other.
    answers: outputs of the inputs where they have been computed, for all measures that start there.
    notes: sentences about the network that belong beside all of its numbers.
    """

    network: nn.Module
    inputs: Shaped[Tensor, "batch ..."]
    signature: Signature
    attention: Attention | None = None
    targets: Int64[Tensor, " batch"] | None = None
    retraining: Retraining | None = None
    conflict: CueConflict | None = None
    batch: int = 64
    replicas: int = 1
    answers: Float[Tensor, "batch outputs"] | None = None
    notes: tuple[str, ...] = ()

    def first(self, examples: int) -> "Subject":
        """The same on fewer examples."""
        if examples >= len(self.inputs):
            return self
        targets, answers = (
            None if values is None else values[:examples] for values in (self.targets, self.answers)
        )
        return dataclasses.replace(
            self, inputs=self.inputs[:examples], targets=targets, answers=answers
        )
