"""Which tokens a network has to predict: 15% of them, others at each pass over the text.

Devlin et al. 2019, section 3.1. Every decision is a hash of (seed, epoch, line, position),
so a line is masked the same way whatever batch, process or order it comes in.
"""

import dataclasses
from functools import cached_property

import numpy as np
from tokenizers import Tokenizer, models

from priorscope.core.config import Config
from priorscope.core.seeds import derive
from priorscope.text.tokenizer import special_ids

_UNIT = 2.0**-53


@dataclasses.dataclass(frozen=True, kw_only=True)
class Masking(Config):
    """How many tokens are masked, and how.

    rate: share of the tokens chosen, in (0, 1).
    mask, random: of the chosen, the share that becomes [MASK] and the share that becomes a random
        token; the rest stays as it is. Together at most 1.
    whole_words: choose words, all their subwords together, instead of subwords.
    """

    rate: float = 0.15
    mask: float = 0.8
    random: float = 0.1
    whole_words: bool = False

    def __post_init__(self):
        if not 0 < self.rate < 1:
            raise ValueError(f"The mask rate lies between 0 and 1, but it is {self.rate}.")
        if min(self.mask, self.random) < 0 or self.mask + self.random > 1 + 1e-12:
            raise ValueError(
                f"The shares of [MASK] and of random tokens are at least 0 and together at most 1, "
                f"but they are {self.mask} and {self.random}."
            )


@dataclasses.dataclass(frozen=True, eq=False)
class Subwords:
    """What masking must know of a vocabulary.

    mask: id of [MASK].
    special: (vocabulary,) True for tokens that are never chosen and never put in.
    continues: (vocabulary,) True for subwords that continue a word.
    """

    mask: int
    special: np.ndarray
    continues: np.ndarray

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> "Subwords":
        """Of `tokenizer`: `##` marks a subword that continues a word; BPE marks the others."""
        size = tokenizer.get_vocab_size()
        special, continues = np.zeros(size, bool), np.zeros(size, bool)
        special[list(tokenizer.get_added_tokens_decoder())] = True
        by_prefix = isinstance(tokenizer.model, models.WordPiece)
        for subword, number in tokenizer.get_vocab().items():
            continues[number] = subword.startswith("##") if by_prefix else subword[0] != "Ġ"
        return cls(special_ids(tokenizer)["[MASK]"], special, continues & ~special)

    @cached_property
    def replacements(self) -> np.ndarray:
        """Ids that may be put in place of a chosen token."""
        return np.flatnonzero(~self.special)


@dataclasses.dataclass(frozen=True, eq=False)
class MaskedText:
    """A text with tokens masked.

    tokens: (tokens,) what the network reads.
    positions: (chosen,) int64, rising: indices of the tokens that it has to predict.
    targets: (chosen,) int64: what stood there.
    """

    tokens: np.ndarray
    positions: np.ndarray
    targets: np.ndarray


def mask_tokens(
    tokens: np.ndarray,
    offsets: np.ndarray,
    lines: np.ndarray,
    subwords: Subwords,
    masking: Masking,
    seed: int,
    epoch: int,
) -> MaskedText:
    """Mask tokens of the lines that are end to end in `tokens`.

    Args:
        tokens: (tokens,) ids, left as they are.
        offsets: (lines + 1,) where each line begins, and the end.
        lines: (lines,) the number of each line; with `seed` and `epoch` it decides everything.
        subwords: see `Subwords`.
        masking: rate and shares.
        seed: of the run.
        epoch: the pass over the text.
    """
    lengths = np.diff(offsets)
    in_line = np.arange(len(tokens)) - np.repeat(offsets[:-1], lengths)
    line = np.repeat(lines.astype(np.uint64), lengths)
    units = in_line
    if masking.whole_words:
        starts = np.cumsum(~subwords.continues[tokens])
        units = starts - np.repeat(starts[offsets[:-1][lengths > 0]], lengths[lengths > 0])
    chosen = uniform(seed, ("chosen", epoch), line, units) < masking.rate
    positions = np.flatnonzero(chosen & ~subwords.special[tokens])
    line, in_line = line[positions], in_line[positions]
    kind = uniform(seed, ("kind", epoch), line, in_line)
    draw = uniform(seed, ("word", epoch), line, in_line)
    masked = tokens.copy()
    targets = tokens[positions].astype(np.int64)
    choices = subwords.replacements
    random = choices[(draw * len(choices)).astype(np.int64)]
    changed = np.where(kind < masking.mask, subwords.mask, random)
    masked[positions] = np.where(kind < masking.mask + masking.random, changed, targets)
    return MaskedText(masked, positions, targets)


def uniform(
    seed: int, purpose: tuple[str | int, ...], line: np.ndarray, position: np.ndarray
) -> np.ndarray:
    """Numbers in [0, 1): a SplitMix64 hash (Steele, Lea & Flood 2014) of everything handed in.

    line: uint64; position: whole numbers of the same shape.
    """
    z = line * np.uint64(0x9E3779B97F4A7C15) + np.uint64(derive(seed, *purpose))
    z = scramble(z) + position.astype(np.uint64) * np.uint64(0xD1B54A32D192ED03)
    return (scramble(z) >> np.uint64(11)) * _UNIT


def scramble(z: np.ndarray) -> np.ndarray:
    """SplitMix64's finaliser: uint64 to uint64, one to one, no visible trace of the order."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
