"""Gradient boosting: questions about one feature at a time, each tree corrects those before it."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from priorscope.core.config import Count, Share
from priorscope.core.signature import Signature
from priorscope.models import MODELS, SelfTrained
from priorscope.models._selection import Selected

LEAF = 20  # training examples in a leaf, at least, as scikit-learn has it, but not more than
LEAVES = 20  # a 20th of them all: fewer than 40 could not be cut even once


@MODELS.register
@dataclass(frozen=True, kw_only=True)
class Boosting(SelfTrained):
    """Histogram gradient boosting of scikit-learn (after LightGBM: Ke et al. 2017).

    On the flattened input or a bag of tokens. Of two equally good cuts the first feature's is
    taken, so no order is exactly nothing to it.

    max_iter: rounds, each of one tree, or of one per class. max_leaf_nodes: of a tree.
    shrinkage: factor on every tree, scikit-learn's `learning_rate`.
    """

    default_for: ClassVar[tuple[str, ...]] = ("vector",)
    default_place: ClassVar[int] = 110

    max_iter: Count = 100
    max_leaf_nodes: Annotated[int, Meta(ge=2, le=10_000)] = 31
    shrinkage: Share = 0.1

    def estimator(self, signature: Signature, seed: int) -> Any:
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

        quantity = signature.target.name() == "quantity"
        kind = HistGradientBoostingRegressor if quantity else HistGradientBoostingClassifier

        def make(n: int) -> list[Any]:
            return [
                kind(
                    max_iter=self.max_iter,
                    max_leaf_nodes=self.max_leaf_nodes,
                    learning_rate=self.shrinkage,
                    min_samples_leaf=min(LEAF, max(1, n // LEAVES)),
                    random_state=seed,
                )
            ]

        return Selected(make, seed)
