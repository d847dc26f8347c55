"""One file = one architecture: a frozen config with one verb, `build`."""

import dataclasses
from typing import TYPE_CHECKING, ClassVar

from priorscope.core.config import Config
from priorscope.core.registry import Registry
from priorscope.core.signature import Signature

if TYPE_CHECKING:
    from torch import nn

# Of networks that treat all positions alike: one order is as good as another.
FIXED_ORDERS = ("permuted", "time-permuted", "within-patches", "between-patches")


@dataclasses.dataclass(frozen=True, kw_only=True)
class ModelConfig(Config):
    """A family of functions with its hyperparameters; every architecture reads every layout.

    learning_rate: what the default recipe trains this architecture with (AdamW).
    invariant_to: names of structures that its predictions don't depend on, up to the initial
        parameters: removing one must cost nothing, which every comparison checks.
    """

    learning_rate: ClassVar[float] = 1e-3
    invariant_to: ClassVar[tuple[str, ...]] = ("channels-permuted",)
    trains_itself: ClassVar[bool] = False  # an estimator with a `fit` of its own

    @property
    def vectorises(self) -> bool:
        """Whether several networks of it train faster together than one after another on a CPU.

        Measured: those that spend their time on overhead do. On a GPU all do.
        """
        return False

    def why_not(self, signature: Signature) -> str | None:
        """Why it can't read such data, as a sentence; or None."""
        return None

    def build(self, signature: Signature) -> "nn.Module":
        """An initialised network: (batch, *input_shape) -> outputs (batch, output_size).

        Initial parameters come from torch's global generator.

        Raises:
            ValueError: if the hyperparameters don't fit each other or the signature.
        """
        raise NotImplementedError


MODELS: Registry[ModelConfig] = Registry("model", "priorscope.models")
