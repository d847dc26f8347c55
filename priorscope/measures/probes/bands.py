"""Which frequencies decide: one band passed, stopped, or filled with noise."""

import dataclasses

import numpy as np
import torch
from torch import Tensor

from priorscope.core.seeds import torch_stream
from priorscope.measures.probes import PROBES, Probe, Probed, Reading
from priorscope.measures.probes._estimates import mean_over, relative
from priorscope.measures.probes._outputs import accuracy_reading, answers, outputs, with_layers
from priorscope.measures.probes.exact_symmetry import Layers
from priorscope.subjects import Subject
from priorscope.subjects.layers import Grid
from priorscope.wording.page import english

BANDS = 6
SMALLEST_MAP = 16  # positions a side, below which a spectrum is too coarse


def radial_bands(x: Tensor, bands: int = BANDS) -> list[Tensor]:
    """An input cut into radial frequency bands that sum to it.

    x: (batch, *positions, channels). Bands are equally wide up to the Nyquist frequency (half an
    oscillation per position); the mean is in the first, corners of an image's spectrum in the last.
    """
    axes = tuple(range(1, x.ndim - 1))
    spectrum = torch.fft.fftn(x.double(), dim=axes)
    number = (_radius(x, axes) * bands).ceil().clamp(1, bands)
    return [
        torch.fft.ifftn(spectrum * (number == band), dim=axes).real.to(x.dtype)
        for band in range(1, bands + 1)
    ]


def _radius(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    """Frequency of each coefficient over the Nyquist frequency, shaped to multiply spectra."""
    squares = torch.zeros((), dtype=torch.float64, device=x.device)
    for axis in axes:
        shape = [1] * x.ndim
        shape[axis] = x.shape[axis]
        cycles = torch.fft.fftfreq(shape[axis], dtype=torch.float64, device=x.device)
        squares = squares + (2 * cycles).square().view(shape)
    return squares.sqrt()


def radial_power(maps: Tensor, bands: int = BANDS) -> Tensor:
    """Share of a map's power, without its mean, in each radial band; (batch, bands).

    maps: (batch, *positions, channels). Bands as in `radial_bands`; a constant map has 0 in all.
    """
    axes = tuple(range(1, maps.ndim - 1))
    power = torch.fft.fftn(maps.double(), dim=axes).abs().square()
    radius = _radius(maps, axes)
    number = (radius * bands).ceil().clamp(1, bands)
    dims = tuple(range(1, maps.ndim))
    own = torch.stack(
        [(power * ((number == band) & (radius > 0))).sum(dim=dims) for band in range(1, bands + 1)],
        dim=1,
    )
    return own / own.sum(dim=1, keepdim=True).clamp(min=torch.finfo(torch.float64).tiny)


def high_frequency_share(maps: Tensor) -> Tensor:
    """Share of a map's power, without its mean, in the upper half of frequencies; (batch,).

    maps: (batch, *positions, channels).
    """
    return radial_power(maps, 2)[:, 1]


@PROBES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Bands(Probe):
    """Which frequencies decide: the accuracy when one band of six, from slow to fast, is the only
    one left beside the mean (pass), is taken out (stop), or gets noise of the input's own strength.
    "change" is how far the answers move; 1: as far as to unrelated inputs.

    Radial bands of equal width up to the Nyquist frequency. Of feature maps of 16 positions a side
    or more: their Fourier spectrum by band, and the share of their power in the upper half of
    frequencies (compare Park & Kim 2022).

    examples: how many are used, at most.
    """

    examples: int = 128

    def why_not(self, subject: Subject) -> str | None:
        if subject.signature.layout in ("image", "series") and not subject.signature.padded:
            return None
        return english("probe.no_frequencies")

    def measure(self, subject: Subject) -> Probed:
        subject = subject.first(self.examples)
        x = subject.inputs
        before = answers(subject)
        base = accuracy_reading(subject, "accuracy", before)
        readings = [base]
        parts = radial_bands(x)
        axes = tuple(range(1, x.ndim - 1))
        mean = x.mean(dim=axes, keepdim=True)
        noise = torch.randn(x.shape, generator=torch_stream(0, "noise")).to(x)
        for number, (band, rough) in enumerate(zip(parts, radial_bands(noise), strict=True), 1):
            scale = x.std() / rough.std().clamp(min=1e-12)
            passed = band if number == 1 else band + mean
            stopped = x - band if number > 1 else x - band + mean
            for name, changed in (
                ("pass", passed),
                ("stop", stopped),
                ("noise", x + scale * rough),
            ):
                after = outputs(subject, changed)
                title = f"{name} band {number}"
                if base.value is not None:
                    readings.append(accuracy_reading(subject, f"accuracy, {title}", after))
                readings.append(Reading(name=f"change, {title}", value=relative(before, after)))
        spectra = _of_layers(subject.first(32))
        power = torch.stack([band.double().square().mean() for band in parts])
        picture = (power / power.sum()).cpu().numpy().astype(np.float32)
        return Probed([*readings, *spectra], {"power of the input": picture})


def _of_layers(subject: Subject) -> list[Reading]:
    layers = Layers.of(subject)
    large: dict[str, Grid] = {
        name: grid
        for name, grid in layers.grids.items()
        if grid is not None and min(grid.positions) >= SMALLEST_MAP
    }
    if not large:
        reason = english("probe.small_map", n=SMALLEST_MAP)
        return [Reading(name="high frequencies", reason=reason)]
    _, features = with_layers(subject, subject.inputs, list(large))
    return [
        reading
        for name, grid in large.items()
        for reading in _spectrum(name, grid.split(features[name])[0])
    ]


def _spectrum(layer: str, maps: Tensor) -> list[Reading]:
    high = Reading(
        name="high frequencies", layer=layer, value=mean_over(high_frequency_share(maps))
    )
    bands = [
        Reading(name=f"power in band {number}", layer=layer, value=mean_over(share))
        for number, share in enumerate(radial_power(maps).unbind(dim=1), start=1)
    ]
    return [high, *bands]
