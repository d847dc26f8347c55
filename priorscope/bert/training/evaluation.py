"""What is reported at a moment of a pre-training, and the sums that it is made from."""

import dataclasses
import math
import time

import numpy as np

from priorscope.bert.data.packing import MaskedBatch
from priorscope.bert.model.shape import BertShape
from priorscope.bert.training.flops import masked_lm_flops
from priorscope.bert.training.held_out import HeldOut


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """A moment of the training.

    progress: share of the training done, in [0, 1]. seconds: spent on training so far.
    loss, accuracy: of the masked tokens since the last evaluation; nats, share. NaN at the start.
    tokens_per_second: without padding, all processes together, since the last evaluation.
    flops: model FLOPs per second, see `masked_lm_flops`.
    input_share: share of the time spent on reading, packing and masking.
    held_out: figures on the held-out documents; None in all processes but the first.
    """

    step: int
    progress: float
    seconds: float
    loss: float
    accuracy: float
    learning_rate: float
    tokens_per_second: float
    flops: float
    input_share: float
    held_out: HeldOut | None


@dataclasses.dataclass
class Tally:
    """Sums since the last evaluation."""

    started: float = dataclasses.field(default_factory=time.perf_counter)
    loss: float = 0.0
    right: float = 0.0
    masked: int = 0
    tokens: int = 0
    flops: float = 0.0
    reading: float = 0.0

    def count(self, batch: MaskedBatch, shape: BertShape) -> None:
        """Add a batch's tokens and FLOPs."""
        squared = int((np.diff(batch.offsets) ** 2).sum())
        self.tokens += len(batch.tokens)
        self.flops += masked_lm_flops(shape, len(batch.tokens), squared, len(batch.positions))

    def means(self, seconds: float, processes: int) -> dict[str, float]:
        """The fields of `Evaluation` that are means over these `seconds`."""
        return {
            "loss": self.loss / self.masked if self.masked else math.nan,
            "accuracy": self.right / self.masked if self.masked else math.nan,
            "tokens_per_second": processes * self.tokens / seconds,
            "flops": self.flops / seconds,
            "input_share": self.reading / seconds,
        }
