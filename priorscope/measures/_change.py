"""How far a network's answers move when its inputs are changed."""

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn

SMALLEST_BATCH, LARGEST_BATCH = 8, 256
BATCH_VALUES = 2**15  # numbers or tokens in a batch between these: large images go in small ones


@torch.no_grad()
def answers(
    network: nn.Module, inputs: Shaped[Tensor, "batch ..."]
) -> Float[Tensor, "batch classes"]:
    """Outputs in float64; of logits the mean over classes is removed: softmax ignores it.

    A network with `whole_batches` gets all at once: its calls cost more than its examples.
    """
    most = BATCH_VALUES // inputs[0].numel()
    batch = min(max(most, SMALLEST_BATCH), LARGEST_BATCH)
    batch = len(inputs) if getattr(network, "whole_batches", False) else batch
    logits = torch.cat([network(part) for part in inputs.split(batch)]).double()
    return logits - logits.mean(dim=-1, keepdim=True) if logits.shape[-1] > 1 else logits


def relative_changes(
    before: Float[Tensor, "batch classes"], after: Float[Tensor, "batch classes"], replicas: int
) -> list[float]:
    """`relative_change` of each replica, which has its share of the batch."""
    if replicas == 1:
        return [relative_change(before, after)]
    before, after = (x.unflatten(0, (replicas, -1)) for x in (before, after))
    change = (after - before).square().sum(dim=-1).mean(dim=1)
    unrelated = 2 * torch.cat([before, after], dim=1).var(dim=1).sum(dim=-1)
    return torch.where(change > 0, change / unrelated, change).tolist()


def relative_change(
    before: Float[Tensor, "batch classes"], after: Float[Tensor, "batch classes"]
) -> float:
    """Mean squared distance between an example's two answers, over that of unrelated ones.

    0: the network is invariant to the change. 1: an example and its changed copy are answered as
    differently as two unrelated examples. A network whose answers are all the same is
    invariant: 0.
    """
    change = (after - before).square().sum(dim=-1).mean()
    if not change > 0:
        return float(change)  # 0, or NaN where answers are
    unrelated = 2 * torch.cat([before, after]).var(dim=0).sum()
    return float(change / unrelated)
