"""Random streams as tables by step, so that a device is given many steps at once."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from priorscope.core.seeds import torch_stream
from priorscope.train.augment import draw_noise
from priorscope.train.inputs import epochs_of_batches


class BatchStream:
    """The batches of one replica, as `epochs_of_batches` gives them, drawn as far as needed.

    Args:
        examples: of the training part.
        batch: examples of a step, at most.
        seed: of the prefix.
    """

    def __init__(self, examples: int, batch: int, seed: int):
        self.batch = min(batch, examples)
        self._examples, self._per_epoch = examples, examples // self.batch
        self._generator = torch_stream(seed, "batches")
        self._epochs: list[Tensor] = []
        self._first = 0  # epoch that is kept first; earlier ones are over

    def rows(self, start: int, stop: int) -> Int[Tensor, "steps batch"]:
        """Indices into the training part of the steps `start` ... `stop` - 1.

        Earlier epochs than that of `start` are forgotten.
        """
        first, last = start // self._per_epoch, -(-stop // self._per_epoch)
        assert first >= self._first, "a stream doesn't go back"
        if (missing := last - self._first - len(self._epochs)) > 0:
            steps = missing * self._per_epoch
            drawn = epochs_of_batches(self._examples, self.batch, steps, self._generator)
            self._epochs += drawn.split(self._per_epoch)
        del self._epochs[: first - self._first]
        self._first = first
        table = torch.cat(self._epochs[: last - first])
        return table[start - first * self._per_epoch :][: stop - start]


class NoiseStream:
    """What augments the batches of one replica, step by step, as `augment` would draw it.

    Args:
        parts: augmentations.
        positions: lengths of the axes of positions of an example.
        batch: examples of a step.
        seed: of the prefix.
    """

    def __init__(self, parts: tuple[str, ...], positions: tuple[int, ...], batch: int, seed: int):
        self._parts, self._positions, self._batch = parts, positions, batch
        self._generator = torch_stream(seed, "augment")
        self._next = 0

    def rows(self, start: int, stop: int) -> Float[Tensor, "steps lanes batch"]:
        """Of the steps `start` ... `stop` - 1; each call continues where the last one ended."""
        assert start == self._next, "a stream is read in order"
        self._next = stop
        drawn = [
            draw_noise(self._parts, self._positions, self._batch, self._generator)
            for _ in range(start, stop)
        ]
        return torch.stack(drawn)
