import pytest

from priorscope.text.comparison import pieces_of, tokenizer_figures
from priorscope.text.tokenizer import train_tokenizer

TEXT = ["ab cd", "ab 나"] * 20


def test_figures_by_hand():
    tokenizer = train_tokenizer(TEXT, vocabulary=64)
    figures = tokenizer_figures(tokenizer, ["ab cd 나", "ab Q", ""])
    assert figures.tokens == 5
    assert figures.pieces_per_word == 1
    assert figures.unknown_rate == pytest.approx(1 / 5)
    assert figures.bytes_per_token == pytest.approx((9 + 4) / 5)
    with pytest.raises(ValueError, match="The text is empty"):
        tokenizer_figures(tokenizer, [" "])


def test_pieces_can_be_read():
    assert pieces_of(train_tokenizer(TEXT, vocabulary=64), "abQ 나") == ["[UNK]", "나"]
    bpe = train_tokenizer(["ab ab ab"], "bpe", 300)
    assert pieces_of(bpe, "ab ab") == ["ab", "·ab"]
    assert pieces_of(bpe, "[MASK]é") == ["[MASK]", "<c3>", "<a9>"]
