"""One file = one measure of a profile: what a network does with its input, with intervals.

Each file has functions that take any `nn.Module` and a tensor, and a `Probe` that asks them for a
whole profile. The cheap measures that every comparison takes are in `priorscope.measures`.
"""

import dataclasses
import inspect
import warnings
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from priorscope.core.config import Config
from priorscope.core.estimate import Estimate
from priorscope.core.registry import Registry
from priorscope.core.signature import Signature
from priorscope.subjects import Subject
from priorscope.subjects.adapters import subject
from priorscope.subjects.health import inputs_kept, misshapen, modes_kept, no_outputs, told
from priorscope.targets.classes import Classes
from priorscope.wording.page import english

SMALLEST_BATCH = 8  # with fewer examples nothing is said of unrelated ones


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reading:
    """One number of a profile.

    name: of the quantity, such as "shift by 1".
    value: with its interval over examples; None: it does not apply, and `reason` says why.
    layer: the module's name it was read at; None: the output.
    """

    name: str
    value: Estimate | None = None
    layer: str | None = None
    reason: str = ""


@dataclasses.dataclass(frozen=True)
class Probed:
    """What a measure says of one network.

    pictures: arrays by name, which the page draws: maps, matrices, curves.
    notes: sentences about the measuring itself.
    """

    readings: Sequence[Reading]
    pictures: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def value(self, name: str, layer: str | None = None) -> Estimate | None:
        """One of the readings; None where it does not apply.

        Raises:
            LookupError: if there is none of such a name.
        """
        for reading in self.readings:
            if (reading.name, reading.layer) == (name, layer):
                return reading.value
        raise LookupError(f"There is no reading {name!r} of the layer {layer!r}; see `readings`.")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Probe(Config):
    """A measure of a network, alone or in a profile.

    The first paragraph of the docstring says what its numbers mean.
    """

    @classmethod
    def meaning(cls) -> str:
        """The first paragraph of its docstring, as one line."""
        return " ".join((inspect.getdoc(cls) or "").partition("\n\n")[0].split())

    def why_not(self, subject: Subject) -> str | None:
        """Why it does not apply to such a network or input, as the end of a sentence; or None."""
        return None

    def measure(self, subject: Subject) -> Probed:
        """The numbers; what is raised becomes a reading that says so."""
        raise NotImplementedError(f"{type(self).__name__} must define measure.")

    def alone(self, network: nn.Module, inputs: Tensor, targets: Tensor | None = None) -> Probed:
        """What it says of any module on a tensor, with nothing else of this package.

        Args:
            network: maps inputs to outputs, (batch, outputs); measured in evaluation mode, and left
                in the mode it was in.
            inputs: images (batch, rows, columns, channels), series (batch, time, channels), vectors
                (batch, features), or token ids (batch, tokens), whole numbers with 0 as padding.
            targets: (batch,) class indices; without them there are no accuracies.

        Raises:
            ValueError: if the inputs have another number of axes, or the network can't read them
                or gives no tensor of outputs; one sentence.
        """
        if not 2 <= inputs.ndim <= 4:
            raise ValueError(
                "Inputs are images (batch, rows, columns, channels), series (batch, time, channels)"
                f" or vectors (batch, features), but these have {inputs.ndim} axes."
            )
        if (reason := _too_few(inputs)) is not None:
            return does_not_apply(reason)
        with modes_kept([network]):
            shape = _output_shape(network.eval(), inputs[:2].clone())
            if (reason := no_outputs(shape)) is not None:
                return does_not_apply(reason.rstrip("."))
            ids = not inputs.is_floating_point()
            signature = Signature(
                input_shape=tuple(inputs.shape[1:]),
                target=Classes(num_classes=max(2, shape[-1])),
                vocabulary=max(2, int(inputs.max()) + 1) if ids else None,
            )
            one = subject(network, inputs, signature)
            return probed(self, dataclasses.replace(one, targets=targets))


@torch.no_grad()
def _output_shape(network: nn.Module, inputs: Tensor) -> torch.Size:
    try:
        outputs = network(inputs)
    except Exception as error:  # anybody's code
        raise ValueError(english("probe.unreadable", error=told(error))) from error
    if (problem := misshapen(outputs, len(inputs))) is not None:
        raise ValueError(problem)
    return outputs.shape


PROBES: Registry[Probe] = Registry("measure", "priorscope.measures.probes")


def probed(probe: Probe, subject: Subject) -> Probed:
    """What a measure says, also where it doesn't apply or fails: then its only reading says why."""
    if (reason := _too_few(subject.inputs)) is not None:
        return does_not_apply(reason)
    try:
        with warnings.catch_warnings(), inputs_kept(subject.network):
            if (reason := probe.why_not(subject)) is not None:
                return does_not_apply(reason)
            warnings.simplefilter("ignore")  # of kernels that some network is slow or rough with
            return probe.measure(subject)
    except Exception as error:  # a network is anybody's code; the other measures go on
        return does_not_apply(english("probe.failed", error=told(error)))


def _too_few(inputs: Tensor) -> str | None:
    if len(inputs) >= SMALLEST_BATCH:
        return None
    return english("probe.few_examples", least=SMALLEST_BATCH, n=len(inputs))


def does_not_apply(reason: str) -> Probed:
    """A measure whose only reading says why there is none."""
    return Probed([Reading(name="all", reason=reason)])
