"""Nearest neighbours: what is close over all features together has the same target."""

from dataclasses import dataclass
from typing import Any, ClassVar

from priorscope.core.config import Size
from priorscope.core.signature import Signature
from priorscope.models import FIXED_ORDERS, MODELS, SelfTrained
from priorscope.models._selection import Selected

NEIGHBOURS = (5, 1, 3, 9, 17, 33)


@MODELS.register
@dataclass(frozen=True, kw_only=True)
class KNN(SelfTrained):
    """Class shares (or the mean) among the k nearest training examples, by Euclidean distance.

    On the flattened, standardised input or a bag of tokens.

    n_neighbors: k, at most half of the training part; 0 chooses it by cross-validation there.
    """

    default_for: ClassVar[tuple[str, ...]] = ("vector",)
    default_place: ClassVar[int] = 90
    invariant_to: ClassVar[tuple[str, ...]] = ("channels-permuted", *FIXED_ORDERS)

    n_neighbors: Size = 0

    def estimator(self, signature: Signature, seed: int) -> Any:
        from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

        quantity = signature.target.name() == "quantity"
        kind = KNeighborsRegressor if quantity else KNeighborsClassifier
        values = [self.n_neighbors] if self.n_neighbors else NEIGHBOURS

        def make(n: int) -> list[Any]:
            ks = dict.fromkeys(min(k, max(1, n // 2)) for k in values)
            return [kind(n_neighbors=k, algorithm="brute", n_jobs=1) for k in ks]

        return Selected(make, seed)
