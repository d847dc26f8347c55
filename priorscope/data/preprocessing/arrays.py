"""Arrays with the axes of training, less what was taken off there."""

import dataclasses
from pathlib import Path

import numpy as np

from priorscope.core.preprocessing import PREPROCESSINGS, NewInputs, Preprocessing, row_names
from priorscope.core.signature import Layout, Signature
from priorscope.data.array_files import read_inputs
from priorscope.data.layout import AS_THEY_ARE, Channels, arranged, offsets_of, shifted
from priorscope.data.ranges import check_finite


@PREPROCESSINGS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class ArrayLayout(Preprocessing):
    """Inputs of one layout and shape.

    layout, channels: as `arranged` takes them. shape: of one example's input. vocabulary: number
    of token ids; 0 without. offsets: taken off each feature or channel.
    """

    layout: Layout = "vector"
    channels: Channels = ""
    shape: tuple[int, ...] = ()
    vocabulary: int = 0
    offsets: tuple[float, ...] = ()

    @classmethod
    def of_signature(cls, signature: Signature) -> "ArrayLayout":
        """Of inputs as a task gives them."""
        return cls(
            layout=signature.layout,
            channels="last",
            shape=signature.input_shape,
            vocabulary=signature.vocabulary or 0,
        )

    def inputs(self, values: np.ndarray) -> np.ndarray:
        """From what `arranged` gives."""
        return values if self.layout in AS_THEY_ARE else shifted(values, self.offsets)

    def read(self, path: Path) -> NewInputs:
        return self.of_array(read_inputs(path))

    def of_array(self, array: np.ndarray) -> NewInputs:
        values = arranged(np.asarray(array), self.layout, self.channels)[0]
        if values.shape[1:] != self.shape:
            raise ValueError(
                f"This model reads inputs of shape {_times(self.shape)}, but these are "
                f"{_times(values.shape[1:])}."
            )
        if self.vocabulary and int(values.max()) >= self.vocabulary:
            raise ValueError(
                f"This model has token ids below {self.vocabulary:,}, but one is "
                f"{int(values.max()):,}; encode the texts with its tokenizer."
            )
        inputs = self.inputs(values)
        check_finite(inputs, "new")
        return NewInputs(inputs, row_names(len(inputs)))


def fitted_layout(values: np.ndarray, layout: Layout, channels: Channels) -> ArrayLayout:
    """Of what `arranged` gave of all examples of a source."""
    return ArrayLayout(
        layout=layout,
        channels=channels,
        shape=tuple(int(size) for size in values.shape[1:]),
        offsets=() if layout in AS_THEY_ARE else offsets_of(values),
    )


def _times(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
