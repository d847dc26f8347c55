"""Many networks of one architecture on one leading axis, all their parameters in one tensor.

The replica axis lives here alone: models are written for one network. With one replica the
network itself runs, with its fused kernels; with more, `torch.vmap` runs them together.
"""

import copy
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor, nn
from torch.func import functional_call

from priorscope.nn.replica_convolution import ConvolutionsAsProducts


class Replicas:
    """Networks that are trained together, each on its own examples.

    All parameters are rows of one (replicas, parameters) tensor, and so are the gradients, so
    that clipping, the optimiser and the snapshot of a replica are one operation each.

    Args:
        networks: of one architecture; the first is taken over as the skeleton.
        device: where to put them.
        together: run by `torch.vmap` even if there is only one. A replica's numbers then don't
            depend on how many others run beside it; without it, one network runs as it is.
    """

    def __init__(self, networks: Sequence[nn.Module], device: torch.device, together: bool):
        assert together or len(networks) == 1
        self.together = together
        self.skeleton = networks[0].to(device)
        self._shapes = {name: p.shape for name, p in self.skeleton.named_parameters()}
        rows = [nn.utils.parameters_to_vector(n.parameters()).detach() for n in networks]
        buffers = [dict(network.named_buffers()) for network in networks]
        stacked = {k: torch.stack([b[k].to(device) for b in buffers]) for k in buffers[0]}
        self.restore(Snapshot(torch.stack([row.to(device) for row in rows]), stacked))

    def __len__(self) -> int:
        return len(self.parameters)

    def restore(self, snapshot: "Snapshot") -> None:
        """Become the replicas of a snapshot, also those dropped since."""
        self.parameters, self.buffers = snapshot.parameters, snapshot.buffers
        self.gradients = torch.zeros_like(self.parameters)
        self._leaves: dict[str, Tensor] = {}
        start = 0
        for name, shape in self._shapes.items():
            stop = start + shape.numel()
            view = self.parameters.detach()[:, start:stop].unflatten(1, shape or (1,))
            self._leaves[name] = view.requires_grad_()
            start = stop
        if not self.together:
            self._link_skeleton()

    def _link_skeleton(self) -> None:
        """Make the network's own parameters and buffers views of the one row."""
        for name, parameter in self.skeleton.named_parameters():
            parameter.data = self._leaves[name].data[0]
            self._leaves[name] = parameter
        for name, buffer in self.skeleton.named_buffers():
            buffer.data = self.buffers[name][0]

    def __call__(
        self, inputs: Shaped[Tensor, "replicas batch ..."]
    ) -> Float[Tensor, "replicas batch classes"]:
        """Replica r's logits for inputs[r]."""
        if not self.together:
            return self.skeleton(inputs[0]).unsqueeze(0)
        return self._run(self._leaves, self.buffers, inputs)

    @torch.no_grad()
    def predict(
        self, rows: Int[Tensor, " rows"], inputs: Shaped[Tensor, "rows batch ..."]
    ) -> Float[Tensor, "rows batch classes"]:
        """Outputs of the replicas at `rows` alone, without gradients; trained together."""
        leaves = {name: leaf.detach()[rows] for name, leaf in self._leaves.items()}
        buffers = {name: buffer[rows] for name, buffer in self.buffers.items()}
        return self._run(leaves, buffers, inputs)

    def _run(
        self, leaves: dict[str, Tensor], state: dict[str, Tensor], inputs: Tensor
    ) -> Float[Tensor, "replicas batch classes"]:
        def one(parameters: dict[str, Tensor], buffers: dict[str, Tensor], x: Tensor) -> Tensor:
            return functional_call(self.skeleton, (parameters, buffers), (x,))

        with convolutions(inputs.device):
            return torch.vmap(one, randomness="error")(leaves, state, inputs)

    def network(self, place: int) -> nn.Module:
        """One of them as a network of its own; it shares its parameters with the replica."""
        if not self.together:
            return self.skeleton
        network = copy.deepcopy(self.skeleton)
        for name, parameter in network.named_parameters():
            parameter.data = self._leaves[name].detach()[place]
        for name, buffer in network.named_buffers():
            buffer.data = self.buffers[name][place]
        return network

    def backward(self, loss: Float[Tensor, ""]) -> None:
        """Write the gradient of `loss` into `gradients`."""
        leaves = list(self._leaves.values())
        gradients = torch.autograd.grad(loss, leaves, materialize_grads=True)
        rows = [g.reshape(len(self), -1) for g in gradients]
        torch.cat(rows, dim=1, out=self.gradients)

    def train(self, training: bool) -> None:
        """Switch dropout and batch statistics on or off."""
        if self.skeleton.training != training:
            self.skeleton.train(training)

    def keep(self, rows: Sequence[int]) -> None:
        """Drop all other replicas; what was linked to the old tensors is not any more."""
        buffers = {name: buffer[list(rows)].clone() for name, buffer in self.buffers.items()}
        self.restore(Snapshot(self.parameters[list(rows)].clone(), buffers))

    def snapshot(self) -> "Snapshot":
        """A copy of all parameters and buffers."""
        return Snapshot(
            self.parameters.clone(), {name: buffer.clone() for name, buffer in self.buffers.items()}
        )


def convolutions(device: torch.device) -> AbstractContextManager[object]:
    """How those of many replicas are computed inside: on a GPU as exact products.

    On a CPU torch's own, which are exact, take less time.
    """
    return ConvolutionsAsProducts() if device.type == "cuda" else nullcontext()


class OneOfMany(nn.Module):
    """Several replicas as one network: their inputs one after the other, and so their outputs.

    Args:
        replicas: trained together.
        rows: which of them.
        at_once: examples of each of them, for the memory.
    """

    whole_batches = True  # it divides them itself

    def __init__(self, replicas: Replicas, rows: Int[Tensor, " rows"], at_once: int):
        super().__init__()
        self._replicas, self._rows, self._at_once = replicas, rows, at_once

    def forward(self, inputs: Shaped[Tensor, "batch ..."]) -> Float[Tensor, "batch outputs"]:
        """(rows x examples, ...) -> (rows x examples, outputs)."""
        parts = inputs.unflatten(0, (len(self._rows), -1)).split(self._at_once, dim=1)
        outputs = [self._replicas.predict(self._rows, part) for part in parts]
        return torch.cat(outputs, dim=1).flatten(0, 1)


class Snapshot:
    """Parameters and buffers of replicas at one step, updated row by row."""

    def __init__(self, parameters: Tensor, buffers: dict[str, Tensor]):
        self.parameters, self.buffers = parameters, buffers

    def update(self, rows: Sequence[int], replicas: Replicas, places: Sequence[int]) -> None:
        """Copy the replicas at `places` into `rows`."""
        device = self.parameters.device
        to, of = (torch.tensor(list(i), dtype=torch.int64).to(device) for i in (rows, places))
        self.parameters.index_copy_(0, to, replicas.parameters.index_select(0, of))
        for name, buffer in self.buffers.items():
            buffer.index_copy_(0, to, replicas.buffers[name].index_select(0, of))
