"""One file = one architecture: a frozen config with one verb, `build`."""

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar

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
    default_for: layouts whose data it is compared on when nobody names learners.
    default_place: among those, the smallest first.
    """

    learning_rate: ClassVar[float] = 1e-3
    invariant_to: ClassVar[tuple[str, ...]] = ("channels-permuted",)
    default_for: ClassVar[tuple[str, ...]] = ()
    default_place: ClassVar[int] = 1000
    trains_itself: ClassVar[bool] = False  # see `SelfTrained`
    most_by_default: ClassVar[int | None] = None  # a comparison that trains on more leaves it out

    @property
    def short_name(self) -> str:
        """What tables call it where nobody typed a name."""
        return self.name()

    @property
    def own_recipe(self) -> dict[str, Any]:
        """Fields of the recipe that this architecture is trained with unless others are asked for.

        The learning rate has an attribute of its own.
        """
        return {}

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

    def facts_of(self, network: "nn.Module") -> dict[str, Any]:
        """What `rebuild` needs besides this config and the signature, as JSON types."""
        return {}

    def rebuild(self, signature: Signature, facts: dict[str, Any]) -> "nn.Module":
        """A network of the same tensors as the one that `build` gave and `facts_of` described.

        Nothing but the config and `facts` is read: what `build` started from may be gone.
        """
        return self.build(signature)


@dataclasses.dataclass(frozen=True, kw_only=True)
class SelfTrained(ModelConfig):
    """A learner with a `fit` of its own, as scikit-learn's have: no gradients and no steps.

    It gets the same prefixes and the same calibration as every learner; `--tune` and the recipe
    don't reach it, and what it chooses (a penalty, a number of neighbours) it chooses inside the
    training part. Once calibrated on the validation part it is fitted again on both.

    layouts, kinds: of inputs and of targets that it can take.
    """

    version: ClassVar[int] = 2
    trains_itself: ClassVar[bool] = True
    invariant_to: ClassVar[tuple[str, ...]] = ()
    layouts: ClassVar[tuple[str, ...]] = ("vector", "series", "image", "tokens")
    kinds: ClassVar[tuple[str, ...]] = ("classes", "quantity")

    def why_not(self, signature: Signature) -> str | None:
        if signature.layout not in self.layouts:
            return f"{self.name()} reads {self.layouts[0]}, but the data are {signature.layout}."
        kind = signature.target.name()
        if kind not in self.kinds:
            if "classes" not in self.kinds:
                return f"{self.name()} predicts quantities, but the targets are {kind}."
            return f"{self.name()} predicts classes, but the target is a {kind}."
        return None

    def estimator(self, signature: Signature, seed: int) -> Any:
        """An object, not fitted, with `fit` and what `signature.target` asks of an estimator.

        That is `predict_proba` and, once fitted, `classes_`, or for quantities `predict`. It gets
        what `stem` makes of the standardised inputs; `seed` decides all that is random in it. It
        is fitted twice: `fit` starts over, but may keep the settings that it chose at first.
        """
        raise NotImplementedError(f"{type(self).__name__} must define estimator.")

    def stem(self, signature: Signature) -> "nn.Module":
        """What it reads: (batch, *input_shape) -> (batch, ...); here one vector per example."""
        from priorscope.nn.stem import vector_stem  # imports torch

        return vector_stem(signature)[0]

    def build(self, signature: Signature) -> "nn.Module":
        raise ValueError(f"{self.name()} is fitted by itself; it is not a network.")


MODELS: Registry[ModelConfig] = Registry("model", "priorscope.models")
