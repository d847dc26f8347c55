"""How far a network looks: receptive fields, gradients, and pairs of inputs that act together."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from priorscope.core.seeds import torch_stream
from priorscope.measures.probes import PROBES, Probe, Probed, Reading
from priorscope.measures.probes._estimates import exactly, mean_over
from priorscope.measures.probes._outputs import NO_GRADIENT
from priorscope.measures.probes.exact_symmetry import Layers
from priorscope.subjects import Subject
from priorscope.subjects.layers import Grid, in_rows, recorded
from priorscope.wording.page import english

SHARES = (0.2, 0.3, 0.5, 0.99)
CENTRES = 4  # places that are hidden for the distance of interactions


def unit_gradient(
    network: Callable[[Tensor], Tensor], x: Tensor, layer: str | None = None
) -> Tensor:
    """|d (centre unit) / d input|, (batch, *positions): mean over examples is the receptive field.

    x: (batch, *positions, channels). layer: name of a module whose output is a map, channels first
    (batch, channels, *positions); its centre unit is the sum over channels at the middle. None:
    the output of the network itself.
    """
    x = x.detach().clone().requires_grad_()
    with torch.enable_grad():
        if layer is None:
            output = network(x)
        else:
            assert isinstance(network, nn.Module), "layers are those of a module"
            with recorded(network, [layer]) as record:
                network(x)
            output = record[layer]
        middle = tuple(size // 2 for size in output.shape[2:])
        unit = output[(slice(None), slice(None), *middle)].sum()
        (gradient,) = torch.autograd.grad(unit, [x])
    return gradient.abs().sum(dim=-1)


def square_sides(field: Tensor, centre: tuple[int, ...] | None = None) -> dict[float, int]:
    """Side of the smallest centred square (interval) that holds 20, 30, 50 and 99% of a field.

    field: (*positions), not negative. centre: by default the middle position.
    """
    centre = centre or tuple(size // 2 for size in field.shape)
    apart = _chebyshev(field.shape, centre)
    held = torch.zeros(int(apart.max()) + 1, dtype=torch.float64)
    held.index_add_(0, apart.flatten(), field.flatten().double().cpu())
    shares = held.cumsum(0) / held.sum().clamp(min=torch.finfo(torch.float64).tiny)
    return {s: 2 * int((shares < s - 1e-9).sum()) + 1 for s in SHARES}


def variances(field: Tensor) -> list[float]:
    """Variance of a field, taken as a distribution over positions, along each axis."""
    weights = field.double() / field.double().sum()
    out = []
    for axis, size in enumerate(field.shape):
        shape = [1] * field.ndim
        shape[axis] = size
        places = torch.arange(size, dtype=torch.float64, device=field.device).view(shape)
        mean = (weights * places).sum()
        out.append(float((weights * (places - mean).square()).sum()))
    return out


def gradient_spread(gradient: Tensor) -> Tensor:
    """How far apart the positions are that an answer depends on; 1: as if on all alike.

    gradient: (examples, *positions), not negative. Root mean squared distance between two
    positions drawn by it, over the same for equal weights.
    """
    own = torch.tensor([sum(variances(g)) if g.sum() > 0 else 0.0 for g in gradient])
    equal = sum(variances(torch.ones_like(gradient[0])))
    return (own / equal).sqrt()


@PROBES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Locality(Probe):
    """How far the network looks: the side of the square around the middle that holds 20, 30, 50
    and 99% of what a unit in the middle of the last map, or the answer, depends on; and how far
    apart inputs are that act together, from 0 (the same place) to 1 (no matter where).

    Effective receptive field (Luo et al. 2016): absolute gradient of the unit by the input, mean
    over examples. Gradient spread: distance between two positions drawn by the gradient, over the
    same for equal weights. Interaction distance: how far from a hidden patch the answer's gradient
    changes, weighted by the change times the input. Texts: by the vectors of the tokens.

    examples: how many are used, at most.
    """

    examples: int = 64

    def why_not(self, subject: Subject) -> str | None:
        if subject.signature.layout == "vector":
            return english("probe.no_distance")
        with _vectors(subject.network, subject) as source:
            try:
                source.run(subject.inputs[:2])
            except RuntimeError:
                return NO_GRADIENT
            if source.input is None:
                return english("probe.bag")
            if not source.output.requires_grad:
                return NO_GRADIENT
        return None

    def measure(self, subject: Subject) -> Probed:
        subject = subject.first(self.examples)
        readings: list[Reading] = []
        pictures: dict[str, np.ndarray] = {}
        unit = _field_of_unit(subject)
        if isinstance(unit, str):
            readings.append(Reading(name="unit, 50%", reason=unit))
        else:
            readings += _sides("unit", unit, subject)
            pictures["unit field"] = unit.float().numpy()
        gradients = answer_gradients(subject)
        field = gradients.mean(dim=0)
        readings += _sides("answer", field, subject)
        pictures["answer field"] = field.float().numpy()
        spread = mean_over(gradient_spread(gradients))
        readings.append(Reading(name="gradient spread", value=spread))
        readings.append(_interactions(subject))
        return Probed(readings, pictures)


def _sides(of: str, field: Tensor, subject: Subject) -> list[Reading]:
    n = len(subject.inputs)
    method = "gradient, mean over examples"
    if not field.sum() > 0:
        reason = english("probe.gradient_zero")
        return [Reading(name=f"{of}, 50%", reason=reason)]
    return [
        Reading(name=f"{of}, {share:.0%}", value=exactly(side, n, method))
        for share, side in square_sides(field).items()
    ]


def answer_gradients(subject: Subject) -> Tensor:
    """|gradient of the largest output by the input|, (examples, *positions), on the CPU."""
    parts = []
    for x in subject.inputs.split(max(1, subject.batch // 2)):
        with _vectors(subject.network, subject) as source:
            answer = _answer(source.run(x))
            (gradient,) = torch.autograd.grad(answer, [source.input])  # type: ignore[list-item]
        parts.append(gradient.abs().sum(dim=-1).detach().cpu())
    return torch.cat(parts)


def _answer(output: Tensor, chosen: Tensor | None = None) -> Tensor:
    """The sum over examples of each one's largest output, or of the chosen one."""
    logits = output.flatten(1)
    if logits.shape[1] > 1:
        logits = logits - logits.mean(dim=1, keepdim=True)
    if chosen is None:
        chosen = logits.argmax(dim=1)
    return logits.gather(1, chosen[:, None]).sum()


