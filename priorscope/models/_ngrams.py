"""Token ids as sparse counts of n-grams, and estimators on them."""

from typing import Any

import numpy as np
from jaxtyping import Int
from scipy import sparse


class NGrams:
    """Counts of runs of 1 ... `longest` tokens, of those that occur in the training part.

    Padding (id 0) belongs to none. Ids lie below `vocabulary`, and vocabulary ** longest must
    fit 63 bits.
    """

    def __init__(self, vocabulary: int, longest: int):
        if longest * np.log2(max(vocabulary, 2)) >= 63:
            raise ValueError(
                f"longest must be smaller, but runs of {longest} tokens of a vocabulary of "
                f"{vocabulary:,} are too many to be numbered."
            )
        self.vocabulary, self.longest = vocabulary, longest

    def fit(self, ids: Int[np.ndarray, "examples tokens"]) -> "NGrams":
        """Find which occur."""
        self.keys = [
            np.unique(self._keys(ids, n)[1]) for n in range(1, min(self.longest, ids.shape[1]) + 1)
        ]
        return self

    def transform(self, ids: Int[np.ndarray, "examples tokens"]) -> sparse.csr_matrix:
        """(examples, n-grams), float64; those that didn't occur in training are left out."""
        parts = []
        for n, kept_keys in enumerate(self.keys, start=1):
            rows, keys = self._keys(ids, n)
            columns = np.searchsorted(kept_keys, keys).clip(max=max(len(kept_keys) - 1, 0))
            kept = kept_keys[columns] == keys if len(kept_keys) else np.zeros(len(keys), dtype=bool)
            entries = (np.ones(kept.sum()), (rows[kept], columns[kept]))
            parts.append(sparse.csr_matrix(entries, shape=(len(ids), len(kept_keys))))
        return sparse.csr_matrix(sparse.hstack(parts, format="csr"))

    def _keys(self, ids: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Row and number of every n-gram without padding, in order."""
        ids = ids.astype(np.int64)
        width = ids.shape[1] - n + 1
        keys = np.zeros((len(ids), width), dtype=np.int64)
        whole = np.ones((len(ids), width), dtype=bool)
        for offset in range(n):
            part = ids[:, offset : offset + width]
            keys = keys * self.vocabulary + part
            whole &= part != 0
        return np.nonzero(whole)[0], keys[whole]


class OnNGrams:
    """A classifier that is given the n-grams of token ids.

    Args:
        ngrams: counts them.
        weights: a transformer of the counts, or None.
        classifier: of sparse rows.
    """

    def __init__(self, ngrams: NGrams, weights: Any, classifier: Any):
        self.ngrams, self.weights, self.classifier = ngrams, weights, classifier

    def fit(self, ids: np.ndarray, targets: np.ndarray) -> "OnNGrams":
        """Count, weigh, fit."""
        counts = self.ngrams.fit(ids).transform(ids)
        if self.weights is not None:
            counts = self.weights.fit_transform(counts)
        self.classifier.fit(counts, targets)
        self.classes_ = self.classifier.classes_
        return self

    def predict_proba(self, ids: np.ndarray) -> np.ndarray:
        """(examples, classes), in the order of `classes_`."""
        counts = self.ngrams.transform(ids)
        if self.weights is not None:
            counts = self.weights.transform(counts)
        return self.classifier.predict_proba(counts)
