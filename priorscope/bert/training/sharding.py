"""A network divided among processes: each holds its part of every parameter (FSDP2).

What a process needs of a block is gathered when the block is computed, and dropped afterwards;
gradients are summed and divided on the way back. Files are those of an undivided pre-training, and
either goes on with the other's.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from jaxtyping import Float
from safetensors import safe_open
from torch import Tensor, nn

from priorscope.bert.model.heads import BertForMaskedLM, BertForPreTraining
from priorscope.bert.training.processes import Processes
from priorscope.bert.training.resume import NAME
from priorscope.train.adamw import ClippedAdamW

BYTES_PER_PARAMETER = 18  # undivided: bfloat16 with its gradient, master, its gradient, two means
LARGE = 0.5  # of a GPU's memory: from here on a network is divided


def is_large(network: nn.Module, device: torch.device) -> bool:
    """Whether parameters, gradients and means take more than half of a GPU's memory."""
    if device.type != "cuda":
        return False
    count = sum(parameter.numel() for parameter in network.parameters())
    memory = torch.cuda.get_device_properties(device).total_memory
    return BYTES_PER_PARAMETER * count > LARGE * memory


class ShardedBert:
    """A network that processes have divided among them, along the first axis of each parameter.

    Args:
        network: the same in all processes, on their devices; it is changed.
        processes: as many as the group has.
        weight_decay: of the optimiser.

    Raises:
        ValueError: if torch is too old.
    """

    def __init__(self, network: BertForMaskedLM, processes: Processes, weight_decay: float):
        self.network, self.processes = network, processes
        _shard(network)
        self.parameters: dict[str, Any] = dict(network.named_parameters())  # DTensors
        self.optimizer = ShardedAdamW(network, weight_decay=weight_decay)

    def whole(self, name: str, part: Tensor) -> Tensor | None:
        """Of all parts of a parameter, or of what belongs to it, one tensor on the first CPU.

        All processes have to ask; the others get None.
        """
        from torch.distributed.tensor import DTensor

        like = self.parameters[name]
        tensor: Any = DTensor.from_local(
            part.detach(),
            like.device_mesh,
            like.placements,
            run_check=False,
            shape=like.shape,
            stride=like.stride(),
        )
        tensor = tensor.full_tensor()
        return tensor.cpu() if self.processes.first else None

    def own_part(self, name: str, stored: Any) -> Tensor:
        """This process's part of a tensor in a safetensors file (a slice that isn't read yet)."""
        count = self.parameters[name].shape[0]
        rows = -(-count // self.processes.count)
        start = min(self.processes.rank * rows, count)
        return stored[start : min(start + rows, count)]

    def state(self) -> dict[str, Tensor]:
        """What `resume.state_of` gives of an undivided network; empty in all but the first."""
        parts = {f"network/{n}": (n, p.to_local()) for n, p in self.parameters.items()}
        parts |= self._optimizers_parts()
        whole = {key: self.whole(name, part) for key, (name, part) in parts.items()}
        if not self.processes.first:
            return {}
        tensors = {key: tensor for key, tensor in whole.items() if tensor is not None}
        tensors |= {f"network/{name}": b for name, b in self.network.named_buffers()}
        return tensors | self.optimizer.counts()

    def load_state(self, folder: Path) -> None:
        """The inverse of `state`, from the file of a divided or an undivided pre-training."""
        parts = self._optimizers_parts()
        parts |= {f"network/{n}": (n, p.to_local()) for n, p in self.parameters.items()}
        buffers = {f"network/{name}": b for name, b in self.network.named_buffers()}
        counts = self.optimizer.counts()
        with safe_open(folder / NAME, "pt") as stored, torch.no_grad():
            there = set(stored.keys())  # before the first step there are no means
            for key, (name, part) in parts.items():
                if key in there and len(part):  # more processes than rows: none for the last ones
                    part.copy_(self.own_part(name, stored.get_slice(key)))
            for key, tensor in (buffers | counts).items():
                if key in there:
                    tensor.copy_(stored.get_tensor(key))
        self.optimizer.round_masters()

    def whole_network(self) -> BertForMaskedLM | None:
        """An undivided copy on the CPU, in float32; None in all processes but the first."""
        parts = {name: parameter.to_local() for name, parameter in self.parameters.items()}
        tensors = {name: self.whole(name, part) for name, part in parts.items()}
        if not self.processes.first:
            return None
        learns_pairs = isinstance(self.network, BertForPreTraining)
        copy = (BertForPreTraining if learns_pairs else BertForMaskedLM)(self.network.shape)
        own = dict(copy.named_parameters())
        for name, tensor in tensors.items():
            if tensor is not None:
                own[name].data.copy_(tensor)
        return copy

    def _optimizers_parts(self) -> dict[str, tuple[str, Tensor]]:
        """Of masters and means: key in the file -> (parameter, this process's part)."""
        return self.optimizer.parts(list(self.parameters))


class ShardedAdamW(ClippedAdamW):
    """`ClippedAdamW` on this process's part of each parameter; the norm is that of all parts."""

    def step(self, learning_rate: "float | Tensor") -> Float[Tensor, ""]:
        for parameter, part in zip(self._whole, self._parameters, strict=True):
            gradient, parameter.grad = parameter.grad, None
            part.grad = torch.zeros_like(part) if gradient is None else gradient.to_local()
        return super().step(learning_rate)

    def _changed(self, network: nn.Module) -> list[Tensor]:
        self._whole: list[Any] = [p for p in network.parameters() if p.requires_grad]
        return [p.to_local().detach() for p in self._whole]  # the same memory

    def _norm(self, gradients: Sequence[Tensor]) -> Float[Tensor, ""]:
        squared = super()._norm(gradients).square()
        dist.all_reduce(squared)
        return squared.sqrt()

    def parts(self, names: Sequence[str]) -> dict[str, tuple[str, Tensor]]:
        """Masters and means by their key in the file; names: of the parameters, in order."""
        self._begin()
        pairs = list(zip(names, self._parameters, self._masters, strict=True))
        own = [(name, master) for name, part, master in pairs if master is not part]
        result = {f"masters/{i}": pair for i, pair in enumerate(own)}
        of = {id(master): name for name, _, master in pairs}
        for number, master in enumerate(self._in_order()):
            for which in ("exp_avg", "exp_avg_sq"):
                mean = self.optimizer.state[master][which]
                result[f"means/{number}/{which}"] = (of[id(master)], mean)
        return result

    def counts(self) -> dict[str, Tensor]:
        """Steps of each parameter, which aren't divided, by their key in the file."""
        self._begin()
        masters = enumerate(self._in_order())
        return {f"means/{i}/step": self.optimizer.state[master]["step"] for i, master in masters}

    def _in_order(self) -> list[Tensor]:
        """Masters as the optimiser numbers them."""
        return [p for group in self.optimizer.param_groups for p in group["params"]]

    def _begin(self) -> None:
        """Means of 0 where there was no step yet."""
        for master in self._in_order():
            state = self.optimizer.state[master]
            if not state:
                state["step"] = torch.zeros((), dtype=torch.float32, device=master.device)
                state["exp_avg"] = torch.zeros_like(master)
                state["exp_avg_sq"] = torch.zeros_like(master)


def _shard(network: BertForMaskedLM) -> None:
    """Each block by itself, and the rest; gradients are summed, not averaged."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import FSDPModule, fully_shard, register_fsdp_forward_method

    if not hasattr(FSDPModule, "set_force_sum_reduction_for_comms"):
        raise ValueError(
            f"--parallel fsdp needs torch 2.9 or later, but this is {torch.__version__}; "
            "take --parallel ddp."
        )
    device = next(network.parameters()).device
    mesh = init_device_mesh(device.type, (dist.get_world_size(),))
    for module in (*network.bert.encoder.blocks, network):
        part: Any = fully_shard(module, mesh=mesh)
        part.set_gradient_divide_factor(1.0)
        part.set_force_sum_reduction_for_comms(True)
    register_fsdp_forward_method(network, "loss_parts")
    network.sharded = True
