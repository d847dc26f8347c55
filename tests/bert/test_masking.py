import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorscope.bert.data.masking import Masking, Subwords, mask_tokens, uniform

PIECES = Subwords(4, np.arange(100) < 5, (np.arange(100) >= 60))  # ids from 60 go on with a word


def lines_of(lengths, seed=0):
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    tokens = np.random.default_rng(seed).integers(5, 100, size=offsets[-1])
    tokens[offsets[:-1]], tokens[offsets[1:] - 1] = 2, 3
    return tokens, offsets


@given(
    st.lists(st.integers(2, 12), min_size=1, max_size=6), st.permutations(range(6)), st.booleans()
)
def test_a_line_is_masked_alike_in_any_company(lengths, numbers, whole_words):
    masking = Masking(rate=0.5, whole_words=whole_words)
    tokens, offsets = lines_of(lengths)
    lines = np.array(numbers[: len(lengths)])
    together = mask_tokens(tokens, offsets, lines, PIECES, masking, seed=1, epoch=2)
    for i, line in enumerate(lines):
        part = slice(offsets[i], offsets[i + 1])
        alone = mask_tokens(
            tokens[part], np.array([0, lengths[i]]), np.array([line]), PIECES, masking, 1, 2
        )
        assert np.array_equal(alone.tokens, together.tokens[part])
        inside = (together.positions >= part.start) & (together.positions < part.stop)
        assert np.array_equal(alone.positions + part.start, together.positions[inside])
        assert np.array_equal(alone.targets, together.targets[inside])


def test_seed_epoch_and_line_decide_and_the_text_is_left_as_it_was():
    tokens, offsets = lines_of([200] * 3)
    before = tokens.copy()

    def chosen(seed=0, epoch=0, line=0):
        lines = np.arange(3) + line
        return mask_tokens(
            tokens, offsets, lines, PIECES, Masking(), seed, epoch
        ).positions.tolist()

    assert chosen() == chosen()
    assert len({tuple(c) for c in (chosen(), chosen(1), chosen(0, 1), chosen(0, 0, 1))}) == 4
    assert np.array_equal(tokens, before)


def test_whole_words_are_chosen_with_all_their_subwords():
    tokens, offsets = lines_of([50] * 200)
    masking = Masking(whole_words=True, mask=1.0, random=0.0)
    hidden = np.zeros(len(tokens), bool)
    masked = mask_tokens(tokens, offsets, np.arange(200), PIECES, masking, 0, 0)
    hidden[masked.positions] = True
    goes_on = PIECES.continues[tokens] & ~PIECES.special[np.roll(tokens, 1)]
    assert np.array_equal(hidden[goes_on], np.roll(hidden, 1)[goes_on])
    assert (masked.tokens[hidden] == PIECES.mask).all()
    # Words, not tokens, are chosen at the rate: three standard errors of 5,800 words or more.
    words = ~PIECES.continues[tokens] & ~PIECES.special[tokens]
    error = 3 * np.sqrt(0.15 * 0.85 / words.sum())
    assert hidden[words].mean() == pytest.approx(0.15, abs=error)


def test_random_words_are_uniform_over_the_words():
    tokens, offsets = lines_of([1000] * 200)
    masking = Masking(rate=0.5, mask=0.0, random=1.0)
    masked = mask_tokens(tokens, offsets, np.arange(200), PIECES, masking, 0, 0)
    counts = np.bincount(masked.tokens[masked.positions], minlength=100)
    assert not counts[:5].any()
    expected = len(masked.positions) / 95
    chi2 = ((counts[5:] - expected) ** 2 / expected).sum()
    assert chi2 < 94 + 4 * np.sqrt(2 * 94)  # mean and deviation of chi-square with 94 degrees


def test_hashes_are_uniform_and_unrelated():
    line, place = (a.ravel() for a in np.meshgrid(np.arange(400), np.arange(400)))
    u = uniform(0, ("a",), line.astype(np.uint64), place).reshape(400, 400)
    n = u.size
    assert u.mean() == pytest.approx(0.5, abs=4 * np.sqrt(1 / 12 / n))
    for other in (np.roll(u, 1, 0), np.roll(u, 1, 1), u.T):
        off = other[~np.eye(400, dtype=bool)], u[~np.eye(400, dtype=bool)]
        assert abs(np.corrcoef(*off)[0, 1]) < 4 / np.sqrt(n / 2)


def test_a_bpe_vocabulary_says_which_subwords_continue_a_word(lines):
    from priorscope.text.tokenizer import train_tokenizer

    tokenizer = train_tokenizer(["ba bace"] * 5, "bpe", 300)
    subwords = Subwords.of(tokenizer)
    number = tokenizer.token_to_id
    assert subwords.continues[number("a")]
    assert not subwords.continues[number("Ġ")]
    assert subwords.special[:5].all()
    assert not subwords.special[5:].any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rate": 0.0}, "between 0 and 1, but it is 0.0"),
        ({"rate": 1.0}, "between 0 and 1, but it is 1.0"),
        ({"mask": 0.8, "random": 0.3}, "at most 1, but they are 0.8 and 0.3"),
        ({"mask": -0.1}, "at least 0"),
    ],
)
def test_impossible_shares_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Masking(**options)
