"""From stored examples to what a network reads: on the device, standardised inside the prefix."""

import numpy as np
import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor
from torch.nn import functional

from priorscope.core.signature import Signature
from priorscope.train.recipe import Recipe

CHUNK = 4096  # examples whose statistics are summed at a time


class Reader:
    """Standardises, resizes and cuts a batch; its statistics come from the training part alone.

    Images and series are standardised per channel (so a permutation of positions changes
    nothing), vectors per feature; padding masks and token ids are left alone.

    Args:
        inputs: the training part, (examples, *input_shape).
        signature: how to read them.
        recipe: decides the resolution, and how many tokens are read.
    """

    def __init__(self, inputs: np.ndarray, signature: Signature, recipe: Recipe):
        self.signature, self.recipe = signature, recipe
        self.resolution = recipe.resolution
        if signature.layout == "tokens":
            return
        axes = tuple(range(inputs.ndim - 1))
        total = np.zeros(inputs.shape[-1])
        squares = np.zeros(inputs.shape[-1])
        for start in range(0, len(inputs), CHUNK):
            part = inputs[start : start + CHUNK].astype(np.float64)
            total += part.sum(axis=axes)
            squares += np.square(part).sum(axis=axes)
        count = inputs.size / inputs.shape[-1]
        self._set(*standardisation(total / count, squares / count, signature.padded))

    @classmethod
    def of_statistics(
        cls, mean: np.ndarray, std: np.ndarray, signature: Signature, recipe: Recipe
    ) -> "Reader":
        """With these means and standard deviations, which must broadcast to a batch."""
        reader = cls.__new__(cls)
        reader.signature, reader.recipe = signature, recipe
        reader.resolution = recipe.resolution
        reader._set(mean, std)
        return reader

    def _set(self, mean: np.ndarray, std: np.ndarray) -> None:
        self.mean = torch.from_numpy(mean).to(torch.get_default_dtype())
        self.std = torch.from_numpy(std).to(torch.get_default_dtype())

    @classmethod
    def restored(
        cls, signature: Signature, recipe: Recipe, mean: Tensor | None, std: Tensor | None
    ) -> "Reader":
        """With what another one measured: (channels,) or (features,); None for token ids."""
        reader = cls.__new__(cls)
        reader.signature, reader.recipe = signature, recipe
        reader.resolution = recipe.resolution
        if mean is not None and std is not None:
            reader.mean, reader.std = mean, std
        return reader

    @property
    def statistics(self) -> dict[str, Tensor]:
        """`mean` and `std`; empty for token ids, of which nothing is measured."""
        return {} if self.signature.layout == "tokens" else {"mean": self.mean, "std": self.std}

    def to(self, device: torch.device) -> "Reader":
        """Move the statistics."""
        if self.signature.layout != "tokens":
            self.mean, self.std = self.mean.to(device), self.std.to(device)
        return self

    @property
    def network_signature(self) -> Signature:
        """The signature of what the network reads, resized or cut."""
        return self.recipe.network_signature(self.signature)

    def __call__(self, batch: Shaped[Tensor, "batch ..."]) -> Tensor:
        """(batch, *input_shape) as stored -> as the network reads it."""
        if self.signature.layout == "tokens":
            return batch[..., : self.network_signature.input_shape[0]]
        x = (batch.to(self.mean.dtype) - self.mean) / self.std
        if not self.resolution:
            return x
        size = (self.resolution, self.resolution)
        channels_first = x.flatten(0, -4).movedim(-1, 1)
        resized = functional.interpolate(channels_first, size, mode="bilinear", antialias=True)
        return resized.movedim(1, -1).unflatten(0, x.shape[:-3])


def standardisation(
    mean: Float[np.ndarray, "*lead channels"],
    squares: Float[np.ndarray, "*lead channels"],
    padded: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation to standardise with, from means of the values and squares.

    A constant channel stays 0; the last one of padded series, their presence, is left alone.
    """
    std = np.sqrt(np.maximum(squares - np.square(mean), 0))
    std[std < 1e-6 * np.maximum(np.abs(mean), 1e-6)] = 1.0
    if padded:
        mean[..., -1], std[..., -1] = 0.0, 1.0
    return mean, std


def epochs_of_batches(
    examples: int, batch: int, steps: int, generator: torch.Generator
) -> Int[Tensor, "steps batch"]:
    """Indices of each step's examples: every example once an epoch, in a new order each time.

    A batch never holds an example twice unless there are fewer examples than its size.
    """
    size = min(batch, examples)
    per_epoch = examples // size
    orders = [
        torch.randperm(examples, generator=generator)[: per_epoch * size].view(per_epoch, size)
        for _ in range(-(-steps // per_epoch))
    ]
    return torch.cat(orders)[:steps]
