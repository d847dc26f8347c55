"""How new data become inputs: fitted by a reader on the training split, kept with a model."""

import dataclasses
from pathlib import Path

import numpy as np

from priorscope.core.config import Config
from priorscope.core.registry import Registry


@dataclasses.dataclass(frozen=True)
class NewInputs:
    """Inputs of new examples, as a learner reads them.

    inputs: (examples, *input_shape).
    names: of each example, in the same order: a file, or "row 12", counted from 0.
    notes: sentences that the user should see.
    """

    inputs: np.ndarray
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Preprocessing(Config):
    """What a reader made of its training data, ready to be made of any other data.

    Readers apply it to both of their splits, so that a model sees new data as it saw those.
    """

    def read(self, path: Path) -> NewInputs:
        """The inputs that lie at `path`, with or without labels.

        Raises:
            ValueError: if they don't fit what was trained on; one sentence.
        """
        raise NotImplementedError

    def of_array(self, array: np.ndarray) -> NewInputs:
        """Inputs from an array (examples, ...).

        Raises:
            ValueError: see `read`.
        """
        raise ValueError(
            f"This model was trained on {self.name()}, not on arrays; hand over a path, or data "
            "of the kind that it was trained on."
        )


PREPROCESSINGS: Registry[Preprocessing] = Registry("preprocessing", "priorscope.data.preprocessing")


def row_names(count: int) -> tuple[str, ...]:
    """`row 0`, `row 1`, ..."""
    return tuple(f"row {k}" for k in range(count))
