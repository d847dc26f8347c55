"""What every source of data goes through: labels understood, splits made, duplicates removed."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from priorscope.core.preprocessing import Preprocessing
from priorscope.core.printable import printable
from priorscope.core.read import ClassCount, ColumnUse, Dropped, Note, Read, TargetRead
from priorscope.core.split import stratified_split
from priorscope.data.duplicates import Duplicates, find_duplicates
from priorscope.data.held_out import grouped_split, latest_split
from priorscope.data.labels import Labels, read_labels
from priorscope.data.ranges import check_finite, input_range, scale_notes
from priorscope.targets.quantity import Quantity
from priorscope.tasks import Examples

SINGLE = "it is the only example of its class"
# Of all labels at most, beside which examples that are alone in their class are left out.
FEW = 0.02


@dataclasses.dataclass(frozen=True)
class LabelOptions:
    """What a user says on labels and splits; see `priorscope.data.resolve.resolve`."""

    class_names: tuple[str, ...] = ()
    task: str = ""
    missing: tuple[str, ...] = ()
    test_share: float = 0.2
    strict: bool = False
    seed: int = 0
    drop_near: bool = False


@dataclasses.dataclass(frozen=True)
class Split:
    """Which examples of a source are used, for what, and with which target.

    train, test: indices into the source's examples.
    labels: of all examples of the source.
    test_from: where the test split comes from, in words.
    groups: (examples of the source,) which belong together, or None.
    ordered: whether `train` is in the order of time.
    """

    train: np.ndarray
    test: np.ndarray
    labels: Labels
    test_from: str
    options: LabelOptions
    groups: np.ndarray | None = None
    ordered: bool = False
    notes: tuple[Note, ...] = ()
    dropped: tuple[Dropped, ...] = ()

    @property
    def targets(self) -> np.ndarray:
        """(examples of the source,): int64, -1 where missing; of a quantity float64, NaN."""
        return self.labels.codes if self.labels.values is None else self.labels.values

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of classes 0, 1, ...; empty for a quantity."""
        return self.labels.names


def split_examples(
    labels: Sequence | np.ndarray | Any,
    is_test: np.ndarray | None = None,
    *,
    options: LabelOptions | None = None,
    test_from: str = "",
    groups: np.ndarray | None = None,
    times: np.ndarray | None = None,
) -> Split:
    """Understand the labels and decide the test split, before any input is looked at.

    labels: one per example of the source.
    is_test: True where the source says test; None asks for a split by `options.seed`.
    test_from: where a given test split comes from.
    groups: (examples,) int64; examples of one group stay in one split.
    times: (examples,) float64; the latest examples are the test split, and training is in order.

    Raises:
        ValueError: if there are no labels to learn.
    """
    options = options or LabelOptions()
    result = read_labels(labels, options.class_names, options.task, options.missing)
    missing = result.missing
    notes, dropped = list(result.notes), []
    if missing.any():
        first = int(np.flatnonzero(missing)[0])
        what = f"{missing.sum():,} of {len(missing):,} labels are missing (first: example {first})"
        if options.strict:
            raise ValueError(f"{what}; add them, or leave out --strict to skip these examples.")
        notes.append(Note(f"{what}; these examples are left out.", "warning"))
        dropped.append(Dropped(int(missing.sum()), "the label is missing"))
    if is_test is None and not options.strict:
        result, left_out = _without_single(result)
        notes += left_out
        dropped += [Dropped(int((result.missing & ~missing).sum()), SINGLE)] if left_out else []
    present = np.flatnonzero(~result.missing)
    split = _Splitting(result, present, groups, times, options)
    if is_test is None:
        _check_counts(result, present, "the data")
        train, test, test_from = split.drawn()
    else:
        train, test = split.given(is_test)
        test_from = test_from or "given by the data"
        _check_counts(result, train, "the training split")
    notes += split.notes
    return Split(
        train,
        test,
        result,
        test_from,
        options,
        groups,
        times is not None,
        tuple(notes),
        tuple(dropped),
    )


