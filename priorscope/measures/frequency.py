"""Which spatial or temporal frequencies a trained network uses."""

import dataclasses

import torch
from jaxtyping import Float
from torch import Tensor

from priorscope.core.signature import Signature
from priorscope.measures import MEASURES, Measure
from priorscope.measures._change import answers, relative_changes
from priorscope.subjects import Subject

BANDS = {"low": (0.0, 1 / 3), "middle": (1 / 3, 2 / 3), "high": (2 / 3, 2.0)}


@MEASURES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Frequency(Measure):
    """How much the answers change when one band of frequencies is filtered out of the input: the
    low, the middle or the high third, up to one oscillation in two positions. 0: the
    network doesn't use the band, or the data have nothing in it; 1: the answers are as
    different as those to unrelated inputs.

    Bands are radial, as shares of the Nyquist frequency; corners of an image's spectrum belong
    to the high one. The mean is never removed. Filtering the input, not the features, as small
    images ask for (compare Park & Kim 2022, section 3, who transform features).
    """

    def why_not(self, signature: Signature) -> str | None:
        if signature.layout in ("image", "series") and not signature.padded:
            return None
        return "only images, and series of one length, have frequencies"

    def measure(self, subject: Subject) -> dict[str, float]:
        return {name: values[0] for name, values in self.measure_replicas(subject).items()}

    def measure_replicas(self, subject: Subject) -> dict[str, list[float]]:
        network, inputs, signature = subject.network, subject.inputs, subject.signature
        axes = (1, 2) if signature.layout == "image" else (1,)
        spectrum = torch.fft.fftn(inputs.double(), dim=axes)
        radius = _radius(spectrum, axes)
        before = answers(network, inputs)
        changes = {}
        for name, (low, high) in BANDS.items():
            removed = (radius > low) & (radius <= high)
            if removed.any():
                left = torch.fft.ifftn(spectrum * ~removed, dim=axes).real
                changes[name] = relative_changes(
                    before, answers(network, left.to(inputs)), subject.replicas
                )
        return changes


def _radius(spectrum: Tensor, axes: tuple[int, ...]) -> Float[Tensor, "..."]:
    """Frequency of each coefficient over the Nyquist frequency, shaped to multiply spectra."""
    squares = torch.zeros((), dtype=torch.float64, device=spectrum.device)
    for axis in axes:
        shape = [1] * spectrum.ndim
        shape[axis] = spectrum.shape[axis]
        cycles = torch.fft.fftfreq(shape[axis], dtype=torch.float64, device=spectrum.device)
        squares = squares + (2 * cycles).square().view(shape)
    return squares.sqrt()
