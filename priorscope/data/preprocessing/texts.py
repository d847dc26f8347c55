"""A column of text as token ids, with the tokenizer and the length of training."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from priorscope.core.preprocessing import PREPROCESSINGS, NewInputs, Preprocessing, row_names
from priorscope.core.printable import cause
from priorscope.core.read import Level
from priorscope.data.preprocessing.columns import check_columns, read_rows
from priorscope.text.encode import Encoded, LineEncoder
from priorscope.text.tokenizer import decoded_tokenizer, special_ids

MAX_CHARACTERS = 500  # for each token that is kept: the rest of a long text isn't tokenized


@PREPROCESSINGS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class TextColumn(Preprocessing):
    """Token ids (tokens,) int32; 0 is padding, longer texts are cut at their end.

    Where the tokenizer calls padding something else, that id and 0 change places.

    column: of the text. tokenizer: as the JSON of the tokenizers library.
    tokens: length of every text. most: the limit under which that length was chosen.
    around: whether [CLS] and [SEP] stand around each text.
    header, encoding: of a file, see `Columns`.
    """

    column: str = ""
    tokenizer: str = ""
    tokens: int = 0
    most: int = 0
    around: bool = False
    header: bool = True
    encoding: str = ""

    def read(self, path: Path) -> NewInputs:
        source = read_rows(path, self.encoding, self.header)
        check_columns(path, source.columns, [self.column])
        texts = source.columns[self.column].texts
        try:
            tokenizer = decoded_tokenizer(self.tokenizer)
        except Exception as error:  # the library raises plain Exception
            raise ValueError(f"The model's tokenizer can't be read: {cause(error)}.") from error
        ids, notes = self.padded(encoded_texts(tokenizer, texts, self.most), special_ids(tokenizer))
        return NewInputs(
            ids, source.names or row_names(len(texts)), tuple(text for text, _ in notes)
        )

    def padded(
        self, texts: Encoded, special: dict[str, int]
    ) -> tuple[np.ndarray, list[tuple[str, Level]]]:
        """(texts, tokens) int32 with 0 behind the end of each text, and notes with their level."""
        lengths = np.diff(texts.offsets)
        room = self.tokens - (2 if self.around else 0)
        notes: list[tuple[str, Level]] = []
        if (cut := int((lengths > room).sum())) > 0:
            text = f"{cut:,} of {len(lengths):,} texts are cut to their first {room} tokens."
            notes.append((text, "information"))
        if (empty := int((lengths == 0).sum())) > 0:
            text = f"{empty:,} of {len(lengths):,} texts are empty; they are read as [UNK]."
            notes.append((text, "warning"))
        positions = np.arange(room)
        kept = np.minimum(lengths, room)
        inside = positions < kept[:, None]
        words = np.zeros((len(lengths), room), dtype=np.int32)
        words[inside] = texts.ids[(texts.offsets[:-1, None] + positions)[inside]]
        words[lengths == 0, 0] = special["[UNK]"]
        pad = special["[PAD]"]
        inside[lengths == 0, 0] = True
        if self.around:
            words, inside = (np.pad(array, ((0, 0), (1, 1))) for array in (words, inside))
            ends = 1 + np.maximum(kept, 1)
            words[:, 0] = special["[CLS]"]
            words[np.arange(len(words)), ends] = special["[SEP]"]
            inside[:, 0] = inside[np.arange(len(inside)), ends] = True
        if pad:
            zeros, pads = inside & (words == 0), inside & (words == pad)
            words[zeros], words[pads] = pad, 0
        return words, notes


def encoded_texts(tokenizer: Tokenizer, texts: Sequence[str], most: int) -> Encoded:
    """Token ids of texts, of which `most` tokens are needed at most."""
    longest = MAX_CHARACTERS * most
    return LineEncoder(tokenizer).encode([text[:longest] for text in texts])
