"""One file = one structure of the data and the way to remove it (DEFINITIONS 2)."""

import dataclasses
from collections.abc import Sequence
from typing import ClassVar, TypeVar

import numpy as np

from priorscope.core.config import Config
from priorscope.core.presets import PRESETS, Preset
from priorscope.core.registry import Registry
from priorscope.core.renamed import note_renamed
from priorscope.core.signature import Signature

S = TypeVar("S", bound="Structure")  # beartype refuses Self in a method


@dataclasses.dataclass(frozen=True, kw_only=True)
class Structure(Config):
    """A transform g of the data, drawn once per repeat, the same for training and test.

    title: what tables and charts call the data without this structure; by default its name.
    title_in_korean: the same on a Korean page, which shows the title without it.
    bijective: whether g keeps the information; a lossy one measures cue reliance instead
        and stands in a table of its own.
    least_preset: the smallest preset that removes it unasked; None: only when it is named.
    only_tests: whether training examples stay as they are: it measures transfer.
    """

    title: ClassVar[str] = ""
    title_in_korean: ClassVar[str] = ""
    bijective: ClassVar[bool] = True
    least_preset: ClassVar[Preset | None] = "standard"
    only_tests: ClassVar[bool] = False

    def why_not(self, signature: Signature) -> str | None:
        """Why this structure can't be removed from such data, as the end of a sentence; or None."""
        return None

    @classmethod
    def applies_by_default(cls: type[S], signature: Signature) -> S | None:
        """What is removed from such data when nobody names a structure; None: nothing of it."""
        structure = cls()
        return None if structure.why_not(signature) else structure

    def apply(
        self, inputs: np.ndarray, targets: np.ndarray, signature: Signature, seed: int, split: str
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return transformed (inputs, targets); what was handed in is left as it was.

        What is fixed for a repeat (a permutation) depends on `seed` alone; what is drawn per
        example (a shift) on `seed`, `split` and the example's index.

        inputs: (examples, *signature.input_shape).
        """
        raise NotImplementedError

    @property
    def label(self) -> str:
        """Its name on a command line and in JSON: `within-patches:4`."""
        return ":".join([self.name(), *self._values()])

    @property
    def caption(self) -> str:
        """Its name in tables and charts: `shuffled within patches (4)`."""
        return self._with_values(self.title or self.name().replace("-", " "))

    @property
    def caption_in_korean(self) -> str:
        """The same in Korean; empty without a title in it."""
        return self._with_values(self.title_in_korean) if self.title_in_korean else ""

    def _with_values(self, title: str) -> str:
        return f"{title} ({':'.join(self._values())})" if self._values() else title

    def _values(self) -> list[str]:
        return [str(getattr(self, f.name)) for f in dataclasses.fields(self)]


STRUCTURES: Registry[Structure] = Registry("structure", "priorscope.structures")
OLD_NAMES = {"turned": "rotated"}  # of one version ago


def parse_structure(text: str) -> Structure:
    """`permuted`, `within-patches:4`, `patches-dropped:4:0.5` or `blurred:sigma=2`.

    Raises:
        LookupError: if no structure has this name; the nearest one is named.
        ValueError: if a value doesn't fit.
    """
    name, *values = text.strip().split(":")
    if name in OLD_NAMES:
        note_renamed(f"The structure {name}", OLD_NAMES[name])
    cls = STRUCTURES[OLD_NAMES.get(name, name)]
    fields = [f.name for f in dataclasses.fields(cls)]
    values = [v for part in values for v in part.split(",")]
    if len(values) > len(fields):
        allowed = ":".join([name, *(f.upper() for f in fields)])
        raise ValueError(f"Structure {text!r} has {len(values)} values; write {allowed}.")
    pairs = (
        value.split("=", 1) if "=" in value else (field, value)
        for field, value in zip(fields, values, strict=False)
    )
    return cls.from_options({key.strip(): value.strip() for key, value in pairs})


def default_structures(signature: Signature, preset: Preset) -> Sequence[Structure]:
    """What is removed from such data unasked; those of the smallest preset come first."""
    chosen: list[tuple[int, Structure]] = []
    for cls in STRUCTURES.classes().values():
        if cls.least_preset is None:
            continue
        effort = PRESETS.index(cls.least_preset)
        if effort <= PRESETS.index(preset) and (made := cls.applies_by_default(signature)):
            chosen.append((effort, made))
    return [structure for _, structure in sorted(chosen, key=lambda pair: pair[0])]
