"""What a task feeds a model: the cut between the two, so that neither names the other."""

import dataclasses
from typing import Literal

from priorscope.core.config import Config

Layout = Literal["vector", "series", "image", "tokens"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Signature(Config):
    """Shape of one example's input, and the number of classes.

    input_shape: (features,) of numbers; (tokens, channels) of a series;
        (rows, columns, channels) of an image; (tokens,) of token ids.
    num_classes: targets are 0 ... num_classes - 1.
    vocabulary: number of distinct token ids, if inputs are token ids; id 0 is padding.
    padded: series only; the last channel is 1 where a time step exists and 0 on padding.
    """

    input_shape: tuple[int, ...]
    num_classes: int
    vocabulary: int | None = None
    padded: bool = False

    @property
    def layout(self) -> Layout:
        """How the axes are to be read."""
        if self.vocabulary is not None:
            return "tokens"
        return ("vector", "series", "image")[len(self.input_shape) - 1]
