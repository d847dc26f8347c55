"""The sizes of a BERT network, and the published ones."""

import dataclasses
from typing import Literal

from priorscope.core.config import Config, Count, Depth, DropoutRate, Width
from priorscope.nn.block import Activation

Size = Literal["tiny", "mini", "small", "medium", "base", "large"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class BertShape(Config):
    """All sizes of a BERT network; the default is BERT-Base, uncased (Devlin et al. 2019).

    vocabulary: number of distinct tokens. max_tokens: how far positions reach.
    segments: how many sentences can be told apart.
    positions: "sinusoidal" and "none" are departures from the paper.
    causal: each token attends to itself and to earlier tokens alone: a left-to-right variant.
    padding: the id whose embedding starts at zero.

    Raises:
        ValueError: if there is no such id.
    """

    vocabulary: Count = 30_522
    width: Width = 768
    depth: Depth = 12
    num_heads: Width = 12
    mlp_width: Count = 3072
    max_tokens: Count = 512
    segments: Count = 2
    dropout: DropoutRate = 0.1
    attention_dropout: DropoutRate = 0.1
    epsilon: float = 1e-12
    activation: Activation = "gelu"
    positions: Literal["learned", "sinusoidal", "none"] = "learned"
    causal: bool = False
    padding: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.padding < self.vocabulary:
            raise ValueError(
                f"The id of padding lies between 0 and {self.vocabulary - 1}, the last of the "
                f"vocabulary, but it is {self.padding}."
            )


DEPTH_AND_WIDTH: dict[Size, tuple[int, int]] = {  # heads are 64 wide; Turc et al. 2019
    "tiny": (2, 128),
    "mini": (4, 256),
    "small": (4, 512),
    "medium": (8, 512),
    "base": (12, 768),
    "large": (24, 1024),
}


def bert_shape(
    size: Size, vocabulary: int = 30_522, **other: int | float | str | bool
) -> BertShape:
    """The shape of a published size; `other` fields of `BertShape` may be set as well."""
    depth, width = DEPTH_AND_WIDTH[size]
    sizes = {"depth": depth, "width": width, "num_heads": width // 64, "mlp_width": 4 * width}
    return BertShape.from_json({"vocabulary": vocabulary, **sizes, **other})
