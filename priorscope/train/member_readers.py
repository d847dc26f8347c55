"""How the members of a population read their examples: each by its own training part."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from priorscope.core.precision import exact, has_float64
from priorscope.core.signature import Signature
from priorscope.train.inputs import Reader, standardisation
from priorscope.train.recipe import Recipe
from priorscope.train.trainee import Resident

PREDICTED_VALUES = 2**25  # input values that are read at once, of all members together
PREDICTED_EXAMPLES = 2**15


def at_once(signature: Signature, count: int) -> int:
    """Examples of each of `count` members that are predicted at once."""
    values = math.prod(signature.input_shape)
    return max(1, min(PREDICTED_VALUES // values, PREDICTED_EXAMPLES) // count)


class MemberReaders:
    """Means and deviations of each member's training part, from the device.

    Args:
        members: by index; their prefixes lie in `rows`.
        rows: the examples on the device, (examples, *input_shape).
        signature: what the data feed.
        recipe: decides the resolution, and how many tokens are read.
        device: where the readers' statistics go.
    """

    def __init__(
        self,
        members: Sequence[Resident],
        rows: Tensor,
        signature: Signature,
        recipe: Recipe,
        device: torch.device,
    ):
        self.signature, self.recipe, self.device = signature, recipe, device
        self._means = self._stds = np.zeros((len(members), 1))  # (members, channels)
        if signature.layout == "tokens":
            return
        moments = []
        host = device if has_float64(device) else torch.device("cpu")
        for member in members:
            total = torch.zeros(2, signature.input_shape[-1], dtype=torch.float64).to(host)
            own = torch.from_numpy(member.split.train + member.start).to(device)
            for part in own.split(at_once(signature, 1)):
                x = exact(rows[part]).flatten(0, -2)
                total += torch.stack([x.sum(0), x.square().sum(0)])
            values = len(own) * math.prod(signature.input_shape[:-1])
            moments.append(total / values)
        mean, squares = torch.stack(moments, dim=1).cpu().numpy()
        self._means, self._stds = standardisation(mean, squares, signature.padded)

    def alone(self, index: int) -> Reader:
        """Of one member, for (examples, *input_shape)."""
        return self._made([index], (self._means.shape[-1],))

    def together(self, indices: Sequence[int]) -> Reader:
        """Of several, for (members, examples, *input_shape)."""
        axes = len(self.signature.input_shape)
        return self._made(indices, (len(indices), *(1,) * axes, self._means.shape[-1]))

    def _made(self, indices: Sequence[int], shape: tuple[int, ...]) -> Reader:
        rows = list(indices)
        means, stds = self._means[rows].reshape(shape), self._stds[rows].reshape(shape)
        made = Reader.of_statistics(means, stds, self.signature, self.recipe)
        return made.to(self.device)
