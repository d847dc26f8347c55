"""Linear model: the output is linear in the input (softmax or least-squares regression)."""

from dataclasses import dataclass
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor, nn

from priorscope.core.signature import Signature
from priorscope.models import FIXED_ORDERS, MODELS, ModelConfig
from priorscope.nn.stem import vector_stem


@MODELS.register
@dataclass(frozen=True, kw_only=True)
class Linear(ModelConfig):
    """Logits = W x + b on the flattened input, or on a bag of tokens."""

    default_for: ClassVar[tuple[str, ...]] = ("vector", "series", "image", "tokens")
    default_place: ClassVar[int] = 10
    learning_rate: ClassVar[float] = 1e-2
    invariant_to: ClassVar[tuple[str, ...]] = ("channels-permuted", *FIXED_ORDERS)

    @property
    def vectorises(self) -> bool:
        return True

    def build(self, signature: Signature) -> nn.Sequential:
        stem, size = vector_stem(signature)
        if signature.output_size == 1:
            return nn.Sequential(stem, LeastSquares(size))
        return nn.Sequential(stem, nn.Linear(size, signature.output_size))


class LeastSquares(nn.Linear):
    """One output, GAIN (w x + b), from w = 0, b = 0.

    A quantity needs weights of a certain size, where of logits the direction is half of the work.
    AdamW moves a parameter by about its learning rate per step, whatever the gradient; the gain
    lets a few hundred steps reach the least-squares solution from anywhere.
    """

    GAIN: ClassVar[float] = 5.0

    def __init__(self, size: int):
        super().__init__(size, 1)
        nn.init.zeros_(self.weight)
        nn.init.zeros_(self.bias)

    def forward(self, input: Float[Tensor, "batch size"]) -> Float[Tensor, "batch 1"]:
        return self.GAIN * super().forward(input)
