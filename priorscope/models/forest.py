"""A random forest: axis-aligned questions, many deep trees, each on its own sample."""

from dataclasses import dataclass
from typing import Any, ClassVar

from priorscope.core.config import Count
from priorscope.core.signature import Signature
from priorscope.models import FIXED_ORDERS, MODELS, SelfTrained


@MODELS.register
@dataclass(frozen=True, kw_only=True)
class Forest(SelfTrained):
    """Random forest (Breiman 2001) of scikit-learn on the flattened input or a bag of tokens.

    It asks about one feature at a time, in random order, so the order of the features is nothing
    to it; the basis that they are in is everything.

    n_estimators: trees. min_samples_leaf: training examples in a leaf, at least.
    """

    default_for: ClassVar[tuple[str, ...]] = ("vector", "image")
    default_place: ClassVar[int] = 100
    invariant_to: ClassVar[tuple[str, ...]] = ("channels-permuted", *FIXED_ORDERS)

    n_estimators: Count = 200
    min_samples_leaf: Count = 1

    def estimator(self, signature: Signature, seed: int) -> Any:
        from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

        quantity = signature.target.name() == "quantity"
        kind = RandomForestRegressor if quantity else RandomForestClassifier
        return kind(
            n_estimators=self.n_estimators,
            min_samples_leaf=self.min_samples_leaf,
            random_state=seed,
            n_jobs=1,
        )
