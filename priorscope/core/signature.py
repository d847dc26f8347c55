"""What a task feeds a model: the cut between the two, so that neither names the other."""

import dataclasses
from typing import Literal

from priorscope.core.config import Config
from priorscope.core.json_types import JsonObject
from priorscope.core.target import TARGETS, Target

Layout = Literal["vector", "series", "image", "tokens"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Signature(Config):
    """Shape of one example's input, and what is to be predicted from it.

    input_shape: (features,) of numbers; (tokens, channels) of a series;
        (rows, columns, channels) of an image; (tokens,) of token ids.
    target: classes, a quantity, ...
    vocabulary: number of distinct token ids, if inputs are token ids; id 0 is padding.
    padded: series only; the last channel is 1 where a time step exists and 0 on padding.
    """

    input_shape: tuple[int, ...]
    target: Target
    vocabulary: int | None = None
    padded: bool = False

    @property
    def layout(self) -> Layout:
        """How the axes are to be read."""
        if self.vocabulary is not None:
            return "tokens"
        return ("vector", "series", "image")[len(self.input_shape) - 1]

    @property
    def output_size(self) -> int:
        """Numbers that a network gives for each target: logits of classes, one mean, ..."""
        return self.target.output_size

    @classmethod
    def from_json(cls, data: JsonObject) -> "Signature":
        """The inverse of `to_json`.

        Raises:
            LookupError: if there is no such kind of target.
            ValueError: on another version, an unknown field, or a value of the wrong type.
        """
        if isinstance(target := data.get("target"), dict):
            data = data | {"target": TARGETS[str(target.get("kind"))].from_json(target)}
        return super().from_json(data)
