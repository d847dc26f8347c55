import itertools

import numpy as np
import pytest

from priorscope.bert.data import cooccurrence
from priorscope.bert.data.cooccurrence import token_vectors
from priorscope.bert.data.corpus import Corpus

GROUPS = 4
WORDS = 10


def corpus_of(documents):
    starts = np.cumsum([0, *map(len, documents)])
    return Corpus(np.concatenate(documents), starts, np.arange(len(documents) + 1), "")


@pytest.fixture(scope="module")
def grouped():
    """Documents of words of one group each; word 0 never occurs."""
    stream = np.random.default_rng(0)
    return corpus_of([1 + WORDS * (d % GROUPS) + stream.integers(0, WORDS, 30) for d in range(400)])


def vectors_of(corpus, width=8, vocabulary=1 + GROUPS * WORDS):
    return token_vectors(corpus, np.arange(len(corpus.documents) - 1), vocabulary, width)


def test_words_that_occur_together_have_like_vectors(grouped):
    found = vectors_of(grouped)[1:]
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    alike = (found @ found.T).reshape(GROUPS, WORDS, GROUPS, WORDS)
    for a, b in itertools.product(range(GROUPS), repeat=2):
        assert (alike[a, :, b] > 0.8).all() if a == b else (abs(alike[a, :, b]) < 0.2).all()


def test_a_word_that_never_occurs_has_no_vector(grouped):
    found = vectors_of(grouped)
    assert not found[0].any()
    assert found[1:].any(axis=1).all()


def test_is_the_rank_of_the_mutual_information_by_definition(monkeypatch):
    monkeypatch.setattr(cooccurrence, "WINDOW", 2)
    documents = [np.array([1, 2, 3, 1]), np.array([2, 3, 3])]
    counts = np.zeros((4, 4))
    for words in documents:
        for i, j in itertools.permutations(range(len(words)), 2):
            counts[words[i], words[j]] += abs(i - j) <= 2
    of_contexts = counts.sum(axis=0) ** 0.75
    of_contexts /= of_contexts.sum()
    expected = np.zeros((4, 4))
    for i, j in np.argwhere(counts):
        expected[i, j] = max(0.0, np.log(counts[i, j] / counts[i].sum() / of_contexts[j]))
    left, values, _ = np.linalg.svd(expected)
    whole = left * values**0.5
    found = vectors_of(corpus_of(documents), width=4, vocabulary=4)
    # Of columns only the sign, and which of two equal values comes first, are free.
    assert found @ found.T == pytest.approx(whole @ whole.T, abs=1e-5)


def test_windows_end_with_their_document():
    apart = corpus_of([np.array([1, 1, 1]), np.array([2, 2, 2])])
    found = vectors_of(apart, width=2, vocabulary=3)
    assert found[1] @ found[2] == pytest.approx(0, abs=1e-6)


def test_columns_beyond_the_rank_are_empty():
    found = vectors_of(corpus_of([np.array([1, 2, 3, 1])]), width=16, vocabulary=4)
    assert found.shape == (4, 16)
    assert not found[:, 4:].any()


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_parts_are_the_first_tokens_and_their_documents(grouped, monkeypatch, size):
    monkeypatch.setattr("priorscope.bert.data.corpus._PART", size)
    chosen = np.array([3, 4, 9])
    parts = list(grouped.parts(chosen, 70))
    tokens, owner = (np.concatenate(both) for both in zip(*parts, strict=True))
    expected = np.concatenate([grouped.tokens[30 * d : 30 * d + 30] for d in chosen])[:70]
    assert tokens.tolist() == expected.tolist()
    assert owner.tolist() == np.repeat(chosen, 30)[:70].tolist()


def test_no_tokens_give_no_parts(grouped):
    assert list(grouped.parts(np.array([3, 4]), 0)) == []
