"""One file = one measure of a trained network: what it does, beside how well it does it."""

import dataclasses
import inspect
import math

from jaxtyping import Shaped
from torch import Tensor, nn

from priorscope.core.config import Config
from priorscope.core.registry import Registry
from priorscope.core.signature import Signature

EXAMPLES = 256  # test examples that a network is measured on


@dataclasses.dataclass(frozen=True, kw_only=True)
class Measure(Config):
    """Numbers read off a trained network without labels, each with a name.

    The first paragraph of the docstring stands in the report; it says what the numbers mean,
    and what 0 and 1 are.
    """

    @classmethod
    def meaning(cls) -> str:
        """The first paragraph of its docstring, as one line."""
        return " ".join((inspect.getdoc(cls) or "").partition("\n\n")[0].split())

    def why_not(self, signature: Signature) -> str | None:
        """Why such inputs can't be measured, as the end of a sentence; or None."""
        return None

    def measure(
        self, network: nn.Module, inputs: Shaped[Tensor, "batch ..."], signature: Signature
    ) -> dict[str, float]:
        """Return the numbers by name, none below 0; none at all where there is nothing to measure.

        network: in evaluation mode; maps inputs to logits.
        inputs: (batch, *signature.input_shape) as the network reads them: standardised, or
            token ids.
        """
        raise NotImplementedError(f"{type(self).__name__} must define measure.")


MEASURES: Registry[Measure] = Registry("measure", "priorscope.measures")


def measured(
    network: nn.Module, inputs: Shaped[Tensor, "batch ..."], signature: Signature
) -> list[dict[str, str | float]]:
    """Every registered measure that fits such inputs, at its defaults.

    Returns rows `{"measure", "quantity", "value"}`, in the measures' own order of quantities.

    Raises:
        ValueError: if a number is not finite, or below 0.
    """
    rows = []
    for name in MEASURES:
        measure = MEASURES[name]()
        if measure.why_not(signature) is not None:
            continue
        for quantity, value in measure.measure(network, inputs, signature).items():
            if not 0 <= value < math.inf:
                raise ValueError(
                    f"What a measure gives must be finite and not below 0, but {quantity} of "
                    f"{name} is {value}."
                )
            rows.append({"measure": name, "quantity": quantity, "value": value})
    return rows
