"""A column of text, cut into subword tokens; the tokenizer never sees a label or a test text."""

import dataclasses
from pathlib import Path

import numpy as np

from priorscope.core.printable import printable
from priorscope.core.read import ColumnUse, Note
from priorscope.data.clean import assemble
from priorscope.data.columns import Columns, column, listed
from priorscope.data.identifiers import why_identifier
from priorscope.data.near import near_texts, noted
from priorscope.data.preprocessing.texts import MAX_CHARACTERS, TextColumn, encoded_texts
from priorscope.data.rows import RowsConfig, group_warning
from priorscope.data.source import Source
from priorscope.tasks import TASKS, Examples
from priorscope.text.encode import Encoded
from priorscope.text.tokenizer import load_tokenizer, special_ids, train_tokenizer

MANY_UNKNOWN = 0.1
LONGEST, LONGEST_GIVEN = 512, 128  # tokens


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Texts(RowsConfig):
    """Token ids (max tokens,) int32; 0 is padding.

    The length is what 99% of the training texts need, rounded up to 8 and at most `max_tokens`;
    longer texts are cut at the end. A text without tokens is one [UNK]. Learners may read less
    (`+tokens=R`).

    input: the column of text; "" takes the only one there is.
    tokenizer: folder or file of a saved tokenizer, with [CLS] before each text and [SEP] behind
        it, as a model pre-trained with it expects; "" trains one on the training texts, without.
    vocabulary: subwords of a tokenizer that is trained here, at most.
    max_tokens: length that no text exceeds; 0: `LONGEST`, or `LONGEST_GIVEN` with a tokenizer that
        is given, as networks that it belongs to read so many in time.
    drop_near: leave out test texts that differ from a training text in case, blanks and
        punctuation alone.
    """

    input: str = ""
    tokenizer: str = ""
    vocabulary: int = 4000
    max_tokens: int = 0
    drop_near: bool = False

    def load(self, seed: int = 0) -> Examples:
        if not 0 <= self.max_tokens <= 100_000:
            raise ValueError(f"max_tokens must lie in 0 ... 100,000, but it is {self.max_tokens}.")
        most = self.max_tokens or (LONGEST_GIVEN if self.tokenizer else LONGEST)
        source, target = self.read()
        name = text_column(source.columns, self.input, set(self.reserved(target)))
        split = self.split(source, target, seed)
        options = dataclasses.replace(split.options, drop_near=self.drop_near)
        split = dataclasses.replace(split, options=options)
        longest = MAX_CHARACTERS * most
        texts = [text[:longest] for text in source.columns[name].texts]
        # sorted: the order of the rows, which the seed decides, must not change the tokenizer
        training = [texts[i] for i in np.sort(split.train)]
        if self.tokenizer:
            tokenizer = load_tokenizer(Path(self.tokenizer))
        else:
            tokenizer = train_tokenizer(training, vocabulary=self.vocabulary)
        special = special_ids(tokenizer)
        encoded = encoded_texts(tokenizer, texts, most)
        preprocessing = TextColumn(
            column=name,
            tokenizer=tokenizer.to_str(),
            most=most,
            tokens=_length(encoded, split.train, most, 2 if self.tokenizer else 0),
            around=bool(self.tokenizer),
            header=source.has_header,
            encoding=self.encoding,
        )
        ids, plain = preprocessing.padded(encoded, special)
        notes = [Note(text, level) for text, level in plain]
        unknown = float((encoded.ids == special["[UNK]"]).mean()) if len(encoded.ids) else 0.0
        if unknown > MANY_UNKNOWN:
            notes.append(
                Note(
                    f"{unknown:.0%} of the tokens are unknown to the tokenizer; is it the one for "
                    "these texts?",
                    "warning",
                )
            )
        split, near = noted(split, near_texts(texts, split.train, split.test), "texts")
        notes += near
        rest = _other_inputs(source, {name, *self.reserved(target)})
        if rest and not self.input:
            notes.append(
                Note(
                    f"{', '.join(map(repr, rest[:5]))} beside the text {name!r} are left out; "
                    "--kind vector reads the table without its text.",
                    "warning",
                )
            )
        if not self.group:
            notes += group_warning(source.columns, {target, name, self.time})
        examples = assemble(
            split,
            ids[split.train],
            ids[split.test],
            kind="text",
            vocabulary=tokenizer.get_vocab_size(),
            notes=[*source.notes, *notes],
            columns=[
                ColumnUse(column, True, "text")
                if column == name
                else ColumnUse(column, False, "", self.reserved(target).get(column, "not the text"))
                for column in source.columns
            ],
            unknown_tokens=unknown,
            preprocessing=preprocessing,
        )
        names = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
        names = [name for name, _ in names]
        pad = special["[PAD]"]
        names[0], names[pad] = names[pad], names[0]  # padding is 0 here, see `TextColumn`
        return dataclasses.replace(examples, token_names=tuple(names))


def _other_inputs(source: Source, others: set[str]) -> list[str]:
    """Columns of numbers or categories that are no identifiers."""
    return [
        name
        for name, column in source.columns.items()
        if name not in others
        and column.kind in ("number", "category", "vector")
        and not why_identifier(column, source.parts)
    ]


def text_column(columns: Columns, wanted: str, others: set[str]) -> str:
    """The column of text: the one that is wanted, or the only one besides `others`.

    Raises:
        LookupError: if the wanted one does not exist.
        ValueError: if it holds no text, or none or several do.
    """
    if wanted:
        kind = column(columns, wanted).kind
        if wanted in others:
            raise ValueError(f"The column {wanted!r} is both input and target, group or time.")
        words = kind in ("text", "category", "image name")
        if not words and not (kind == "vector" and columns[wanted].is_text):
            what = {"number": "numbers", "nested": "lists or records"}.get(kind, f"{kind}s")
            raise ValueError(
                f"The column {wanted!r} holds {what}, not text; leave out --kind text to read "
                "a table, or name a column of text."
            )
        return wanted
    texts = [name for name in columns if name not in others and columns[name].kind == "text"]
    if len(texts) == 1:
        return texts[0]
    rest = [n for n in columns if n not in others and columns[n].kind == "category"]
    if not texts and len(rest) == 1:
        return rest[0]
    which = f"several are text ({printable(', '.join(texts))})" if texts else "none holds text"
    raise ValueError(
        f"Which column is the input? {which}; give --input. The columns are {listed(columns)}."
    )


def _length(encoded: Encoded, train: np.ndarray, most: int, extra: int) -> int:
    """Tokens that 99% of the training texts need, in eights, `extra` ones included; see `Texts`."""
    lengths = np.diff(encoded.offsets)
    needed = int(np.ceil((np.quantile(lengths[train], 0.99) + extra) / 8)) * 8
    return max(1 + extra, min(most, needed))
