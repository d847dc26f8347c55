"""One file = one way to destroy one structure of the data (DEFINITIONS 2)."""

import dataclasses
from typing import ClassVar

import numpy as np

from priorscope.core.config import Config
from priorscope.core.registry import Registry
from priorscope.core.signature import Signature


@dataclasses.dataclass(frozen=True, kw_only=True)
class Structure(Config):
    """A transform g of the data, drawn once per draw, the same for training and test.

    bijective: whether g keeps the information; a lossy one measures cue reliance instead
        and stands in a table of its own.
    """

    bijective: ClassVar[bool] = True

    def why_not(self, signature: Signature) -> str | None:
        """Why this structure can't be destroyed in such data, as the end of a sentence; or None."""
        return None

    def apply(
        self, inputs: np.ndarray, targets: np.ndarray, signature: Signature, seed: int, split: str
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return transformed (inputs, targets); what was handed in is left as it was.

        What is fixed for a draw (a permutation) depends on `seed` alone; what is drawn per
        example (a shift) on `seed`, `split` and the example's place.

        inputs: (examples, *signature.input_shape).
        """
        raise NotImplementedError

    @property
    def label(self) -> str:
        """Its name in tables and JSON: `within-patches:4`."""
        values = [str(getattr(self, f.name)) for f in dataclasses.fields(self)]
        return ":".join([self.name(), *values])


STRUCTURES: Registry[Structure] = Registry("structure", "priorscope.structures")
