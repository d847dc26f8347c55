"""What measures look at: a trained network, inputs, and its attention, wherever it comes from."""

import dataclasses
from collections.abc import Callable
from typing import Literal

from jaxtyping import Bool, Float, Int64, Shaped
from torch import Tensor, nn

from priorscope.core.signature import Signature


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
            raise ValueError(
                "The network gave no attention weights; a fused kernel returns none, so load it "
                "with attn_implementation='eager'."
            )
        tokens = self.leading + self.grid[0] * self.grid[1]
        for block in self.blocks:
            if block.shape[-1] != tokens:
                raise ValueError(
                    f"Attention has {block.shape[-1]} keys, but a grid of {self.grid[0]} x "
                    f"{self.grid[1]} tokens and {self.leading} before them are {tokens}."
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
