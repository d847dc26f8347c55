"""Which words a network has to guess: 15% of them, drawn anew at each pass over the text.

Devlin et al. 2019, section 3.1. Every decision is a hash of (seed, epoch, line, place), so a line
is masked the same way whatever batch, process or order it comes in.
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
    """How many words are hidden, and how.

    rate: share of the words chosen, in (0, 1).
    mask, random: of the chosen, the share that becomes [MASK] and the share that becomes a random
        word; the rest stays as it is. Together at most 1.
    whole_words: choose words, all their pieces together, instead of pieces.
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
                f"The shares of [MASK] and of random words are at least 0 and together at most 1, "
                f"but they are {self.mask} and {self.random}."
            )


@dataclasses.dataclass(frozen=True, eq=False)
class Pieces:
    """What masking must know of a vocabulary.

    mask: id of [MASK].
    special: (vocabulary,) True for pieces that are never chosen and never put in.
    continues: (vocabulary,) True for pieces that go on with a word.
    """

    mask: int
    special: np.ndarray
    continues: np.ndarray

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> "Pieces":
        """Those of `tokenizer`: `##` marks a WordPiece that goes on, BPE marks the others."""
        size = tokenizer.get_vocab_size()
        special, continues = np.zeros(size, bool), np.zeros(size, bool)
        special[list(tokenizer.get_added_tokens_decoder())] = True
        by_prefix = isinstance(tokenizer.model, models.WordPiece)
        for piece, number in tokenizer.get_vocab().items():
            continues[number] = piece.startswith("##") if by_prefix else piece[0] != "Ġ"
        return cls(special_ids(tokenizer)["[MASK]"], special, continues & ~special)

    @cached_property
    def words(self) -> np.ndarray:
        """Ids that may be put in place of a chosen piece."""
        return np.flatnonzero(~self.special)


@dataclasses.dataclass(frozen=True, eq=False)
class Masked:
    """A text with words hidden.

    tokens: (tokens,) what the network sees.
    positions: (chosen,) int64, rising: where it has to guess.
    targets: (chosen,) int64: what stood there.
    """

    tokens: np.ndarray
    positions: np.ndarray
    targets: np.ndarray


def mask_tokens(
    tokens: np.ndarray,
    offsets: np.ndarray,
    lines: np.ndarray,
    pieces: Pieces,
    masking: Masking,
    seed: int,
    epoch: int,
) -> Masked:
    """Hide words of the lines that lie end to end in `tokens`.

    Args:
        tokens: (tokens,) ids, left as they are.
        offsets: (lines + 1,) where each line begins, and the end.
        lines: (lines,) the number of each line; with `seed` and `epoch` it decides everything.
        pieces: see `Pieces`.
        masking: rate and shares.
        seed: of the run.
        epoch: the pass over the text.
    """
    lengths = np.diff(offsets)
    places = np.arange(len(tokens)) - np.repeat(offsets[:-1], lengths)
    line = np.repeat(lines.astype(np.uint64), lengths)
    units = places
    if masking.whole_words:
        starts = np.cumsum(~pieces.continues[tokens])
        units = starts - np.repeat(starts[offsets[:-1][lengths > 0]], lengths[lengths > 0])
    chosen = uniform(seed, ("chosen", epoch), line, units) < masking.rate
    positions = np.flatnonzero(chosen & ~pieces.special[tokens])
    line, places = line[positions], places[positions]
    kind = uniform(seed, ("kind", epoch), line, places)
    draw = uniform(seed, ("word", epoch), line, places)
    seen = tokens.copy()
    targets = tokens[positions].astype(np.int64)
    words = pieces.words[(draw * len(pieces.words)).astype(np.int64)]
    shown = np.where(kind < masking.mask, pieces.mask, words)
    seen[positions] = np.where(kind < masking.mask + masking.random, shown, targets)
    return Masked(seen, positions, targets)


def uniform(
    seed: int, purpose: tuple[str | int, ...], line: np.ndarray, place: np.ndarray
) -> np.ndarray:
    """Numbers in [0, 1): a SplitMix64 hash (Steele, Lea & Flood 2014) of everything handed in.

    line: uint64; place: whole numbers of the same shape.
    """
    z = line * np.uint64(0x9E3779B97F4A7C15) + np.uint64(derive(seed, *purpose))
    z = scramble(z) + place.astype(np.uint64) * np.uint64(0xD1B54A32D192ED03)
    return (scramble(z) >> np.uint64(11)) * _UNIT


def scramble(z: np.ndarray) -> np.ndarray:
    """SplitMix64's finaliser: uint64 to uint64, one to one, no visible trace of the order."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
