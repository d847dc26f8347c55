"""Whether our token ids are those of `transformers`' BertTokenizerFast."""

import dataclasses
from collections.abc import Sequence
from itertools import islice
from typing import ClassVar

import numpy as np

from priorscope.checks import CHECKS, Check, CheckFigure
from priorscope.core.seeds import numpy_stream
from priorscope.runs.experiment import Rows
from priorscope.text.encode import LineEncoder
from priorscope.text.stdlib import StandardLibrary
from priorscope.text.tokenizer import train_tokenizer

_FIRST_SYLLABLE, _SYLLABLES = 0xAC00, 11_172


@CHECKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class TokenizerParity(Check):
    """Ids of English docstrings and of made-up Korean, cased and uncased, the same vocabulary.

    lines: of each language.
    """

    needs: ClassVar[tuple[str, ...]] = ("transformers",)

    lines: int = 2000

    def judge(self, rows: Rows) -> list[CheckFigure]:
        texts = {
            "English": list(islice(StandardLibrary(), self.lines)),
            "Korean": _korean(self.lines),
        }
        return [
            CheckFigure(
                f"lines with other ids, {language}, {'un' if lowercase else ''}cased",
                float(different_lines(text, lowercase)),
                0.0,
                0.0,
            )
            for language, text in texts.items()
            for lowercase in (True, False)
        ]


def different_lines(text: Sequence[str], lowercase: bool, vocabulary: int = 4000) -> int:
    """Lines to which BertTokenizerFast gives other ids, with a vocabulary trained on the text."""
    from transformers import (  # an optional package
        BertTokenizerFast,  # pyright: ignore[reportAttributeAccessIssue]
    )

    tokenizer = train_tokenizer(text, vocabulary=vocabulary, lowercase=lowercase)
    theirs = BertTokenizerFast(
        vocab=tokenizer.get_vocab(), do_lower_case=lowercase, strip_accents=False
    )
    expected = theirs(list(text), add_special_tokens=False)["input_ids"]
    encoded = LineEncoder(tokenizer).encode(text)
    return sum(encoded[i].tolist() != ids for i, ids in enumerate(expected))


def _korean(lines: int) -> list[str]:
    """Words of syllables, the first ones much more often, with punctuation and Latin between."""
    stream = numpy_stream(0, "korean")
    codes = _FIRST_SYLLABLE + (_SYLLABLES * stream.random((lines, 40)) ** 8).astype(int)
    marks = np.array(list("     .,!?ABc1"))
    codes[:, 3::4] = [[ord(c) for c in row] for row in stream.choice(marks, (lines, 10))]
    return ["".join(map(chr, row)) for row in codes]
