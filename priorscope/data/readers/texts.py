"""A column of text, cut into WordPiece tokens; the tokenizer never sees a label or a test text."""

import dataclasses
from pathlib import Path

import numpy as np

from priorscope.core.config import Share
from priorscope.data.clean import assemble, split_examples
from priorscope.data.columns import (
    Columns,
    as_numbers,
    column,
    is_missing,
    looks_like_text,
    read_source,
    target_column,
)
from priorscope.tasks import TASKS, Examples, TaskConfig
from priorscope.text.encode import Encoded, Encoder
from priorscope.text.tokenizer import load_tokenizer, special_ids, train_tokenizer


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Texts(TaskConfig):
    """Token ids (max tokens,) int32; 0 is padding.

    The length is what 99% of the training texts need, rounded up to 8 and at most `max_tokens`;
    longer texts are cut at the end. A text without tokens is one [UNK].

    path: a .csv, .tsv, .jsonl or .parquet file, or a folder with train.* and test.*.
    input: the column of text; "" takes the only one there is.
    target: the column of classes; "" takes the only column named target, label, class, ...
    test: a second file of the same columns, the test split.
    tokenizer: folder or file of a saved tokenizer, with [CLS] before each text and [SEP] behind
        it, as a model pre-trained with it expects; "" trains one on the training texts, without.
    vocabulary: pieces of a tokenizer that is trained here, at most.
    max_tokens: length that no text exceeds.
    test_share: share held out where there is no test file.
    strict: refuse missing labels instead of leaving the rows out.
    """

    path: str
    input: str = ""
    target: str = ""
    test: str = ""
    tokenizer: str = ""
    vocabulary: int = 4000
    max_tokens: int = 64
    test_share: Share = 0.2
    strict: bool = False

    def load(self, seed: int = 0) -> Examples:
        if self.max_tokens < 1:
            raise ValueError(f"max_tokens must be at least 1, but it is {self.max_tokens}.")
        source = read_source(Path(self.path), self.test)
        target = target_column(source.columns, self.target)
        name = _text_column(source.columns, self.input, target)
        texts = ["" if is_missing(v) else str(v) for v in source.columns[name]]
        split = split_examples(
            source.columns[target],
            source.is_test,
            test_share=self.test_share,
            strict=self.strict,
            seed=seed,
        )
        # sorted: the order of the rows, which the seed decides, must not change the tokenizer
        training = [texts[i] for i in np.sort(split.train)]
        if self.tokenizer:
            tokenizer = load_tokenizer(Path(self.tokenizer))
        else:
            tokenizer = train_tokenizer(training, vocabulary=self.vocabulary)
        special = special_ids(tokenizer)
        if special["[PAD]"] != 0:
            raise ValueError(
                f"{self.tokenizer} has [PAD] as id {special['[PAD]']}, but it must be 0."
            )
        encoded = Encoder(tokenizer).encode(texts)
        around = (special["[CLS]"], special["[SEP]"]) if self.tokenizer else ()
        ids, notes = _padded(
            encoded, split.train, self.max_tokens, unknown=special["[UNK]"], around=around
        )
        return assemble(
            split,
            ids[split.train],
            ids[split.test],
            vocabulary=tokenizer.get_vocab_size(),
            notes=[*source.notes, *notes],
        )


def _text_column(columns: Columns, wanted: str, target: str) -> str:
    if wanted:
        values = column(columns, wanted)
        if wanted == target:
            raise ValueError(f"The column {wanted!r} is both input and target.")
        if as_numbers(values) is not None:
            raise ValueError(
                f"The column {wanted!r} holds numbers, not text; leave out kind=text to read "
                "a table, or name a column of text."
            )
        return wanted
    found = [name for name in columns if name != target and looks_like_text(columns[name])]
    if len(found) != 1:
        which = f"several are text ({', '.join(found)})" if found else "none holds text"
        raise ValueError(
            f"Which column is the input? {which}; give --input. The columns are "
            f"{', '.join(columns)}."
        )
    return found[0]


def _padded(
    texts: Encoded, train: np.ndarray, most: int, *, unknown: int, around: tuple[int, ...]
) -> tuple[np.ndarray, list[str]]:
    """(texts, tokens) int32 with 0 behind the end of each text, and notes.

    around: the ids before and behind each text, or none.
    """
    lengths = np.diff(texts.offsets)
    extra = len(around)
    needed = int(np.ceil((np.quantile(lengths[train], 0.99) + extra) / 8)) * 8
    tokens = max(1 + extra, min(most, needed))
    room = tokens - extra
    notes = []
    if (cut := int((lengths > room).sum())) > 0:
        notes.append(f"{cut} of {len(lengths)} texts are cut to their first {room} tokens.")
    if (empty := int((lengths == 0).sum())) > 0:
        notes.append(f"{empty} of {len(lengths)} texts are empty; they are read as [UNK].")
    places = np.arange(room)
    kept = np.minimum(lengths, room)
    inside = places < kept[:, None]
    words = np.zeros((len(lengths), room), dtype=np.int32)
    words[inside] = texts.ids[(texts.offsets[:-1, None] + places)[inside]]
    words[lengths == 0, 0] = unknown
    if not around:
        return words, notes
    before, behind = around
    result = np.pad(words, ((0, 0), (1, 1)))
    result[:, 0] = before
    result[np.arange(len(result)), 1 + np.maximum(kept, 1)] = behind
    return result, notes
