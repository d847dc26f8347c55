"""WordPiece on single words, to the library's rules and many times as fast on short strings."""

import json
import re
from collections.abc import Sequence

from tokenizers import Tokenizer

from priorscope.text.characters import CharacterImages


class WordPieces:
    """The ids of what is between two spaces, for a tokenizer built as BERT's is.

    A word is cut from the left into the longest subwords there are; a word that can't be cut, or
    is longer than the tokenizer allows, is one `[UNK]`.
    """

    def __init__(self, tokenizer: Tokenizer, longest_word: int):
        self._tokenizer = tokenizer
        self._images = CharacterImages(tokenizer.normalizer, tokenizer.pre_tokenizer)
        self._images[ord("\n")] = "\n"  # separates texts, which have no white space inside
        self._first = tokenizer.get_vocab()
        self._later = {p[2:]: i for p, i in self._first.items() if p.startswith("##")}
        self._lengths_first = _lengths(self._first)
        self._lengths_later = _lengths(self._later)
        self._longest_word = longest_word
        self._unknown = [self._first["[UNK]"]]
        added = [t.content for t in tokenizer.get_added_tokens_decoder().values()]
        self._added = re.compile("|".join(map(re.escape, added)) or "(?!)")

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> "WordPieces | None":
        """For `tokenizer`, or None if it follows other rules than BERT's."""
        state = json.loads(tokenizer.to_str())
        model, normalizer = state["model"], state["normalizer"] or {}
        plain = all(
            t["special"] and not re.search(r"\s", t["content"]) for t in state["added_tokens"]
        )
        if (
            model.get("type") == "WordPiece"
            and model.get("continuing_subword_prefix") == "##"
            and model.get("unk_token") == "[UNK]"
            and normalizer.get("type") == "BertNormalizer"
            and (state["pre_tokenizer"] or {}).get("type") == "BertPreTokenizer"
            and normalizer.get("clean_text")
            and plain
        ):
            return cls(tokenizer, model["max_input_chars_per_word"])
        return None

    def __call__(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of each text; none has white space inside."""
        joined = "\n".join(texts)
        words = [text.split(" ") for text in joined.translate(self._images).split("\n")]
        ids = [self._cut(w[0]) if len(w) == 1 else self._cut_all(w) for w in words]
        if self._added.search(joined) or not self._images.special.isdisjoint(joined):
            for i, text in enumerate(texts):
                if self._added.search(text) or not self._images.special.isdisjoint(text):
                    ids[i] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def _cut_all(self, words: list[str]) -> list[int]:
        return [number for word in words for number in self._cut(word)]

    def _cut(self, word: str) -> list[int]:
        """The ids of a normalised word; none for an empty one."""
        if word in self._first and len(word) <= self._longest_word:
            return [self._first[word]]
        size = len(word)
        if size > self._longest_word:
            return self._unknown
        ids: list[int] = []
        subwords, lengths, start = self._first, self._lengths_first, 0
        while start < size:
            for length in lengths.get(word[start], ()):
                number = subwords.get(word[start : start + length])
                if number is not None:
                    break
            else:
                return self._unknown
            ids.append(number)
            start += length
            subwords, lengths = self._later, self._lengths_later
        return ids


def _lengths(subwords: dict[str, int]) -> dict[str, tuple[int, ...]]:
    """Of the subwords that begin with a character, the lengths there are, longest first."""
    lengths: dict[str, set[int]] = {}
    for subword in subwords:
        if subword:
            lengths.setdefault(subword[0], set()).add(len(subword))
    return {character: tuple(sorted(sizes, reverse=True)) for character, sizes in lengths.items()}
