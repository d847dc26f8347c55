"""Which tokens and pairs of neighbours occur: tf-idf, then logistic regression."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from msgspec import Meta
from torch import nn

from priorscope.core.config import Rate
from priorscope.core.signature import Signature
from priorscope.models import MODELS, SelfTrained
from priorscope.models._ngrams import NGrams, OnNGrams
from priorscope.models._selection import logistic


@MODELS.register
@dataclass(frozen=True, kw_only=True)
class Tfidf(SelfTrained):
    """Logistic regression on tf-idf of token n-grams, with 1 + log(tf) (Salton & Buckley 1988).

    longest: n of the longest n-grams; all shorter ones are used too.
    c: inverse of the penalty on squared weights; 0 chooses it by cross-validation inside the
        training part.
    """

    default_for: ClassVar[tuple[str, ...]] = ("tokens",)
    default_place: ClassVar[int] = 140
    layouts: ClassVar[tuple[str, ...]] = ("tokens",)
    kinds: ClassVar[tuple[str, ...]] = ("classes",)

    longest: Annotated[int, Meta(ge=1, le=8)] = 2
    c: Rate = 0.0

    def stem(self, signature: Signature) -> nn.Module:
        return nn.Identity()

    def estimator(self, signature: Signature, seed: int) -> Any:
        from sklearn.feature_extraction.text import TfidfTransformer

        assert signature.vocabulary is not None
        ngrams = NGrams(signature.vocabulary, self.longest)
        return OnNGrams(ngrams, TfidfTransformer(sublinear_tf=True), logistic(self.c, seed))
