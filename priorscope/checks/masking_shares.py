"""Whether 15% of the words are hidden, 80, 10 and 10% of them in the three ways, and where."""

import dataclasses
import math

import numpy as np

from priorscope.bert.data.masking import Masking, Subwords, mask_tokens
from priorscope.checks import CHECKS, Check, CheckFigure
from priorscope.runs.experiment import Rows

_MASK, _SPECIALS = 4, 5


@CHECKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class MaskingShares(Check):
    """Shares over `tokens` tokens, within three standard errors; special tokens are never masked.

    tokens: of the made-up text, the special tokens at both ends of a line included.
    vocabulary: token ids that can be sampled; one in so many random ones is the right one.
    """

    tokens: int = 1 << 20
    vocabulary: int = 1000

    def judge(self, rows: Rows) -> list[CheckFigure]:
        masking, subwords = Masking(), _subwords(self.vocabulary)
        lines = self.tokens // 16
        offsets = np.arange(0, 16 * lines + 1, 16)
        tokens = np.random.default_rng(0).integers(_SPECIALS, self.vocabulary, size=16 * lines)
        tokens[offsets[:-1]], tokens[offsets[1:] - 1] = 2, 3
        masked = mask_tokens(tokens, offsets, np.arange(lines), subwords, masking, 0, 0)
        changed, true = masked.tokens[masked.positions], masked.targets
        chosen, words = len(true), 14 * lines
        same = 1 / (self.vocabulary - _SPECIALS)  # a random word may be the right one
        shares = {
            "words hidden": (chosen, words, masking.rate),
            "of them [MASK]": (int((changed == _MASK).sum()), chosen, 0.8),
            "of them another word": (
                int(((changed != _MASK) & (changed != true)).sum()),
                chosen,
                0.1 * (1 - same),
            ),
            "of them unchanged": (int((changed == true).sum()), chosen, 0.1 + 0.1 * same),
        }
        figures = [_within(name, *counts) for name, counts in shares.items()]
        special = (
            subwords.special[true].sum() + (subwords.special[changed] & (changed != _MASK)).sum()
        )
        left = np.delete(masked.tokens, masked.positions)
        untouched = np.array_equal(left, np.delete(tokens, masked.positions))
        return [
            *figures,
            CheckFigure("special tokens masked or put in", float(special), 0.0, 0.0),
            CheckFigure("all other tokens are as they were", float(untouched), 1.0, 1.0),
        ]


def _subwords(vocabulary: int) -> Subwords:
    special = np.arange(vocabulary) < _SPECIALS
    return Subwords(_MASK, special, np.zeros(vocabulary, bool))


def _within(name: str, count: int, of: int, expected: float) -> CheckFigure:
    error = 3 * math.sqrt(expected * (1 - expected) / of)
    return CheckFigure(f"share: {name}", count / of, expected - error, expected + error)
