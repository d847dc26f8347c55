"""Naive Bayes: each token speaks for itself, however often and wherever it stands."""

from dataclasses import dataclass
from typing import Any, ClassVar

from torch import nn

from priorscope.core.config import Rate
from priorscope.core.signature import Signature
from priorscope.models import FIXED_ORDERS, MODELS, SelfTrained
from priorscope.models._ngrams import NGrams, OnNGrams
from priorscope.models._selection import Selected

PSEUDO_COUNTS = (1.0, 0.1, 0.3, 3.0, 10.0)


@MODELS.register
@dataclass(frozen=True, kw_only=True)
class NaiveBayes(SelfTrained):
    """Multinomial naive Bayes on token counts (McCallum & Nigam 1998).

    alpha: pseudo-count of every token in every class; 0 chooses it by cross-validation inside
        the training part.
    """

    default_for: ClassVar[tuple[str, ...]] = ("tokens",)
    default_place: ClassVar[int] = 150
    invariant_to: ClassVar[tuple[str, ...]] = FIXED_ORDERS
    layouts: ClassVar[tuple[str, ...]] = ("tokens",)
    kinds: ClassVar[tuple[str, ...]] = ("classes",)

    alpha: Rate = 0.0

    def stem(self, signature: Signature) -> nn.Module:
        return nn.Identity()

    def estimator(self, signature: Signature, seed: int) -> Any:
        from sklearn.naive_bayes import MultinomialNB

        assert signature.vocabulary is not None
        values = [self.alpha] if self.alpha else PSEUDO_COUNTS
        classifier = Selected(lambda n: [MultinomialNB(alpha=a) for a in values], seed)
        return OnNGrams(NGrams(signature.vocabulary, 1), None, classifier)
