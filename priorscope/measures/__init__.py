"""One file = one measure of a trained network: what it does, not how well it does it."""

import dataclasses
import inspect
import math
from typing import Any

from jaxtyping import Shaped
from torch import Tensor, nn

from priorscope.core.config import Config
from priorscope.core.registry import Registry
from priorscope.core.signature import Signature
from priorscope.subjects import Subject
from priorscope.subjects.adapters import subject

EXAMPLES = 256  # test examples that a network is measured on
_LONGEST_ERROR = 500


@dataclasses.dataclass(frozen=True, kw_only=True)
class Measure(Config):
    """Numbers read off a trained network without labels, each with a name.

    The first paragraph of the docstring is shown in the report; it says what the numbers mean,
    and what 0 and 1 are.
    """

    @classmethod
    def meaning(cls) -> str:
        """The first paragraph of its docstring, as one line."""
        return " ".join((inspect.getdoc(cls) or "").partition("\n\n")[0].split())

    def why_not(self, signature: Signature) -> str | None:
        """Why such inputs can't be measured, as the end of a sentence; or None."""
        return None

    def measure(self, subject: Subject) -> dict[str, float]:
        """Return the numbers by name, none below 0; none at all where there is nothing to measure.

        Whatever it raises becomes a field of the row; the run is none the worse.
        """
        raise NotImplementedError(f"{type(self).__name__} must define measure.")


MEASURES: Registry[Measure] = Registry("measure", "priorscope.measures")


def measured(
    network: nn.Module, inputs: Shaped[Tensor, "batch ..."], signature: Signature
) -> list[dict[str, Any]]:
    """Every registered measure that fits such inputs, at its defaults.

    Returns rows `{"measure", "quantity", "value"}`, in the measures' own order of quantities; of
    a measure that raised, `{"measure", "quantity": None, "error": sentence}`.
    """
    one = subject(network, inputs, signature)
    rows = []
    for name in MEASURES:
        measure = MEASURES[name]()
        if measure.why_not(signature) is None:
            rows += _rows(measure, one)
    return rows


def _rows(measure: Measure, one: Subject) -> list[dict[str, Any]]:
    name = measure.name()
    try:
        numbers = {q: _checked(q, value) for q, value in measure.measure(one).items()}
    except Exception as error:  # a measure is anybody's code; the run has been paid for
        sentence = f"{type(error).__name__}: {error}"[:_LONGEST_ERROR]
        return [{"measure": name, "quantity": None, "error": sentence}]
    return [{"measure": name, "quantity": q, "value": value} for q, value in numbers.items()]


def _checked(quantity: str, value: Any) -> float:
    number = float(value)
    if not 0 <= number < math.inf:
        raise ValueError(
            f"A measure's numbers must be finite and not below 0, but {quantity} is {number}."
        )
    return number
