"""Several processes that train one network: which one this is, and sums over all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor, nn


@dataclass(frozen=True)
class Processes:
    """This process among those that `torchrun` or accelerate started; alone without them.

    rank: 0 ... count - 1; the first one writes files and reports.
    sharded: whether each holds a part of every parameter, so that gradients are summed elsewhere.
    """

    rank: int = 0
    count: int = 1
    sharded: bool = False

    @property
    def first(self) -> bool:
        """Whether this process writes and reports."""
        return self.rank == 0

    def add(self, numbers: Tensor) -> Tensor:
        """The sum over all processes, in place."""
        if self.count > 1:
            dist.all_reduce(numbers)
        return numbers

    def add_gradients(self, network: nn.Module) -> None:
        """Give every process the sum of all gradients; one message for all parameters."""
        if self.count == 1 or self.sharded:
            return
        for parameter in network.parameters():
            if parameter.grad is None:  # no masked token in this process's part
                parameter.grad = torch.zeros_like(parameter)
        gradients = [p.grad for p in network.parameters() if p.grad is not None]
        flat = self.add(torch.cat([g.flatten() for g in gradients]))
        for gradient, part in zip(
            gradients, flat.split([g.numel() for g in gradients]), strict=True
        ):
            gradient.copy_(part.view_as(gradient))

    def from_first(self, number: float) -> float:
        """The first process's number, for all."""
        if self.count == 1:
            return number
        box = torch.tensor([number], dtype=torch.float64)
        if dist.get_backend() == "nccl":
            box = box.cuda()
        dist.broadcast(box, 0)
        return float(box)

    def agree(self, answer: bool) -> bool:
        """The first process's answer where all have to do the same; each its own elsewhere."""
        return bool(self.from_first(float(answer))) if self.sharded else answer

    def share(self, network: nn.Module) -> None:
        """Give every process the first one's parameters, in place."""
        if self.count > 1:
            for parameter in network.parameters():
                dist.broadcast(parameter.data, 0)

    def wait(self) -> None:
        """Until all are here."""
        if self.count > 1:
            dist.barrier()


@contextmanager
def joined_processes(device: torch.device) -> Iterator[Processes]:
    """Meet the other processes that `torchrun` started; leave them at the end."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield Processes()
        return
    # After a rank was lost torchrun starts all again on the same store, where the dead ones'
    # addresses still are: each try has keys of its own.
    attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    store, rank, count = next(dist.rendezvous("env://"))
    dist.init_process_group(
        "nccl" if device.type == "cuda" else "gloo",
        store=dist.PrefixStore(f"try {attempt}", store),
        rank=rank,
        world_size=count,
    )
    try:
        yield Processes(dist.get_rank(), dist.get_world_size())
    finally:
        dist.destroy_process_group()


def own_device() -> torch.device:
    """The GPU of this process's local rank if there are GPUs, otherwise the CPU."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    torch.cuda.set_device(device)
    return device
