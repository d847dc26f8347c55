"""Which characters a text has, how often, and which of them occur inside a word.

The library's trainer numbers the subwords `##x` in the order of a hash table, so the same text
gives another vocabulary at every run. Handing it these subwords in advance, sorted, removes the
chance; finding them takes one pass over the text, in numpy.
"""

from collections.abc import Iterable

import numpy as np
from tokenizers import normalizers, pre_tokenizers

from priorscope.text.characters import CharacterImages

UNICODE = 0x110000
_UNSEEN, _BOUNDARY, _INSIDE, _REMOVED = 0, 1, 2, 3


class Alphabet:
    """Counts of characters, after normalisation, of the text that was shown to `read`."""

    def __init__(
        self, normalizer: normalizers.Normalizer, pre_tokenizer: pre_tokenizers.PreTokenizer
    ):
        self._images = CharacterImages(normalizer, pre_tokenizer)
        self._kind = np.zeros(UNICODE, np.uint8)
        self._counts = np.zeros(UNICODE, np.int64)
        self._continues = np.zeros(UNICODE, bool)

    def read(self, lines: Iterable[str]) -> None:
        """Count the characters of `lines`; a line's end ends a word."""
        text = "\n".join(lines)
        characters = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        if not characters.size:
            return
        counts = np.bincount(characters, minlength=UNICODE)
        self._counts += counts
        for code in np.flatnonzero((counts > 0) & (self._kind == _UNSEEN)).tolist():
            image = self._images[code]
            boundary = image.startswith(" ")
            self._kind[code] = _BOUNDARY if boundary else _INSIDE if image else _REMOVED
        kinds = self._kind[characters]
        kept = kinds != _REMOVED
        if not kept.all():
            characters, kinds = characters[kept], kinds[kept]
        inside = kinds == _INSIDE
        self._continues[characters[1:][inside[1:] & inside[:-1]]] = True

    def characters(self) -> dict[str, int]:
        """Each normalised character with its count, the most frequent first."""
        counts: dict[str, int] = {}
        for code, image in self._images.items():
            for character in image.strip():
                counts[character] = counts.get(character, 0) + int(self._counts[code])
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def inside_words(self) -> set[str]:
        """The normalised characters that occur after another one in some word."""
        characters: set[str] = set()
        for code, image in self._images.items():
            if self._kind[code] == _INSIDE:
                characters.update(image[1:])
                if self._continues[code]:
                    characters.add(image[0])
        return characters


def covering(counts: dict[str, int], coverage: float, most: int) -> list[str]:
    """The most frequent characters that make up `coverage` of the text, at most `most`, sorted.

    coverage: share in (0, 1]; a character below it becomes part of an unknown word.
    """
    wanted = coverage * sum(counts.values())
    kept: list[str] = []
    covered = 0
    for character, count in counts.items():  # the most frequent first
        if covered >= wanted or len(kept) >= most:
            break
        kept.append(character)
        covered += count
    return sorted(kept)
