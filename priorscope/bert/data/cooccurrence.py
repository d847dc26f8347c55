"""Token vectors from which tokens occur together, without a network."""

import numpy as np

from priorscope.bert.data.corpus import Corpus

WINDOW = 10
MOST_TOKENS = 8_000_000
MOST_CONTEXTS = 2048
_MOST_CELLS = 1 << 25  # of the table of counts: 256 MB
_SMOOTHING = 0.75


def token_vectors(corpus: Corpus, documents: np.ndarray, vocabulary: int, width: int) -> np.ndarray:
    """(vocabulary, width) float32: tokens that occur with the same tokens have similar vectors.

    Counts how often a token is at most `WINDOW` tokens from each of the most frequent ones, in
    one document; takes the positive pointwise mutual information and its truncated singular
    value decomposition, each side with the root of the values (Levy & Goldberg 2014, section 4.2;
    contexts smoothed as in Levy, Goldberg & Dagan 2015, section 3.2). Of the first 8 million
    tokens. One that never occurs has 0; columns beyond the rank are 0.
    """
    parts = list(corpus.parts(documents, MOST_TOKENS))
    frequency = sum(np.bincount(tokens, minlength=vocabulary) for tokens, _ in parts)
    contexts = min(MOST_CONTEXTS, max(_MOST_CELLS // vocabulary, width), vocabulary)
    column = np.full(vocabulary, -1)
    column[np.argsort(-frequency, kind="stable")[:contexts]] = np.arange(contexts)
    counts = np.zeros(vocabulary * contexts, dtype=np.int64)
    for tokens, owner in parts:
        for distance in range(1, WINDOW + 1):
            together = owner[distance:] == owner[:-distance]
            before, after = tokens[:-distance][together], tokens[distance:][together]
            for token, context in ((before, after), (after, before)):
                index = column[context]
                cells = (token * contexts + index)[index >= 0]
                counts += np.bincount(cells, minlength=len(counts))
    return _factors(_information(counts.reshape(vocabulary, contexts)), width)


def _information(counts: np.ndarray) -> np.ndarray:
    """Positive pointwise mutual information of tokens (rows) and contexts (columns), in nats."""
    of_tokens = counts.sum(axis=1, keepdims=True)
    of_contexts = counts.sum(axis=0) ** _SMOOTHING
    with np.errstate(divide="ignore", invalid="ignore"):
        information = np.log(counts / of_tokens / (of_contexts / of_contexts.sum()))
    return np.where(information > 0, information, 0).astype(np.float32)


def _factors(table: np.ndarray, width: int) -> np.ndarray:
    """Left singular vectors times the roots of their values, the greatest `width` of them."""
    values, vectors = np.linalg.eigh(table.T @ table)  # of squares of the singular values
    kept = np.flatnonzero(values > 1e-6 * max(values[-1], 1e-30))[::-1][:width]
    out = np.zeros((len(table), width), dtype=np.float32)
    out[:, : len(kept)] = table @ (vectors[:, kept] * values[kept] ** -0.25)
    return out
