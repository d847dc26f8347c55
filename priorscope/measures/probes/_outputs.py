"""Outputs, layers and accuracy of a subject, in batches that fit the memory."""

from collections.abc import Sequence

import torch
from torch import Tensor

from priorscope.core.estimate import Estimate
from priorscope.measures.probes import Reading
from priorscope.measures.probes._estimates import share_over
from priorscope.subjects import Subject
from priorscope.subjects.health import no_outputs
from priorscope.subjects.layers import recorded
from priorscope.wording.page import english

NO_TARGETS = english("probe.no_targets")
NO_GRADIENT = english("probe.no_gradient")


@torch.no_grad()
def outputs(subject: Subject, inputs: Tensor) -> Tensor:
    """Outputs in float64, (examples, outputs); see `centred`.

    Raises:
        ValueError: if there are none.
    """
    return centred(torch.cat([subject.network(part) for part in inputs.split(subject.batch)]))


def answers(subject: Subject) -> Tensor:
    """The outputs of its own inputs, as `outputs` gives them; from `subject.answers` if there."""
    if subject.answers is None:
        return outputs(subject, subject.inputs)
    return centred(subject.answers)


def centred(logits: Tensor) -> Tensor:
    """Logits without what all classes have in common, in float64."""
    logits = logits.flatten(1).double()
    if (problem := no_outputs(logits.shape)) is not None:
        raise ValueError(problem)
    return logits - logits.mean(dim=-1, keepdim=True) if logits.shape[-1] > 1 else logits


@torch.no_grad()
def with_layers(
    subject: Subject, inputs: Tensor, names: Sequence[str]
) -> tuple[Tensor, dict[str, Tensor]]:
    """Outputs as `outputs` gives them, and the outputs of layers by name, from the same passes."""
    parts, layers = [], []
    for batch in inputs.split(subject.batch):
        with recorded(subject.network, names) as record:
            parts.append(subject.network(batch))
            layers.append({name: record[name].detach() for name in names if name in record})
    together = {n: torch.cat([layer[n] for layer in layers]) for n in names if n in layers[0]}
    return centred(torch.cat(parts)), together


def accuracy(subject: Subject, logits: Tensor) -> Estimate | None:
    """Share of examples whose first choice is right; None without one output per class."""
    if subject.targets is None or why_no_accuracy(subject, logits):
        return None
    return share_over(logits.argmax(dim=-1) == subject.targets)


def why_no_accuracy(subject: Subject, logits: Tensor) -> str:
    """Why no answer is right or wrong; empty where there is one output per class."""
    if subject.targets is None:
        return NO_TARGETS
    classes, given = subject.signature.output_size, logits.shape[-1]
    if given == classes:
        return ""
    return english("probe.not_classes", n=given, classes=classes)


def accuracy_reading(subject: Subject, name: str, logits: Tensor) -> Reading:
    """The accuracy as a reading, which says why where there is none."""
    value = accuracy(subject, logits)
    return Reading(name=name, value=value, reason=why_no_accuracy(subject, logits))


def gradient_reaches(subject: Subject) -> bool:
    """Whether the outputs depend on the inputs by a gradient; not those of a forest."""
    inputs = subject.inputs[:2]
    if inputs.is_floating_point():
        inputs = inputs.detach().clone().requires_grad_()
    with torch.enable_grad():
        try:
            return bool(subject.network(inputs).requires_grad)
        except RuntimeError:
            return False
