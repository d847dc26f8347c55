import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorscope.text import encode
from priorscope.text.encode import LineEncoder, encode_lines
from priorscope.text.tokenizer import train_tokenizer


def library(tokenizer, lines):
    return [e.ids for e in tokenizer.encode_batch_fast(lines, add_special_tokens=False)]


def ours(tokenizer, lines):
    encoded = LineEncoder(tokenizer).encode(lines)
    return [encoded[i].tolist() for i in range(len(encoded))]


@pytest.fixture(scope="module", params=[(True, False), (False, False), (True, True)])
def strict(request, lines):
    """Tokenizers with each rule on case and accents."""
    lowercase, strip = request.param
    text = [*lines, "Ünder É 字 漢 İ ab-cd Ångström"] * 2
    return train_tokenizer(
        text, vocabulary=600, lowercase=lowercase, strip_accents=strip, coverage=1.0
    )


@pytest.mark.slow
def test_every_character_is_treated_as_the_library_treats_it(strict):
    # All of the first plane but Chinese, Hangul and private use, of which some, as of the rest.
    alike = [(0x3400, 0xA000), (0xAC00, 0xD7A4), (0xE000, 0xF900), (0x10000, 0x110000)]
    codes = set(range(0x10000)).difference(*(range(*part) for part in alike))
    codes = codes.union(*(range(*part, 1009) for part in alike)) - set(range(0xD800, 0xE000))
    texts = [f"ba{chr(c)}ce {chr(c)}" for c in sorted(codes)]
    assert ours(strict, texts) == library(strict, texts)


ALPHABET = "abc dio ÜüÉé́İ̇ 나는에각가 字漢 .,!?-_[]#"
BLANK = "\t\n\r\x0b\x0c\x1c\x85\x00\ufffd\u200b\u2028\u3000\ufeff"
PIECES = st.sampled_from(
    [*ALPHABET, *BLANK, "[MASK]", "[SEP]", "[MA", "SK]", "##ba", "ba", "ce", "나는"]
)


@given(st.lists(st.lists(PIECES, max_size=12).map("".join), min_size=1, max_size=5))
def test_ids_are_the_librarys(strict, texts):
    assert ours(strict, texts) == library(strict, texts)


def test_words_of_any_length(strict):
    texts = ["ba" * n for n in (1, 49, 50, 51, 500)]
    assert ours(strict, texts) == library(strict, texts)


@pytest.mark.parametrize("kind", ["wordpiece", "bpe"])
def test_a_second_call_gives_the_same(lines, kind):
    tokenizer = train_tokenizer(lines, kind, 400)
    encoder = LineEncoder(tokenizer)
    for part in (lines[:100], lines[50:200], lines[:100]):
        encoded = encoder.encode(part)
        assert [encoded[i].tolist() for i in range(len(part))] == library(tokenizer, part)


def test_memory_is_bounded(lines, tokenizer, monkeypatch):
    monkeypatch.setattr(encode, "_MOST_WORDS", 50)
    encoder = LineEncoder(tokenizer)
    for start in range(0, 1000, 20):
        part = lines[start : start + 20]
        expected = [i for ids in library(tokenizer, part) for i in ids]
        assert encoder.encode(part).ids.tolist() == expected
    assert len(encoder._table) < 50 + 20 * 20


def test_lines_for_a_network_are_framed_and_cut(tokenizer):
    (short, long, empty) = encode_lines(tokenizer, ["ba", "ba " * 50, ""], max_tokens=10)
    assert short.tolist() == tokenizer.encode("ba").ids
    assert (len(long), long[0], long[-1]) == (10, 2, 3)
    assert empty.tolist() == [2, 3]
    assert short.dtype == np.int32
    with pytest.raises(ValueError, match="3 or more, not 2"):
        encode_lines(tokenizer, ["ba"], max_tokens=2)
