"""AdamW with clipping: of one network, with float32 masters for bfloat16; and of many replicas."""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn


class ClippedAdamW:
    """AdamW (Loshchilov & Hutter 2019) in one pass over memory, after clipping the gradient.

    The fused kernel divides each gradient by a factor as it reads it, which makes clipping free
    but for the norm. If the network is in bfloat16, the optimiser keeps and changes float32
    copies of the parameters (masters) and rounds them into the network after each step.

    Args:
        network: its parameters are the ones changed; biases and norms have no weight decay.
        weight_decay: share of a weight that is lost per step, times the learning rate.
        betas: decay rates of the two running means. epsilon: added to the root of the second.
        largest_norm: gradients of a greater norm, all parameters together, are scaled down to it.
    """

    def __init__(
        self,
        network: nn.Module,
        *,
        weight_decay: float = 0.01,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        largest_norm: float = 1.0,
    ):
        self._parameters = self._changed(network)
        self._masters = [_master(p) for p in self._parameters]
        self.largest_norm = largest_norm
        pairs = list(zip(self._parameters, self._masters, strict=True))
        groups = [
            {"params": [m for p, m in pairs if p.ndim > 1], "weight_decay": weight_decay},
            {"params": [m for p, m in pairs if p.ndim <= 1], "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(groups, betas=betas, eps=epsilon, fused=True)

    def make_capturable(self, device: torch.device) -> None:
        """Let `step` be recorded as a CUDA graph, with a learning rate at a fixed address."""
        for group in self.optimizer.param_groups:
            group["capturable"] = device.type == "cuda"

    def set_rate(self, learning_rate: "float | Tensor") -> None:
        """Of the next step."""
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate

    def step(self, learning_rate: "float | Tensor") -> Float[Tensor, ""]:
        """Change the parameters by their gradients, drop those, return their norm before clipping.

        A gradient that is not finite leaves everything as it is; the norm then says so.
        """
        self._hand_over_gradients()
        norm = self._norm([m.grad for m in self._masters if m.grad is not None])
        # The fused kernel's own names: it divides by the one, and does nothing if the other is 1.
        optimizer: Any = self.optimizer
        optimizer.grad_scale = ((norm + 1e-6) / self.largest_norm).clamp(min=1.0).float()
        optimizer.found_inf = (~norm.isfinite()).float()
        self.set_rate(learning_rate)
        optimizer.step()
        self.round_masters()
        return norm

    def state_dict(self) -> dict[str, Any]:
        """Running means and, for bfloat16, the masters; what a resumed run needs."""
        return {"optimizer": self.optimizer.state_dict(), "masters": self._own_masters()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The inverse of `state_dict`; masters are rounded into the network."""
        self.optimizer.load_state_dict(state["optimizer"])
        with torch.no_grad():
            for master, stored in zip(self._own_masters(), state["masters"], strict=True):
                master.copy_(stored)
        self.round_masters()

    def _changed(self, network: nn.Module) -> list[Tensor]:
        """What is changed, in place."""
        return [p for p in network.parameters() if p.requires_grad]

    def _norm(self, gradients: Sequence[Tensor]) -> Float[Tensor, ""]:
        """Of all together."""
        return nn.utils.get_total_norm(gradients)

    def _own_masters(self) -> list[Tensor]:
        """Masters that are not the network's parameters themselves."""
        pairs = zip(self._parameters, self._masters, strict=True)
        return [master for parameter, master in pairs if master is not parameter]

    @torch.no_grad()
    def _hand_over_gradients(self) -> None:
        """Of the network's own parameters to their masters, in float32 and in one call."""
        given: list[Tensor] = []
        taken: list[Tensor] = []
        for parameter, master in zip(self._parameters, self._masters, strict=True):
            if master is parameter:
                continue
            gradient, parameter.grad = parameter.grad, None
            if gradient is None:
                master.grad = None
            else:
                master.grad = torch.empty_like(master) if master.grad is None else master.grad
                given.append(gradient)
                taken.append(master.grad)
        if given:
            torch._foreach_copy_(taken, given)

    @torch.no_grad()
    def round_masters(self) -> None:
        """Into the network; without masters, gradients are dropped."""
        own = self._own_masters()
        if own:
            rounded: list[Tensor] = [
                p
                for p, master in zip(self._parameters, self._masters, strict=True)
                if master is not p
            ]
            torch._foreach_copy_(rounded, own)
        for parameter, master in zip(self._parameters, self._masters, strict=True):
            if master is parameter:
                master.grad = None


class ReplicaAdamW:
    """AdamW (Loshchilov & Hutter 2019) on many networks' parameters, one network a row.

    The kernel is that of `torch.optim.AdamW(fused=True)`, called without the class around it,
    which takes longer than the kernel for small networks and imports torch's compiler.

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
        self._means = torch.zeros_like(parameters), torch.zeros_like(parameters)
        # float32 whatever the parameters are: the CUDA kernel reads it as such, unchecked.
        self._steps = torch.zeros((), dtype=torch.float32, device=parameters.device)
        self._ahead: Tensor | None = None  # see `step_rows`

    @torch.no_grad()
    def step(
        self,
        parameters: Float[Tensor, "replicas parameters"],
        gradients: Float[Tensor, "replicas parameters"],
        learning_rate: float,
    ) -> None:
        """One update; `gradients` are clipped in place."""
        self._update(parameters, gradients, learning_rate)

    @torch.no_grad()
    def step_rows(
        self,
        parameters: Float[Tensor, "replicas parameters"],
        gradients: Float[Tensor, "replicas parameters"],
        learning_rates: Float[Tensor, " replicas"],
    ) -> None:
        """One update with a rate for each replica, 0 to leave it as it is; may be captured.

        The kernel knows one rate: it changes a copy at rate 1, and each row goes its share of the
        way there, which is the same update but for rounding.
        """
        if self._ahead is None or self._ahead.shape != parameters.shape:
            self._ahead = torch.empty_like(parameters)
        self._ahead.copy_(parameters)
        self._update(self._ahead, gradients, 1.0)
        parameters.lerp_(self._ahead, learning_rates.unsqueeze(1))

    def _update(self, parameters: Tensor, gradients: Tensor, learning_rate: float) -> None:
        clip_rows(gradients, self.largest_norm)
        self._steps += 1
        torch._fused_adamw_(
            [parameters],
            [gradients],
            [self._means[0]],
            [self._means[1]],
            [],
            [self._steps],
            lr=learning_rate,
            beta1=0.9,
            beta2=0.999,
            weight_decay=self.weight_decay,
            eps=1e-8,
            amsgrad=False,
            maximize=False,
        )

    def keep(self, rows: Sequence[int]) -> None:
        """Drop all other replicas."""
        first, second = (mean[list(rows)].clone() for mean in self._means)
        self._means = first, second


def clip_rows(gradients: Float[Tensor, "replicas parameters"], largest_norm: float) -> None:
    """Scale each row of a greater norm down to it, in place."""
    norms = gradients.norm(dim=1, keepdim=True)
    gradients.mul_((largest_norm / (norms + 1e-6)).clamp(max=1.0))


def _master(parameter: Tensor) -> Tensor:
    """The parameter itself if it has float32's digits or more, otherwise a float32 copy."""
    if torch.finfo(parameter.dtype).eps <= torch.finfo(torch.float32).eps:
        return parameter
    return parameter.detach().float().requires_grad_()
