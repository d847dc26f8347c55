"""What every measure of a network suffers from, and how a user's own module is left as it was."""

import dataclasses
import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from priorscope.subjects import Subject
from priorscope.wording.page import english

NARROW = 64  # examples from which on intervals are narrow enough to say nothing of it
LONGEST_REASON = 400
ROUNDING = 1e-3  # of the largest output: kernels round differently in batches of another size
ROUNDING_HALF = 0.05  # the same in float16 and bfloat16


@dataclasses.dataclass(frozen=True)
class Ailment:
    """What every measure of a network suffers from. fatal: so that nothing can be measured."""

    sentence: str
    fatal: bool = False


@contextmanager
def modes_kept(modules: Iterable[Any]) -> Iterator[None]:
    """Afterwards every part of these modules is in training or evaluation mode as before."""
    own = [one for one in modules if isinstance(one, nn.Module)]
    before = [(part, part.training) for one in own for part in one.modules()]
    try:
        yield
    finally:
        for part, training in before:
            part.training = training


@contextmanager
def devices_kept(modules: Iterable[Any]) -> Iterator[None]:
    """Afterwards every part of these modules lies on the device where it was before."""
    own = [one for one in modules if isinstance(one, nn.Module)]
    before = [(part, _device(part)) for one in own for part in one.modules()]
    try:
        yield
    finally:
        for part, device in before:  # parts before those inside them
            if device is not None and _device(part) != device:
                part.to(device)


def _device(part: nn.Module) -> torch.device | None:
    """Of a part's own parameters and buffers; None if it has none."""
    tensors = [*part.parameters(recurse=False), *part.buffers(recurse=False)]
    return tensors[0].device if tensors else None


@contextmanager
def inputs_kept(network: nn.Module) -> Iterator[None]:
    """Meanwhile every pass gets a copy, so that a network may change its input in place."""

    def copied(_: nn.Module, args: Any) -> Any:
        return tuple(one.clone() if isinstance(one, Tensor) else one for one in args)

    handle = network.register_forward_pre_hook(copied)
    try:
        yield
    finally:
        handle.remove()


def told(error: Exception) -> str:
    """An error of anybody's code on one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:LONGEST_REASON]


def misshapen(outputs: Any, examples: int) -> str | None:
    """A sentence about what isn't a tensor of outputs for each of so many examples; or None."""
    if not isinstance(outputs, Tensor):
        return english("probe.no_tensor", type=type(outputs).__name__)
    if outputs.ndim < 2 or len(outputs) != examples:
        return english("probe.other_shape", shape=tuple(outputs.shape), n=examples)
    return None


def no_outputs(shape: Sequence[int]) -> str | None:
    """A sentence about outputs of which there are none for an example; or None."""
    return english("probe.no_outputs", shape=tuple(shape)) if 0 in shape[1:] else None


def health(subject: Subject) -> Iterator[Ailment]:
    """What every measure of this network suffers from."""
    network, parts = subject.network, subject.inputs.split(subject.batch)
    outputs: list[Tensor] = []
    for part in parts:
        try:
            own = _answers(network, part)
        except Exception as error:  # anybody's code
            yield Ailment(english("probe.unreadable", error=told(error)), fatal=True)
            return
        if problem := misshapen(own, len(part)) or no_outputs(own.shape):
            yield Ailment(problem, fatal=True)
            return
        outputs.append(own)
    broken = sum(int((~own.isfinite()).flatten(1).any(dim=1).sum()) for own in outputs)
    if broken:
        sentence = english("probe.not_finite", n=broken, all=len(subject.inputs))
        yield Ailment(sentence, fatal=True)
        return
    given = parts[0].clone()
    again = _answers(network, given, copy=False)
    if not torch.equal(given.nan_to_num(), parts[0].nan_to_num()):
        yield Ailment(english("probe.input_changed"))
    if again.shape != outputs[0].shape or not torch.equal(again, outputs[0]):
        change = _apart(again, outputs[0])
        yield Ailment(english("probe.not_deterministic", change=f"{change:.2g}"))
    else:
        yield from _of_batches(network, parts[0], again)
    if len(subject.inputs) < NARROW:
        yield Ailment(english("probe.wide", n=len(subject.inputs)))
    yield from map(Ailment, subject.notes)


@torch.no_grad()
def _answers(network: nn.Module, x: Tensor, copy: bool = True) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return network(x.clone() if copy else x)


def _of_batches(network: nn.Module, x: Tensor, together: Tensor) -> Iterator[Ailment]:
    """Whether an example is answered differently alone, or in a batch of half the size."""
    half = len(x) // 2
    if half == 0:
        return
    try:
        alone = _answers(network, x[:1])
        halves = [_answers(network, part) for part in (x[:half], x[half:])]
    except Exception as error:  # anybody's code
        yield Ailment(english("probe.only_batches", error=type(error).__name__))
        return
    changes = _apart(alone, together[:1]), _apart(torch.cat(halves), together)
    rounding = ROUNDING_HALF if together.element_size() < 4 else ROUNDING
    if max(changes) > rounding * float(together.double().abs().max()):
        finite = [one for one in changes if math.isfinite(one) and one > 0]
        change = max(finite, default=math.inf)
        yield Ailment(english("probe.batch_matters", change=f"{change:.2g}"))


def _apart(one: Tensor, other: Tensor) -> float:
    """The largest difference; infinite between outputs of different shapes or not finite."""
    if one.shape != other.shape or not (one.isfinite().all() and other.isfinite().all()):
        return float("inf")
    return float((one.double() - other.double()).abs().max())