@dataclasses.dataclass(eq=False)
class _Splitting:
    labels: Labels
    present: np.ndarray
    groups: np.ndarray | None
    times: np.ndarray | None
    options: LabelOptions

    def __post_init__(self) -> None:
        self.notes: list[Note] = []

    def drawn(self) -> tuple[np.ndarray, np.ndarray, str]:
        present, share, seed = self.present, self.options.test_share, self.options.seed
        values = self.labels.values
        targets = self.labels.codes if values is None else values
        strata = targets[present] if values is None else Quantity().strata(targets[present])
        if self.times is not None:
            train, test = latest_split(self.times[present], share)
            where = f"the latest {share:.0%} held out"
        elif self.groups is not None:
            train, test = grouped_split(self.groups[present], strata, share, seed)
            where = f"{share:.0%} held out, whole groups, seed {seed}"
        else:
            train, test = stratified_split(strata, share, seed)
            kind = "of each class" if values is None else "at random"
            where = f"{share:.0%} {kind} held out, seed {seed}"
        return present[train], present[test], where

    def given(self, is_test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        train, test = self.present[~is_test[self.present]], self.present[is_test[self.present]]
        for part, which in ((train, "training"), (test, "test")):
            if len(part) == 0:
                raise ValueError(
                    f"The {which} split is empty; leave the split out to have one made."
                )
        if self.times is not None:
            train = train[np.argsort(self.times[train], kind="stable")]
        if self.groups is not None:
            common = np.intersect1d(self.groups[train], self.groups[test])
            if len(common):
                self.notes.append(
                    Note(
                        f"{len(common)} groups are in both splits: test figures flatter.", "warning"
                    )
                )
        return train, test


def assemble(
    split: Split,
    inputs: np.ndarray,
    test_inputs: np.ndarray,
    *,
    kind: str = "",
    vocabulary: int | None = None,
    padded: bool = False,
    notes: Sequence[Note | str] = (),
    columns: Sequence[ColumnUse] = (),
    unknown_tokens: float | None = None,
    dropped: Sequence[Dropped] = (),
    preprocessing: Preprocessing | None = None,
    names: Sequence[str] = (),
) -> Examples:
    """Examples from the inputs of `split.train` and `split.test`, in that order.

    Test examples whose input is also in the training split are taken out and counted; training
    examples with one input belong to one group.

    preprocessing: how other data become such inputs. names: of the source's examples.

    Raises:
        ValueError: if an input holds NaN or infinity, or there are warnings under `strict`.
    """
    for array, which, index in (
        (inputs, "training", split.train),
        (test_inputs, "test", split.test),
    ):
        check_finite(array, which, index)
    targets, test_targets = split.targets[split.train], split.targets[split.test]
    every = [n if isinstance(n, Note) else Note(n) for n in (*split.notes, *notes)]
    if vocabulary is None and "held out" not in split.test_from:
        every += scale_notes(inputs, test_inputs)
    try:
        double = find_duplicates(
            inputs,
            test_inputs,
            targets,
            test_targets,
            split.class_names,
            None if split.groups is None else split.groups[split.train],
            None if split.groups is None else split.groups[split.test],
        )
    except ValueError as error:  # what was said of the data may be why
        said = [str(error), *(note.text for note in every if note.level == "warning")]
        raise ValueError(" ".join(said[:4])) from error
    test_inputs, test_targets = _kept(test_inputs, double), _kept(test_targets, double)
    every += double.notes
    lost = (*split.dropped, *dropped, *double.dropped)
    examples = Examples(
        inputs=inputs,
        targets=targets,
        test_inputs=test_inputs,
        test_targets=test_targets,
        class_names=split.class_names,
        vocabulary=vocabulary,
        padded=padded,
        notes=tuple(note.text for note in every),
        groups=double.groups,
        test_groups=double.test_groups,
        ordered=split.ordered,
        preprocessing=preprocessing,
        rows=(split.train, _kept(split.test, double)),
        names=tuple(names),
    )
    read = Read(
        kind=kind or _layout(inputs, vocabulary),
        examples=len(targets),
        test_examples=len(test_targets),
        test_from=split.test_from,
        inputs=input_range(inputs),
        target=_target(split.labels),
        classes=_class_counts(split.class_names, targets, test_targets),
        columns=tuple(columns),
        unknown_tokens=unknown_tokens,
        dropped=tuple(lost),
        notes=tuple(every),
    )
    if split.options.strict and read.warnings:
        raise ValueError(f"{read.warnings[0]} Leave out --strict to go on with that.")
    return dataclasses.replace(examples, read=read)


def _layout(inputs: np.ndarray, vocabulary: int | None) -> str:
    return "tokens" if vocabulary is not None else ("vector", "series", "image")[inputs.ndim - 2]


def _kept(array: np.ndarray, double: Duplicates) -> np.ndarray:
    return array if double.test_kept.all() else array[double.test_kept]


def _target(labels: Labels) -> TargetRead:
    if labels.values is None:
        return TargetRead("classes")
    return TargetRead("quantity", float(np.nanmin(labels.values)), float(np.nanmax(labels.values)))


def _class_counts(
    names: Sequence[str], targets: np.ndarray, test_targets: np.ndarray
) -> tuple[ClassCount, ...]:
    if not names:
        return ()
    counts = np.bincount(np.concatenate([targets, test_targets]), minlength=len(names))
    return tuple(ClassCount(n, int(c)) for n, c in zip(names, counts, strict=True))


def _without_single(labels: Labels) -> tuple[Labels, list[Note]]:
    """The labels without classes of one example, which can't be learned and tested both, if
    these are few and two classes are left; and what was left out.
    """
    if labels.values is not None:
        return labels, []
    counts = np.bincount(labels.codes[~labels.missing], minlength=len(labels.names))
    single = counts == 1
    if not 0 < single.sum() <= FEW * counts.sum() or len(counts) - single.sum() < 2:
        return labels, []
    shown = _shown([repr(printable(labels.names[k], 60)) for k in np.flatnonzero(single)])
    codes = np.where(single, -1, np.cumsum(~single) - 1)
    kept = dataclasses.replace(
        labels,
        codes=np.where(labels.missing, -1, codes[labels.codes]),
        names=tuple(name for name, alone in zip(labels.names, single, strict=True) if not alone),
    )
    what = f"{single.sum()} classes have one example each ({shown})"
    if single.sum() == 1:
        what = f"A class has one example ({shown})"
    note = f"{what}, too few to learn from one and test on another; left out."
    return kept, [Note(note, "warning")]


def _shown(classes: Sequence[str]) -> str:
    """The first of them."""
    more = f" and {len(classes) - 5} more" if len(classes) > 5 else ""
    return ", ".join(classes[:5]) + more


def _check_counts(labels: Labels, used: np.ndarray, where: str) -> None:
    if labels.values is not None:
        if len(used) < 4:
            raise ValueError(f"There are {len(used)} examples in {where}; at least 4 are needed.")
        return
    counts = np.bincount(labels.codes[used], minlength=len(labels.names))
    rare = np.flatnonzero(counts < 2)
    if len(rare):
        names = labels.names
        shown = _shown([f"{printable(names[k], 60)!r} ({counts[k]})" for k in rare])
        raise ValueError(
            f"Each class needs 2 examples in {where} at least, but there are fewer of "
            f"{shown}; add examples or take the class out."
        )
