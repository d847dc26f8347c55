import pytest

from priorscope.text.comparison import subwords_of, tokenizer_figures
from priorscope.text.tokenizer import train_tokenizer

TEXT = ["ab cd", "ab 나"] * 20


def test_figures_by_hand():
    tokenizer = train_tokenizer(TEXT, vocabulary=64)
    figures = tokenizer_figures(tokenizer, ["ab cd 나", "ab Q", ""])
    assert figures.tokens == 5
    assert figures.tokens_per_word == 1
    assert figures.unknown_rate == pytest.approx(1 / 5)
    assert figures.bytes_per_token == pytest.approx((9 + 4) / 5)
    with pytest.raises(ValueError, match="The text is empty"):
        tokenizer_figures(tokenizer, [" "])


def test_subwords_can_be_read():
    assert subwords_of(train_tokenizer(TEXT, vocabulary=64), "abQ 나") == ["[UNK]", "나"]
    bpe = train_tokenizer(["ab ab ab"], "bpe", 300)
    assert subwords_of(bpe, "ab ab") == ["ab", "·ab"]
    assert subwords_of(bpe, "[MASK]é") == ["[MASK]", "<c3>", "<a9>"]
