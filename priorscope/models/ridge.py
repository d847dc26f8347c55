"""Ridge regression: least squares with a penalty on the weights, for quantities."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from priorscope.core.config import Rate
from priorscope.core.signature import Signature
from priorscope.models import FIXED_ORDERS, MODELS, SelfTrained

PENALTIES = np.logspace(-3, 5, 17)


@MODELS.register
@dataclass(frozen=True, kw_only=True)
class Ridge(SelfTrained):
    """Least squares on the flattened, standardised input or a bag of tokens.

    alpha: penalty on squared weights; 0 chooses it by leaving out each training example once.
    """

    default_for: ClassVar[tuple[str, ...]] = ("vector",)
    default_place: ClassVar[int] = 80
    invariant_to: ClassVar[tuple[str, ...]] = ("channels-permuted", *FIXED_ORDERS)
    kinds: ClassVar[tuple[str, ...]] = ("quantity",)

    alpha: Rate = 0.0

    def estimator(self, signature: Signature, seed: int) -> Any:
        from sklearn.linear_model import RidgeCV

        return RidgeCV(alphas=[self.alpha] if self.alpha else PENALTIES)
