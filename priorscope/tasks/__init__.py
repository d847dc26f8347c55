"""One file = one source of data: a frozen config with one verb, `load`."""

import dataclasses
import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.core.config import Config
from priorscope.core.preprocessing import Preprocessing
from priorscope.core.read import Read
from priorscope.core.registry import Registry
from priorscope.core.signature import Signature
from priorscope.core.target import TARGETS, Target

UNSET = Target()


@dataclasses.dataclass(frozen=True)
class Examples:
    """A task's data in memory: the `train` and the `test` split.

    inputs, test_inputs: (examples, *input_shape); images are uint8 in [0, 255] or float32,
        vectors and series float32, token ids int32 with 0 as padding.
    targets, test_targets: (examples,) int64 class indices or float64 quantities.
    class_names: name of class 0, 1, ...; empty if targets aren't classes.
    vocabulary: number of token ids, if inputs are token ids.
    padded: see `Signature.padded`.
    notes: sentences that the user must see: what was skipped, resized, found twice.
    read: how the source was understood, where there is one; its notes are `notes` with levels.
    groups: (examples,) int64; training examples of one group belong together, as those of one
        person do, or equal inputs. None where every example stands for itself.
    test_groups: (test examples,) int64, the same of the test split.
    ordered: whether training examples are in the order of time.
    target: what kind of targets they are; without it the classes of `class_names`, or a quantity
        where there are none.
    token_names: of each id of the vocabulary, where its tokenizer is known.
    preprocessing: how other data become such inputs; None where inputs are what the task gives.
    rows: of training and test examples, their indices in the source, where there is one.
    names: of the source's examples, such as files.
    extra_inputs, extra_targets: of a further test set; None where there is none.
    """

    inputs: np.ndarray
    targets: np.ndarray
    test_inputs: np.ndarray
    test_targets: np.ndarray
    class_names: tuple[str, ...] = ()
    vocabulary: int | None = None
    padded: bool = False
    notes: tuple[str, ...] = ()
    read: Read | None = None
    groups: np.ndarray | None = None
    test_groups: np.ndarray | None = None
    ordered: bool = False
    target: Target = UNSET
    token_names: tuple[str, ...] = ()
    preprocessing: Preprocessing | None = None
    extra_inputs: np.ndarray | None = None
    extra_targets: np.ndarray | None = None
    rows: tuple[np.ndarray, np.ndarray] | None = None
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.target is UNSET:
            object.__setattr__(self, "target", self._target())

    def _target(self) -> Target:
        if self.class_names:
            return TARGETS["classes"].from_json({"num_classes": len(self.class_names)})
        TARGETS["quantity"].from_json({}).check_targets(self.targets)
        return TARGETS["quantity"].from_json({"scale": float(np.std(self.targets))})

    @property
    def signature(self) -> Signature:
        """What these data feed a model."""
        return Signature(
            input_shape=tuple(self.inputs.shape[1:]),
            target=self.target,
            vocabulary=self.vocabulary,
            padded=self.padded,
        )

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits that depend on every value; a run's digest contains them, not a path."""
        hasher = hashlib.sha256(repr(self.signature.to_json()).encode())
        for array in (self.inputs, self.targets, self.test_inputs, self.test_targets):
            hasher.update(f"{array.shape}{array.dtype}".encode())
            hasher.update(np.ascontiguousarray(array).data)
        if self.groups is not None:
            hasher.update(np.ascontiguousarray(self.groups).data)
        if self.ordered:
            hasher.update(b"ordered")
        if self.extra_inputs is not None and self.extra_targets is not None:
            for array in (self.extra_inputs, self.extra_targets):
                hasher.update(f"{array.shape}{array.dtype}".encode())
                hasher.update(np.ascontiguousarray(array).data)
        return hasher.hexdigest()[:16]


@dataclasses.dataclass(frozen=True, kw_only=True)
class TaskConfig(Config):
    """A distribution of (input, target) with its splits."""

    @classmethod
    def reads(cls, path: Path) -> bool:
        """Whether a plug-in's task reads what lies at `path`; it then needs a field `path`.

        The formats of this package are told apart in `priorscope.data.kinds`.
        """
        return False

    def labels_of(self, path: Path, names: Sequence[str]) -> Any:
        """Labels of other data of this kind, as they stand there, in the order of `names`.

        names: of the examples, as `Preprocessing.read` gives them.

        Raises:
            ValueError: if there are none.
        """
        raise ValueError(f"{self.name()} doesn't say how labels of other data are read.")

    def load(self, seed: int = 0) -> Examples:
        """Read or generate the data. `seed` decides a test split that the source doesn't have.

        Raises:
            ValueError: if the data can't be used; one sentence with the rule and the way out.
        """
        raise NotImplementedError


TASKS: Registry[TaskConfig] = Registry("task", "priorscope.tasks", "priorscope.data.readers")
