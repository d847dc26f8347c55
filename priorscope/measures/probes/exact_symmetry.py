"""Symmetries on the lattice: whole-pixel shifts, flips, quarter turns, orders, channels."""

import dataclasses
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from priorscope.core.estimate import Estimate
from priorscope.measures.probes import PROBES, Probe, Probed, Reading
from priorscope.measures.probes._estimates import (
    ratio_over,
    relative,
    share_over,
    squared_change,
)
from priorscope.measures.probes._outputs import centred, why_no_accuracy, with_layers
from priorscope.measures.probes._transforms import DISTANCES, Transform, transforms
from priorscope.subjects import Subject, UnreadableAttention
from priorscope.subjects.layers import Grid, grid_of, layer_names
from priorscope.wording.page import english

MOST_LAYERS = 8
Network = Callable[[Tensor], Tensor]  # such as any nn.Module


@torch.no_grad()
def invariance_error(
    network: Network, inputs: Tensor, transform: Callable[[Tensor], Tensor]
) -> Estimate:
    """Squared distance of the answers to an input and its changed copy, over that of strangers.

    0: the network ignores the change. 1: it answers as differently as to two unrelated examples.
    Logits are compared without their mean over the classes, in float64.

    network: (batch, ...) -> (batch, outputs). transform: any change of a batch of inputs, such as
    `lambda x: x.roll(3, dims=2)`.

    Raises:
        ValueError: if outputs are not finite.
    """
    return relative(centred(network(inputs)), centred(network(transform(inputs))))


@torch.no_grad()
def equivariance_error(
    network: Network,
    inputs: Tensor,
    transform: Callable[[Tensor], Tensor],
    of_outputs: Callable[[Tensor], Tensor],
) -> Estimate:
    """As `invariance_error`, of f(g x) against g f(x): whether the change passes through.

    of_outputs: what the change is for outputs, such as the same shift of a feature map.
    """
    return relative(of_outputs(network(inputs)), network(transform(inputs)))


@PROBES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class ExactSymmetry(Probe):
    """How much the answers change when the input is shifted, flipped, turned, reversed or has its
    channels exchanged. 0: the network ignores it; 1: the answers are as different as those to
    unrelated inputs. Layers: how far the change fails to pass through as the same change.

    All transforms are exact on the lattice and go around the border. Squared distances, relative
    to those between unrelated examples (DEFINITIONS 6), with 95% intervals over examples. Layers
    without positions are tested for ignoring the change.

    examples: how many are used, at most.
    """

    examples: int = 64

    def why_not(self, subject: Subject) -> str | None:
        if subject.signature.layout == "vector":
            return english("probe.no_positions")
        return None

    def measure(self, subject: Subject) -> Probed:
        subject = subject.first(self.examples)
        layers = Layers.of(subject)
        strides = {grid.stride[0] for grid in layers.grids.values() if grid is not None}
        made = transforms(subject.signature, subject.inputs, strides)
        before, features = with_layers(subject, subject.inputs, layers.names)
        results = [_Result.of(subject, transform, before, features, layers) for transform in made]
        by_layer = sorted(_layers(results), key=lambda r: layers.names.index(r.layer or ""))
        return Probed([*_outputs(results), *_accuracies(subject, results), *by_layer])


@dataclasses.dataclass(frozen=True)
class Layers:
    """Layers of a subject and where their outputs lie; None for those without positions."""

    names: list[str]
    grids: dict[str, Grid | None]

    @classmethod
    def of(cls, subject: Subject, most: int = MOST_LAYERS) -> "Layers":
        """Up to `most` of them, from a pass over a few examples."""
        few = subject.inputs[:2]
        names = layer_names(subject.network, few, most)
        _, features = with_layers(subject, few, names)
        convolves = any(isinstance(m, nn.Conv1d | nn.Conv2d) for m in subject.network.modules())
        tokens = _tokens_of(subject, few)
        grids = {
            name: grid_of(
                output, subject.signature, convolves, tokens if output.ndim == 3 else None
            )  # a transformer's patches may be made by a convolution: not tokens yet
            for name, output in features.items()
        }
        return cls(list(features), grids)