def _field_of_unit(subject: Subject) -> Tensor | str:
    """The receptive field of the middle of the last layer with positions; or why there is none."""
    layers = Layers.of(subject)
    last: list[tuple[str, Grid]] = [(n, g) for n, g in layers.grids.items() if g is not None]
    last = [pair for pair in last if min(pair[1].positions) > 1]
    if not last:
        return english("probe.no_layer_on_input")
    name, grid = last[-1]
    total: Any = 0.0
    for x in subject.inputs.split(max(1, subject.batch // 2)):
        with _vectors(subject.network, subject) as source:
            with recorded(subject.network, [name]) as record:
                source.run(x)
            places, _ = grid.split(record[name])
            middle = tuple(size // 2 for size in grid.positions)
            unit = places[(slice(None), *middle)].sum()
            if not unit.requires_grad:
                return english("probe.no_gradient_to_layer")
            (gradient,) = torch.autograd.grad(unit, [source.input])  # type: ignore[list-item]
        total = total + gradient.abs().sum(dim=(0, -1)).detach().cpu().double()
    return total / len(subject.inputs)


def _interactions(subject: Subject) -> Reading:
    """Mean distance between inputs that act together, over that of all pairs of places."""
    few = subject.first(min(32, len(subject.inputs)))
    stream = torch_stream(0, "interactions")
    near: list[Tensor] = []
    with _vectors(few.network, few) as source:
        chosen = source.run(few.inputs).flatten(1).argmax(dim=1)
        before, x = _gradient(few, None, chosen)
        positions = x.shape[1:-1]
        width = max(1, min(positions) // 8)
        for _ in range(CENTRES):
            centre = tuple(
                int(torch.randint(size - width + 1, (), generator=stream)) for size in positions
            )
            hidden = x.clone()
            window = tuple(slice(c, c + width) for c in centre)
            hidden[(slice(None), *window)] = x.mean(dim=0)[window]
            after, _ = _gradient(few, hidden, chosen)
            act = ((after - before) * (x - x.mean(dim=0))).abs().sum(dim=-1)
            act[(slice(None), *window)] = 0.0
            middle = tuple(c + (width - 1) / 2 for c in centre)
            near.append(_mean_distance(act, positions, middle, window))
    values = torch.stack(near)
    moved = values.isfinite()
    if not moved.any():
        return Reading(name="interaction distance", reason=english("probe.no_interaction"))
    mean = torch.where(moved, values, 0.0).sum(dim=0) / moved.sum(dim=0).clamp(min=1)
    return Reading(name="interaction distance", value=mean_over(mean[moved.any(dim=0)]))


def _gradient(subject: Subject, vectors: Tensor | None, chosen: Tensor) -> tuple[Tensor, Tensor]:
    """Gradient of the chosen outputs, and the input (or the tokens' vectors) it is taken at."""
    with _vectors(subject.network, subject, vectors) as source:
        answer = _answer(source.run(subject.inputs), chosen)
        assert source.input is not None
        (gradient,) = torch.autograd.grad(answer, [source.input])
    return gradient.detach(), source.input.detach()


def _mean_distance(
    act: Tensor, positions: torch.Size, middle: tuple[float, ...], window: tuple[slice, ...]
) -> Tensor:
    """(examples,) mean distance from `middle` by weight, over that of equal weights."""
    distance = torch.zeros(positions, dtype=torch.float64)
    for axis, size in enumerate(positions):
        shape = [1] * len(positions)
        shape[axis] = size
        distance = distance + (torch.arange(size).double() - middle[axis]).square().view(shape)
    distance = distance.sqrt()
    outside = torch.ones(positions, dtype=torch.float64)
    outside[window] = 0.0
    equal = (distance * outside).sum() / outside.sum()
    weights = act.double().cpu()
    axes = tuple(range(1, weights.ndim))
    total = weights.sum(dim=axes)
    return torch.where(total > 0, (weights * distance).sum(dim=axes) / total, torch.nan) / equal


def _chebyshev(shape: torch.Size, centre: tuple[int, ...]) -> Tensor:
    apart = torch.zeros(shape, dtype=torch.long)
    for axis, size in enumerate(shape):
        view = [1] * len(shape)
        view[axis] = size
        apart = torch.maximum(apart, (torch.arange(size) - centre[axis]).abs().view(view))
    return apart


class _Source:
    """A network with what its gradients are taken by: its input, or the vectors of its tokens."""

    def __init__(self, network: nn.Module, numbers: bool, given: Tensor | None):
        self.network, self.numbers, self.given = network, numbers, given
        self.input: Tensor | None = None
        self.output = torch.zeros(())

    def run(self, x: Tensor) -> Tensor:
        self.input = None
        with torch.enable_grad():
            if self.numbers:
                x = x if self.given is None else self.given
                self.input = x = x.detach().clone().requires_grad_()
            self.output = self.network(x)
        return self.output

    def replace(self, _: nn.Module, args: Any, output: Any) -> Any:
        """The first module that makes vectors of ids: a fresh leaf stands in for its output."""
        if self.input is not None or not isinstance(output, Tensor) or output.ndim != 3:
            return output
        source = output if self.given is None else self.given
        self.input = source.detach().clone().requires_grad_()
        return self.input


@contextmanager
def _vectors(
    network: nn.Module, subject: Subject, given: Tensor | None = None
) -> Iterator[_Source]:
    """See `_Source`. given: what the input, or the tokens' vectors, are replaced by."""
    numbers = subject.signature.layout != "tokens"
    source = _Source(network, numbers, given)
    makers = [] if numbers else [m for m in network.modules() if _embeds(m)]
    handles = [maker.register_forward_hook(source.replace) for maker in makers]
    try:
        with in_rows(network):
            yield source
    finally:
        for handle in handles:
            handle.remove()


def _embeds(module: nn.Module) -> bool:
    """A table of one vector per id: torch's, or one of ours."""
    return isinstance(module, nn.Embedding) or type(module).__name__ == "TokenEmbedding"


__all__ = ["SHARES", "Locality", "gradient_spread", "square_sides", "unit_gradient", "variances"]
