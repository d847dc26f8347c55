"""Which symmetries a trained network has, whatever its architecture promises."""

import dataclasses

import numpy as np
import torch
from torch import Tensor

from priorscope.core.positions import num_positions, reordered
from priorscope.core.seeds import numpy_stream
from priorscope.core.signature import Signature
from priorscope.measures import MEASURES, Measure
from priorscope.measures._change import answers, relative_changes
from priorscope.subjects import Subject


@MEASURES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Symmetry(Measure):
    """How much the answers change when an input is shifted by one position, mirrored, rotated by a
    quarter, reversed, or its positions are put in another order. 0: the network has the
    symmetry; 1: the answers are as different as those to unrelated inputs.

    Squared distance of the logits relative to that of two different examples. All transforms
    are exact on the grid (no interpolation) and go around the border. Images: `shift` (mean over
    both axes), `mirror` (left and right), `rotation` (square ones); series and texts: `reversal`
    and `order` (one random permutation), series without padding also `shift`.
    """

    def why_not(self, signature: Signature) -> str | None:
        return "a vector has no symmetry" if signature.layout == "vector" else None

    def measure(self, subject: Subject) -> dict[str, float]:
        return {name: values[0] for name, values in self.measure_replicas(subject).items()}

    def measure_replicas(self, subject: Subject) -> dict[str, list[float]]:
        network, inputs, signature = subject.network, subject.inputs, subject.signature
        before = answers(network, inputs)
        errors: dict[str, list[list[float]]] = {}
        for name, changed in _transformed(inputs, signature):
            after = answers(network, changed)
            own = relative_changes(before, after, subject.replicas)
            errors.setdefault(name, []).append(own)
        return {name: np.mean(values, axis=0).tolist() for name, values in errors.items()}


def _transformed(inputs: Tensor, signature: Signature) -> list[tuple[str, Tensor]]:
    if signature.layout == "image":
        transformed = [("shift", inputs.roll(1, dims=axis)) for axis in (1, 2)]
        transformed.append(("mirror", inputs.flip(2)))
        if inputs.shape[1] == inputs.shape[2]:
            transformed.append(("rotation", inputs.rot90(1, (1, 2))))
        return transformed
    positions = np.arange(num_positions(signature))
    orders = {
        "reversal": positions[::-1],
        "order": numpy_stream(0, "order").permutation(positions),
    }
    if signature.layout == "series" and not signature.padded:
        orders["shift"] = np.roll(positions, 1)
    stored = inputs.cpu().numpy()
    return [
        (name, torch.from_numpy(reordered(stored, order, signature)).to(inputs))
        for name, order in orders.items()
    ]