def _tokens_of(subject: Subject, few: Tensor) -> tuple[tuple[int, int], int] | None:
    """Rows and columns of a transformer's tokens, and how many are before them."""
    if subject.attention is None:
        return None
    try:
        maps = subject.attention(few)
    except UnreadableAttention:  # its layers are read like those of any network
        return None
    return maps.grid, maps.leading


@dataclasses.dataclass(frozen=True)
class _Result:
    transform: Transform
    change: Tensor
    unrelated: Tensor
    correct: Tensor | None
    layers: Mapping[str, Estimate]

    @classmethod
    def of(
        cls,
        subject: Subject,
        transform: Transform,
        before: Tensor,
        features: Mapping[str, Tensor],
        layers: Layers,
    ) -> "_Result":
        names = [n for n in layers.names if _reads(transform, layers.grids[n])]
        after, moved = with_layers(subject, transform.apply(subject.inputs), names)
        errors = {
            name: _layer_error(transform, layers.grids[name], features[name], moved[name])
            for name in names
        }
        change, unrelated = squared_change(before, after)
        correct = None
        if subject.targets is not None and not why_no_accuracy(subject, after):
            correct = after.argmax(dim=-1) == subject.targets
        return cls(transform, change, unrelated, correct, errors)


def _reads(transform: Transform, grid: Grid | None) -> bool:
    """Whether a layer is read under it: one shift of each axis, by one of its own positions."""
    if transform.group in ("order", "channels"):
        return False
    if transform.group == "reversal":
        return grid is None or transform.on_layer(grid.stride) is not None
    if transform.shift is None:
        return transform.name in ("flip left and right", "quarter turn")
    steps = [abs(by) for by in transform.shift if by]
    step = grid.stride[0] if grid is not None else 1
    return min(transform.shift) >= 0 and steps[0] == step


def _layer_error(
    transform: Transform, grid: Grid | None, before: Tensor, after: Tensor
) -> Estimate:
    if grid is None:
        return relative(before, after)
    act = transform.on_layer(grid.stride)
    assert act is not None
    (places, rest), (moved, moved_rest) = grid.split(before), grid.split(after)
    expected = torch.cat([act(places).flatten(1), rest], dim=1)
    return relative(expected, torch.cat([moved.flatten(1), moved_rest], dim=1))


def _outputs(results: list[_Result]) -> list[Reading]:
    """Each direction, then the mean over the directions of a distance."""
    readings = []
    for group in dict.fromkeys(r.transform.group for r in results):
        own = [r for r in results if r.transform.group == group]
        mean = ratio_over(
            torch.stack([r.change for r in own]).mean(dim=0),
            torch.stack([r.unrelated for r in own]).mean(dim=0),
        )
        if group.startswith("shift"):
            readings.append(Reading(name=group, value=mean))
        for r in own:
            readings.append(Reading(name=r.transform.name, value=ratio_over(r.change, r.unrelated)))
    return readings


def _accuracies(subject: Subject, results: list[_Result]) -> list[Reading]:
    """The share of right answers, mean over the directions of a distance.

    The interval is that of examples that are wholly right or wrong, never too narrow.
    """
    readings = []
    for group in dict.fromkeys(r.transform.group for r in results):
        own = [r for r in results if r.transform.group == group and r.correct is not None]
        correct = [r.correct.double() for r in own if r.correct is not None]
        if correct:
            value = share_over(torch.stack(correct).mean(dim=0))
            readings.append(Reading(name=f"accuracy, {group}", value=value))
    return readings


def _layers(results: list[_Result]) -> list[Reading]:
    """Of each layer; of the shifts those to the right alone."""
    readings = []
    for r in results:
        name = "shift by a position" if r.transform.shift else r.transform.name
        if r.transform.shift and r.transform.shift[0] and len(r.transform.shift) == 2:
            continue
        readings += [Reading(name=name, value=v, layer=layer) for layer, v in r.layers.items()]
    return readings


__all__ = ["DISTANCES", "ExactSymmetry", "equivariance_error", "invariance_error"]
