"""A null for every learner: the channels change places, which none should notice."""

import dataclasses
from typing import ClassVar

import numpy as np

from priorscope.core.seeds import numpy_stream
from priorscope.core.signature import Signature
from priorscope.structures import STRUCTURES, Structure


@STRUCTURES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class ChannelsPermuted(Structure):
    """One fixed permutation of the channels, never the identity."""

    title: ClassVar[str] = "channels shuffled"

    def why_not(self, signature: Signature) -> str | None:
        channels = _num_channels(signature)
        return None if channels > 1 else f"there is {('no', 'only one')[channels]} channel"

    @classmethod
    def applies_by_default(cls, signature: Signature) -> "ChannelsPermuted | None":
        return None if signature.padded else super().applies_by_default(signature)

    def apply(
        self, inputs: np.ndarray, targets: np.ndarray, signature: Signature, seed: int, split: str
    ) -> tuple[np.ndarray, np.ndarray]:
        channels = _num_channels(signature)
        order = np.arange(inputs.shape[-1])
        stream = numpy_stream(seed, self.label)
        while (order[:channels] == np.arange(channels)).all():
            order[:channels] = stream.permutation(channels)
        return np.take(inputs, order, axis=-1), targets


def _num_channels(signature: Signature) -> int:
    """Channels that carry values: a padded series' presence is none of them."""
    if signature.layout not in ("image", "series"):
        return 0
    return signature.input_shape[-1] - signature.padded
