"""What BERT's normaliser and pre-tokenizer make of a character, asked of the library once each.

Both read one character at a time, so a table of images says all that they do.
"""

import unicodedata

from tokenizers import normalizers, pre_tokenizers


class CharacterImages(dict[int, str]):
    """Code point -> what `str.translate` has to put there; filled as characters are met.

    Inside a word that is the normalised character(s), or nothing; a character that is a word of
    its own (punctuation, a Chinese character) has spaces around it; white space is one space.

    special: the characters whose order among accents may change, so that the library must see
        the whole word.
    """

    def __init__(
        self, normalizer: normalizers.Normalizer, pre_tokenizer: pre_tokenizers.PreTokenizer
    ):
        super().__init__()
        self._normalizer = normalizer
        self._pre_tokenizer = pre_tokenizer
        self.special: set[str] = set()

    def __missing__(self, code: int) -> str:
        character = chr(code)
        normalised = self._normalizer.normalize_str(f"a{character}a")
        words = [word for word, _ in self._pre_tokenizer.pre_tokenize_str(normalised)]
        image = words[0][1:-1] if len(words) == 1 else f" {' '.join(words[1:-1])} "
        if image and unicodedata.combining(character):
            self.special.add(character)
        self[code] = image
        return image
