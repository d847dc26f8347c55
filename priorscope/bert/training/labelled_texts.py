"""Columns of texts and classes as what a classifier is trained, validated and tested on."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from priorscope.bert.data.classified import Classified, classify_texts, classify_words
from priorscope.bert.training.classifier import Kind
from priorscope.core.seeds import numpy_stream
from priorscope.data.clean import LabelOptions, split_examples
from priorscope.data.columns import column, target_column
from priorscope.data.readers.texts import text_column
from priorscope.data.text_folders import source_of

VALIDATION_SHARE = 0.1


@dataclasses.dataclass(frozen=True, kw_only=True)
class LabelledTextSettings:
    """How labelled texts are read.

    Parameters
    ----------
    input
        Column of texts; by default the only one that holds text.
    target
        Column of classes; by default one named target, label, class or y.
    pair
        Column of second texts, where a class belongs to a pair.
    kind
        sequence: a class for each text; token: one for each word, separated by spaces.
    test
        File with the test split; without it a fifth is held out.
    max_tokens
        Longest text in tokens; by default as long as the network reads.
    """

    input: str | None = None
    target: str | None = None
    pair: str | None = None
    kind: Kind = "sequence"
    test: str | None = None
    max_tokens: int | None = None

    def __post_init__(self):
        if self.max_tokens is not None and self.max_tokens < 4:
            raise ValueError(
                f"max_tokens counts [CLS] and [SEP], so it is 4 or more, not {self.max_tokens}."
            )


@dataclasses.dataclass(frozen=True, eq=False)
class LabelledTexts:
    """Rows with a text, perhaps a second one, and a class or a class for each word.

    parts: row numbers for training, validation and test.
    targets: (rows,) class of each row, or of each word of each row.
    """

    texts: list[str]
    pairs: list[str] | None
    targets: Sequence[int] | Sequence[Sequence[int]]
    class_names: tuple[str, ...]
    parts: tuple[np.ndarray, np.ndarray, np.ndarray]
    notes: tuple[str, ...]

    def encoded(self, rows: np.ndarray, tokenizer: Tokenizer, max_tokens: int) -> Classified:
        """These rows as token ids with targets."""
        texts = [self.texts[i] for i in rows]
        targets = [self.targets[i] for i in rows]
        if targets and not isinstance(targets[0], int):
            return classify_words(tokenizer, texts, targets, max_tokens)  # type: ignore[arg-type]
        pairs = None if self.pairs is None else [self.pairs[i] for i in rows]
        packed = classify_texts(tokenizer, texts, pairs, max_tokens)
        return Classified(packed, np.array(targets, np.int64))


def read_labelled_texts(path: Path, settings: LabelledTextSettings, seed: int) -> LabelledTexts:
    """Read a file or a folder; a tenth of the training rows is for validation.

    Rows whose text (and pair) occurs in the test split too are taken out of training.

    Raises:
        ValueError: if columns are missing, or the classes can't be learned.
    """
    source, pair = source_of(path, settings.test or ""), settings.pair or ""
    target = target_column(source.columns, settings.target or "")
    name = text_column(source.columns, settings.input or "", {target, pair})
    texts = source.columns[name].texts
    pairs = column(source.columns, pair).texts if pair else None
    if settings.kind == "token":
        targets, names, train, tested = _word_targets(
            source.columns[target].texts, source.is_test, seed
        )
        notes = tuple(note.text for note in source.notes)
    else:
        options = LabelOptions(
            class_names=source.class_names.get(target, ()), task="classification", seed=seed
        )
        split = split_examples(source.columns[target].values, source.is_test, options=options)
        targets, names, notes = (
            split.targets.tolist(),
            split.class_names,
            tuple(note.text for note in (*source.notes, *split.notes)),
        )
        train, tested = split.train, split.test
        _refuse_unseen(split.targets, train, tested, names)
    in_test = {(texts[i], pairs[i] if pairs else "") for i in tested}
    kept = np.array([i for i in train if (texts[i], pairs[i] if pairs else "") not in in_test], int)
    if len(kept) < len(train):
        doubles = len(train) - len(kept)
        notes = (*notes, f"{doubles} training texts occur in the test split and are left out.")
    order = numpy_stream(seed, "validation").permutation(kept)
    count = max(1, round(VALIDATION_SHARE * len(order)))
    if len(order) < 2:
        raise ValueError(
            f"Fine-tuning needs at least 2 training texts, but there are {len(order)}."
        )
    parts = (order[count:], order[:count], tested)
    return LabelledTexts(texts, pairs, targets, names, parts, notes)


def _word_targets(
    rows: Sequence[str], is_test: np.ndarray | None, seed: int
) -> tuple[list[list[int]], tuple[str, ...], np.ndarray, np.ndarray]:
    """Classes of words; a fifth of the rows is the test split where there is none."""
    tags = [row.split() for row in rows]
    if is_test is None:
        order = numpy_stream(seed, "test").permutation(len(tags))
        is_test = np.zeros(len(tags), bool)
        is_test[order[: max(1, len(tags) // 5)]] = True
    train, tested = np.flatnonzero(~is_test), np.flatnonzero(is_test)
    names = tuple(sorted({tag for i in train for tag in tags[i]}))
    if len(names) < 2:
        raise ValueError(f"There is nothing to learn from {len(names)} class of words.")
    numbers = {tag: i for i, tag in enumerate(names)}
    if unseen := sorted({tag for i in tested for tag in tags[i]} - set(names)):
        raise ValueError(_unseen(unseen))
    return [[numbers[t] for t in row] for row in tags], names, train, tested


def _refuse_unseen(
    targets: np.ndarray, train: np.ndarray, test: np.ndarray, names: tuple[str, ...]
) -> None:
    if unseen := sorted(set(targets[test].tolist()) - set(targets[train].tolist())):
        raise ValueError(_unseen([names[i] for i in unseen]))


def _unseen(names: list[str]) -> str:
    return (
        f"The test split has classes that don't occur in training: {', '.join(names[:5])}; "
        "add such examples to training, or take them out of the test."
    )
