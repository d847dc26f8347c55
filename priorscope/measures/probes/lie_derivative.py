"""Continuous symmetries: how fast the answers change as a transform sets in."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import grid_sample

from priorscope.core.seeds import torch_stream
from priorscope.measures.probes import PROBES, Probe, Probed, Reading
from priorscope.measures.probes._estimates import ratio_over, squared_change
from priorscope.measures.probes._forward_mode import along, along_each
from priorscope.measures.probes._generators import BRIGHTNESS, generators, velocity
from priorscope.measures.probes._outputs import (
    NO_GRADIENT,
    accuracy_reading,
    answers,
    centred,
    gradient_reaches,
    outputs,
)
from priorscope.measures.probes.exact_symmetry import Layers
from priorscope.subjects import Subject
from priorscope.subjects.layers import Grid, recorded
from priorscope.wording.page import english

ANGLES = (5, 10, 15, 20, 30, 45, 60, 90, 135, 180)
BLUR = 1.0  # positions, of the control


def lie_derivative(
    network: Callable[[Tensor], Tensor], x: Tensor, generator: str
) -> tuple[Tensor, Tensor]:
    """The outputs, and d/dt f(g_t x) at t = 0; each (batch, ...).

    x: images (batch, rows, columns, channels) or series (batch, time, channels), real numbers.
    generator: of `IMAGE` or `SERIES` in `_generators`: "translation right", "rotation", "scale",
    "shear", "brightness". t is in steps that move the positions by one in root mean square (of
    brightness: by one standard deviation). Forward-mode differentiation: about two passes.
    """
    return along(network, x, velocity(x, generator))


def lie_derivatives(
    network: Callable[[Tensor], Tensor], x: Tensor, names: Sequence[str]
) -> tuple[Tensor, Tensor]:
    """The outputs, and the derivatives of several transforms, (transforms, batch, ...).

    As `lie_derivative` gives them, beside one pass: in time about one and a half passes each.
    """
    return along_each(network, x, torch.stack([velocity(x, name) for name in names]))


def blurred(x: Tensor, width: float = BLUR) -> Tensor:
    """A Gaussian blur around the border; width: its standard deviation in positions."""
    axes = tuple(range(1, x.ndim - 1))
    spectrum = torch.fft.fftn(x.double(), dim=axes)
    for axis in axes:
        shape = [1] * x.ndim
        shape[axis] = x.shape[axis]
        cycles = torch.fft.fftfreq(x.shape[axis], dtype=torch.float64, device=x.device)
        damping = torch.exp(-2 * (torch.pi * width * cycles).square())
        spectrum = spectrum * damping.view(shape)
    return torch.fft.ifftn(spectrum, dim=axes).real.to(x.dtype)


@PROBES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class LieDerivative(Probe):
    """How fast the answers change as the input begins to move, turn, grow, shear or brighten. 0:
    not at all; 1: a step of one pixel changes them as much as another example would. It is smaller
    for smoother functions, whatever their symmetry: read it against the two controls.

    Squared norm of d/dt f(g_t x) at t = 0 over the squared distance between unrelated examples
    (Gruver et al. 2023). Controls: the identity (the input's own derivative) and the network behind
    a Gaussian blur of one pixel. Layers: how far the change fails to pass through, and by
    Hutchinson's estimator how much of the output's derivative arises in a layer.

    examples: how many are used, at most. probes: random directions of the outputs.
    """

    examples: int = 48
    probes: int = 2

    def why_not(self, subject: Subject) -> str | None:
        signature = subject.signature
        if signature.layout not in ("image", "series") or signature.padded:
            return english("probe.no_parts_of_positions")
        return None if gradient_reaches(subject) else NO_GRADIENT

    def measure(self, subject: Subject) -> Probed:
        few = subject.first(self.examples)
        layers = Layers.of(few)
        readings: list[Reading] = []
        names = generators(few.inputs.ndim - 2)
        every = _derivatives(few, names, layers)
        controls = _controls(few, names)
        sources = _sources(few, every, layers.names, self.probes)
        for generator, parts in every.items():
            readings += [_relative(parts, generator), *_of_layers(parts, generator)]
            readings += sources[generator]
            readings += controls[generator]
        if few.signature.layout == "image":
            readings += _turned(subject)
        return Probed(readings)


@dataclasses.dataclass(frozen=True)
class _Derivatives:
    """Output, its derivative, and the failures of layers to move with the input."""

    output: Tensor
    change: Tensor
    features: dict[str, Tensor]
    errors: dict[str, Tensor]


def _derivatives(subject: Subject, names: Sequence[str], layers: Layers) -> dict[str, _Derivatives]:
    """By generator: outputs and layers at once, all generators beside one pass of the network."""
    shapes: list[torch.Size] = []

    def run(x: Tensor) -> Tensor:
        with recorded(subject.network, layers.names) as record:
            output = subject.network(x)
        features = [record[name] for name in layers.names]
        shapes[:] = [h.shape for h in features]
        return torch.cat([output.flatten(1), *(h.flatten(1) for h in features)], dim=1)

    parts: dict[str, list[_Derivatives]] = {name: [] for name in names}
    for x in subject.inputs.split(max(1, subject.batch // 4)):
        values, changes = lie_derivatives(run, x, names)
        for name, change in zip(names, changes, strict=True):
            parts[name].append(_taken_apart(values, change, name, layers, shapes))
    return {name: _joined(own, layers.names) for name, own in parts.items()}


def _taken_apart(
    values: Tensor, changes: Tensor, generator: str, layers: Layers, shapes: Sequence[torch.Size]
) -> _Derivatives:
    """Outputs and layers, which went through the network side by side."""
    sizes = [shape[1:].numel() for shape in shapes]
    outputs_ = values.shape[1] - sum(sizes)
    value, *features = values.split([outputs_, *sizes], dim=1)
    change, *moved = changes.split([outputs_, *sizes], dim=1)
    own = {n: f.reshape(s) for n, f, s in zip(layers.names, features, shapes, strict=True)}
    errors = {
        n: _failure(own[n], m.reshape(s), generator, layers.grids[n])
        for n, m, s in zip(layers.names, moved, shapes, strict=True)
    }
    return _Derivatives(centred(value), centred(change), own, errors)


def _joined(parts: Sequence[_Derivatives], names: Sequence[str]) -> _Derivatives:
    return _Derivatives(
        torch.cat([p.output for p in parts]),
        torch.cat([p.change for p in parts]),
        {n: torch.cat([p.features[n] for p in parts]) for n in names},
        {n: torch.cat([p.errors[n] for p in parts]) for n in names},
    )


def _failure(output: Tensor, change: Tensor, generator: str, grid: Grid | None) -> Tensor:
    """The derivative of a layer without that part that is the layer's own motion."""
    if grid is None or generator == BRIGHTNESS:
        return change
    places, _ = grid.split(output)
    own = velocity(places, generator, tuple(map(float, grid.stride)))
    if grid.form == "channels first":
        return change - own.movedim(-1, 1).reshape(change.shape)
    if grid.form == "channels last":
        return change - own.reshape(change.shape)
    moved = own.reshape(len(change), -1, change.shape[-1])
    return torch.cat([change[:, : grid.leading], change[:, grid.leading :] - moved], dim=1)


def _squares(output: Tensor, change: Tensor) -> tuple[Tensor, Tensor]:
    _, unrelated = squared_change(output, output)
    return change.flatten(1).double().square().sum(dim=1), unrelated


def _relative(parts: _Derivatives, name: str) -> Reading:
    return Reading(name=name, value=ratio_over(*_squares(parts.output, parts.change)))


def _of_layers(parts: _Derivatives, name: str) -> list[Reading]:
    return [
        Reading(name=name, layer=layer, value=ratio_over(*_squares(parts.features[layer], error)))
        for layer, error in parts.errors.items()
    ]


def _controls(subject: Subject, names: Sequence[str]) -> dict[str, list[Reading]]:
    """By generator: the input's own derivative; and that of the network behind a blur."""
    x, soft = subject.inputs, blurred(subject.inputs)
    pairs = [
        lie_derivatives(subject.network, part, names)
        for part in soft.split(max(1, subject.batch // 4))
    ]
    output = centred(torch.cat([value for value, _ in pairs]))
    changes = torch.cat([change for _, change in pairs], dim=1)
    return {
        name: [
            Reading(
                name=f"{name}, identity control", value=ratio_over(*_squares(x, velocity(x, name)))
            ),
            Reading(
                name=f"{name}, blur control", value=ratio_over(*_squares(output, centred(change)))
            ),
        ]
        for name, change in zip(names, changes, strict=True)
    }


def _sources(
    subject: Subject, every: Mapping[str, _Derivatives], names: Sequence[str], probes: int
) -> dict[str, list[Reading]]:
    """By generator, how much of the output's derivative arises in each layer (Hutchinson 1990).

    With a random direction z of the outputs, <gradient of z . f at a layer, its failure to move>
    grows from layer to layer to z . (derivative of f); what it grows by arises between the two.
    The gradients serve all generators, so that a direction costs a pass there and back.
    """
    stream = torch_stream(0, "probes")
    first = next(iter(every.values()))
    squares: dict[str, list[Tensor]] = {name: [] for name in every}
    for _ in range(probes):
        z = torch.randn(first.change.shape, generator=stream, dtype=torch.float64).to(first.change)
        z = z - z.mean(dim=1, keepdim=True) if z.shape[1] > 1 else z
        carried = _carried(subject, z, every, names)
        for generator, parts in every.items():
            reached = torch.stack(carried[generator], dim=1)
            total = (z * parts.change).sum(dim=1, keepdim=True)
            grown = torch.cat([reached, total], dim=1).diff(dim=1, prepend=torch.zeros_like(total))
            squares[generator].append(grown.square())
    _, unrelated = squared_change(first.output, first.output)
    return {
        generator: _arising(generator, torch.stack(own).mean(dim=0), unrelated, names)
        for generator, own in squares.items()
    }


def _arising(
    generator: str, squares: Tensor, unrelated: Tensor, names: Sequence[str]
) -> list[Reading]:
    """squares: (examples, layers + 1)."""
    return [
        Reading(
            name=f"{generator}, arises here",
            layer=layer,
            value=ratio_over(squares[:, place], unrelated),
        )
        for place, layer in enumerate([*names, None])
    ]


def _carried(
    subject: Subject, z: Tensor, every: Mapping[str, _Derivatives], names: Sequence[str]
) -> dict[str, list[Tensor]]:
    """By generator, <gradient of z . f at a layer, its failure to move>, (examples,) each."""
    carried: dict[str, list[list[Tensor]]] = {g: [[] for _ in names] for g in every}
    size, done = max(1, subject.batch // 2), 0
    for x in subject.inputs.split(size):
        rows = slice(done, done + len(x))
        done += len(x)
        with torch.enable_grad(), recorded(subject.network, names) as record:
            value = subject.network(x.detach().clone().requires_grad_())
            layers = [record[name] for name in names]
            target = (value.flatten(1) * z[rows].to(value.dtype)).sum()
            gradients = torch.autograd.grad(target, layers, allow_unused=True)
        for place, (name, gradient) in enumerate(zip(names, gradients, strict=True)):
            flat = None if gradient is None else gradient.flatten(1).double()
            for generator, parts in every.items():
                error = parts.errors[name][rows].flatten(1).double()
                own = torch.zeros_like(error) if flat is None else flat * error
                carried[generator][place].append(own.sum(dim=1))
    return {g: [torch.cat(part) for part in own] for g, own in carried.items()}


def _turned(subject: Subject) -> list[Reading]:
    """Accuracy at angles, bilinear; outside the image is the image's border."""
    readings = [accuracy_reading(subject, "accuracy, turned by 0°", answers(subject))]
    if readings[0].value is None:
        return readings
    few = subject.first(128)
    for angle in ANGLES:
        moved = rotated(few.inputs, angle)
        name = f"accuracy, turned by {angle}°"
        readings.append(accuracy_reading(few, name, outputs(few, moved)))
    return readings


def rotated(images: Tensor, degrees: float | int) -> Tensor:
    """Images (batch, rows, columns, channels) turned about their middle; edges are repeated."""
    _, rows, columns, _ = images.shape
    angle = torch.tensor(torch.pi * degrees / 180)
    cos, sin = angle.cos(), angle.sin()
    ratio = columns / rows
    theta = torch.stack(
        [torch.stack([cos, -sin / ratio, cos * 0]), torch.stack([sin * ratio, cos, cos * 0])]
    ).to(images)
    first = images.movedim(-1, 1)
    grid = nn.functional.affine_grid(
        theta.expand(len(images), 2, 3), list(first.shape), align_corners=False
    )
    moved = grid_sample(first, grid, padding_mode="border", align_corners=False)
    return moved.movedim(1, -1)
