"""Many features of few examples: linear models fitted in the span of the examples.

A penalty on squared weights is the same for rotated inputs, and its solution is a sum of training
examples (the representer theorem, Kimeldorf & Wahba 1971). So coordinates in which examples have
the same inner products give the same model, and of n examples there are n of them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy import sparse
from scipy.linalg import solve_triangular

MOST = 4000  # examples; their inner products are 128 MB then
OWN = 1e-10  # share of an inner product that is an example's alone, so that equal ones differ
NONZERO, FEATURE = 10, 40  # cost for a solver's step, in products of dense matrices


@dataclass(frozen=True)
class SpanOfExamples:
    """inputs: the examples. coordinates: lower triangular, with the same inner products."""

    inputs: sparse.csr_matrix
    coordinates: Float[np.ndarray, "examples examples"]

    def bring_back(self, fitted: Any) -> None:
        """Turn a linear model of the coordinates into one of the features, in place."""
        sums = solve_triangular(self.coordinates, fitted.coef_.T, lower=True, trans=1)
        fitted.coef_ = np.ascontiguousarray((self.inputs.T @ sums).T)
        fitted.n_features_in_ = fitted.coef_.shape[1]


def span_of(inputs: Any) -> SpanOfExamples | None:
    """The span of sparse examples, or None where fitting in it would cost more."""
    if not sparse.issparse(inputs):
        return None
    examples, features = inputs.shape
    as_they_are = NONZERO * inputs.nnz + FEATURE * features
    if examples > MOST or examples**2 >= as_they_are:
        return None
    products = (inputs @ inputs.T).toarray()
    products[np.diag_indices(examples)] += OWN * max(products.trace() / examples, 1.0)
    return SpanOfExamples(sparse.csr_matrix(inputs), np.linalg.cholesky(products))
