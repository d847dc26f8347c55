"""What tokenizers make of the same text: WordPiece next to BPE."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from tokenizers import Tokenizer, models

from priorscope.text.encode import LineEncoder


@dataclass(frozen=True)
class TokenizerFigures:
    """One tokenizer on one text.

    vocabulary: number of token ids.
    tokens_per_word: tokens per string between two spaces.
    unknown_rate: share of the tokens that are [UNK], in [0, 1].
    bytes_per_token: UTF-8 bytes of the text per token, without line ends.
    """

    vocabulary: int
    tokens: int
    tokens_per_word: float
    unknown_rate: float
    bytes_per_token: float


def tokenizer_figures(tokenizer: Tokenizer, lines: Iterable[str]) -> TokenizerFigures:
    """Measure on `lines`.

    Raises:
        ValueError: if there are no words in them.
    """
    encoder, unknown = LineEncoder(tokenizer), tokenizer.token_to_id("[UNK]")
    words = size = tokens = missing = 0
    source = iter(lines)
    while chunk := list(islice(source, 1000)):
        ids = encoder.encode(chunk).ids
        words += sum(len(line.split()) for line in chunk)
        size += sum(len(line.encode()) for line in chunk)
        tokens += len(ids)
        missing += int((ids == unknown).sum())
    if not tokens:
        raise ValueError("The text is empty, so there is nothing to compare tokenizers on.")
    return TokenizerFigures(
        tokenizer.get_vocab_size(), tokens, tokens / words, missing / tokens, size / tokens
    )


def subwords_of(tokenizer: Tokenizer, sentence: str) -> list[str]:
    """The subwords as a person reads them: `##` before what continues a word (WordPiece).

    Of BPE, `·` is a space, and a byte that isn't a character by itself is in hexadecimal.
    """
    subwords = tokenizer.encode(sentence, add_special_tokens=False).tokens
    if isinstance(tokenizer.model, models.WordPiece):
        return subwords
    special = {t.content for t in tokenizer.get_added_tokens_decoder().values()}
    table = _byte_of_character()
    return [p if p in special else _readable(bytes(table[c] for c in p)) for p in subwords]


def _readable(data: bytes) -> str:
    try:
        return data.decode().replace(" ", "·")
    except UnicodeDecodeError:
        return "".join(f"<{byte:02x}>" for byte in data)


def _byte_of_character() -> dict[str, int]:
    """The alphabet of byte-level BPE (Radford et al. 2019): printable bytes stand for themselves.

    The others follow, in order, from U+0100.
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(b): b for b in printable} | {chr(256 + i): b for i, b in enumerate(others)}
