"""The optimizers that a recipe names, of many networks at once: a network is a row."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from priorscope.train.adamw import ReplicaAdamW, clip_rows
from priorscope.train.recipe import Recipe

CLIP = 1.0  # the largest norm of a gradient
MOMENTUM = 0.9


class ReplicaSGDW:
    """SGD with Nesterov's momentum and decoupled weight decay, one network a row.

    SGDW of Loshchilov & Hutter 2019 (algorithm 1), with the momentum of Sutskever et al. 2013 as
    `torch.optim.SGD(nesterov=True)` has it.

    Args:
        parameters: (replicas, parameters), changed in place.
        weight_decay: share of a weight that is lost per step, times the learning rate.
        largest_norm: a replica's gradient of a greater norm is scaled down to it.
    """

    def __init__(
        self,
        parameters: Float[Tensor, "replicas parameters"],
        *,
        weight_decay: float,
        largest_norm: float,
    ):
        self.weight_decay, self.largest_norm = weight_decay, largest_norm
        self._velocity = torch.zeros_like(parameters)

    def step(
        self,
        parameters: Float[Tensor, "replicas parameters"],
        gradients: Float[Tensor, "replicas parameters"],
        learning_rate: float,
    ) -> None:
        """One update; `gradients` are clipped in place."""
        self.step_rows(
            parameters, gradients, parameters.new_full((len(parameters),), learning_rate)
        )

    @torch.no_grad()
    def step_rows(
        self,
        parameters: Float[Tensor, "replicas parameters"],
        gradients: Float[Tensor, "replicas parameters"],
        learning_rates: Float[Tensor, " replicas"],
    ) -> None:
        """One update with a rate for each replica, 0 to leave it as it is; may be captured."""
        clip_rows(gradients, self.largest_norm)
        self._velocity.mul_(MOMENTUM).add_(gradients)
        gradients.add_(self._velocity, alpha=MOMENTUM)
        rates = learning_rates.unsqueeze(1)
        parameters.mul_(1 - rates * self.weight_decay).sub_(gradients.mul_(rates))

    def keep(self, rows: Sequence[int]) -> None:
        """Drop all other replicas."""
        self._velocity = self._velocity[list(rows)].clone()


def replica_optimizer(
    recipe: Recipe, parameters: Float[Tensor, "replicas parameters"]
) -> ReplicaAdamW | ReplicaSGDW:
    """The recipe's optimizer, for networks whose parameters are the rows."""
    of_name = {"adamw": ReplicaAdamW, "sgd": ReplicaSGDW}
    return of_name[recipe.optimizer](
        parameters, weight_decay=recipe.weight_decay, largest_norm=CLIP
    )


def plain_optimizer(
    recipe: Recipe, network: nn.Module, learning_rate: float
) -> torch.optim.Optimizer:
    """The recipe's optimizer as torch has it, for one network and without weight decay."""
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(
            network.parameters(), lr=learning_rate, momentum=MOMENTUM, nesterov=True
        )
    return torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=0.0)
