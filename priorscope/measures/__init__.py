"""One file = one measure of a trained network: what it does, not how well it does it."""

import dataclasses
import inspect
import math
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

from jaxtyping import Shaped
from torch import Tensor, nn

from priorscope.core.config import Config
from priorscope.core.registry import Registry
from priorscope.core.signature import Signature
from priorscope.subjects import Subject
from priorscope.subjects.adapters import subject

MeasuredRow = dict[str, Any]
EXAMPLES = 256  # test examples that a network is measured on
_LONGEST_ERROR = 500


@dataclasses.dataclass(frozen=True, kw_only=True)
class Measure(Config):
    """Numbers read off a trained network without labels, each with a name.

    The first paragraph of the docstring is shown in the report; it says what the numbers mean,
    and what 0 and 1 are.

    in_korean: the same in Korean; without it a Korean page shows the English.
    """

    in_korean: ClassVar[str] = ""

    @classmethod
    def meaning(cls) -> str:
        """The first paragraph of its docstring, as one line."""
        return " ".join((inspect.getdoc(cls) or "").partition("\n\n")[0].split())

    def why_not(self, signature: Signature) -> str | None:
        """Why such inputs can't be measured, as the end of a sentence; or None."""
        return None

    def fits(self, subject: Subject) -> bool:
        """Whether there is anything to measure in a network of this architecture."""
        return True

    def measure_replicas(self, subject: Subject) -> dict[str, list[float]] | None:
        """The numbers of each of `subject.replicas` networks; None: it wants one at a time."""
        return None

    def measure(self, subject: Subject) -> dict[str, float]:
        """Return the numbers by name, none below 0; none at all where there is nothing to measure.

        Whatever it raises becomes a field of the row; the run is none the worse.
        """
        raise NotImplementedError(f"{type(self).__name__} must define measure.")


MEASURES: Registry[Measure] = Registry("measure", "priorscope.measures")


def measured_together(
    network: nn.Module, inputs: Shaped[Tensor, "batch ..."], signature: Signature, replicas: int
) -> list[dict[str, list[MeasuredRow]]]:
    """Of each replica, the rows of those measures that take several networks at once, by name.

    A measure that raises, or gives what no measure may, is left out: `measured` says why.
    """
    one = Subject(network, inputs, signature, replicas=replicas)
    taken: list[dict[str, list[MeasuredRow]]] = [{} for _ in range(replicas)]
    for name in MEASURES:
        with suppress(Exception):  # a measure is anybody's code
            measure = MEASURES[name]()
            if measure.why_not(signature) is not None:
                continue
            numbers = measure.measure_replicas(one)
            if numbers is None:
                continue
            own = [
                {q: _checked(q, values[index]) for q, values in numbers.items()}
                for index in range(replicas)
            ]
            for rows, checked in zip(taken, own, strict=True):
                rows[name] = _as_rows(name, checked)
    return taken


def measured(
    network: nn.Module,
    inputs: Shaped[Tensor, "batch ..."],
    signature: Signature,
    taken: Mapping[str, list[MeasuredRow]] | None = None,
) -> list[MeasuredRow]:
    """Every registered measure that fits such inputs, at its defaults.

    taken: rows of measures that were taken already, by name.

    Returns rows `{"measure", "quantity", "value"}`, in the measures' own order of quantities; of
    a measure that raised, `{"measure", "quantity": None, "error": sentence}`.
    """
    one, taken = subject(network, inputs, signature), taken or {}
    rows = []
    for name in MEASURES:
        rows += taken[name] if name in taken else _rows(name, one)
    return rows


def left_to_measure(
    network: nn.Module,
    inputs: Shaped[Tensor, "batch ..."],
    signature: Signature,
    taken: Mapping[str, list[MeasuredRow]],
) -> bool:
    """Whether `measured` would take any measure of such a network that isn't taken yet."""
    one = subject(network, inputs, signature)
    return any(_applies(name, one) for name in MEASURES if name not in taken)


def _applies(name: str, one: Subject) -> bool:
    """Whether it is to be taken; one that raises is, so that its row says why."""
    try:
        measure = MEASURES[name]()
        return measure.why_not(one.signature) is None and measure.fits(one)
    except Exception:  # a measure is anybody's code
        return True


def _rows(name: str, one: Subject) -> list[MeasuredRow]:
    try:
        measure = MEASURES[name]()
        if measure.why_not(one.signature) is not None:
            return []
        numbers = {q: _checked(q, value) for q, value in measure.measure(one).items()}
    except Exception as error:  # a measure is anybody's code; the run has been paid for
        sentence = f"{type(error).__name__}: {error}"[:_LONGEST_ERROR]
        return [{"measure": name, "quantity": None, "error": sentence}]
    return _as_rows(name, numbers)


def _as_rows(name: str, numbers: Mapping[str, float]) -> list[MeasuredRow]:
    return [{"measure": name, "quantity": q, "value": value} for q, value in numbers.items()]


def _checked(quantity: str, value: Any) -> float:
    number = float(value)
    if not 0 <= number < math.inf:
        raise ValueError(
            f"A measure's numbers must be finite and not below 0, but {quantity} is {number}."
        )
    return number
