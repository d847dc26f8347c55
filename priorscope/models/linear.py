"""Linear model: the output is linear in the input (softmax regression on top)."""

from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from priorscope.core.signature import Signature
from priorscope.models import FIXED_ORDERS, MODELS, ModelConfig
from priorscope.nn.stem import vector_stem


@MODELS.register
@dataclass(frozen=True, kw_only=True)
class Linear(ModelConfig):
    """Logits = W x + b on the flattened input, or on a bag of tokens."""

    learning_rate: ClassVar[float] = 1e-2
    invariant_to: ClassVar[tuple[str, ...]] = ("channels-permuted", *FIXED_ORDERS)

    @property
    def vectorises(self) -> bool:
        return True

    def build(self, signature: Signature) -> nn.Sequential:
        stem, size = vector_stem(signature)
        return nn.Sequential(stem, nn.Linear(size, signature.num_classes))
