"""Logistic regression: `linear` with a penalty on its weights, solved instead of trained."""

from dataclasses import dataclass
from typing import Any, ClassVar

from priorscope.core.config import Rate
from priorscope.core.signature import Signature
from priorscope.models import FIXED_ORDERS, MODELS, SelfTrained
from priorscope.models._selection import logistic


@MODELS.register
@dataclass(frozen=True, kw_only=True)
class Logistic(SelfTrained):
    """Softmax regression on the flattened, standardised input or a bag of tokens.

    c: inverse of the penalty on squared weights; 0 chooses it by cross-validation inside the
        training part.
    """

    default_for: ClassVar[tuple[str, ...]] = ("vector",)
    default_place: ClassVar[int] = 70
    invariant_to: ClassVar[tuple[str, ...]] = ("channels-permuted", *FIXED_ORDERS)
    kinds: ClassVar[tuple[str, ...]] = ("classes",)

    c: Rate = 0.0

    def estimator(self, signature: Signature, seed: int) -> Any:
        return logistic(self.c, seed)
