"""What a network costs: parameters, multiply-adds, and seconds measured on this machine."""

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from priorscope.core.seeds import global_seed
from priorscope.core.signature import Signature
from priorscope.models import ModelConfig
from priorscope.train.loop import Training
from priorscope.train.prefix import Prefix
from priorscope.train.recipe import Learner


class _Products(TorchDispatchMode):
    """Counts the floating-point operations of matrix products and convolutions.

    Torch's own counter does the same, but imports the compiler, which takes a second.
    """

    def __init__(self) -> None:
        super().__init__()
        self.flops = 0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        if count := flop_registry.get(func._overloadpacket):
            self.flops += count(*args, **(kwargs or {}), out_val=result)
        return result


@lru_cache(maxsize=64)
def describe_network(model: ModelConfig, signature: Signature) -> dict[str, Any]:
    """`parameters`, and `multiply_adds` of one example's forward pass.

    Counted are matrix products and convolutions as they are computed here. Both are None for
    an estimator that trains itself.
    """
    if model.trains_itself:
        return {"parameters": None, "multiply_adds": None}
    with global_seed(0, "cost"):
        network = model.build(signature).eval()
    example = _examples(signature, 1)
    with _Products() as counter, torch.no_grad():
        network(torch.from_numpy(example))
    return {
        "parameters": sum(p.numel() for p in network.parameters()),
        "multiply_adds": counter.flops // 2,
    }


def _examples(signature: Signature, count: int) -> np.ndarray:
    shape = (count, *signature.input_shape)
    if signature.vocabulary is not None:
        return np.ones(shape, dtype=np.int64)
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def seconds_per_step(learner: Learner, signature: Signature, replicas: int) -> float:
    """Seconds of one update of one replica, measured on `replicas` together; one thread."""
    batch = learner.recipe.batch
    prefix = Prefix(
        _examples(signature, batch * 2), np.arange(batch * 2) % signature.output_size, 0
    )
    training = Training(learner, signature, [prefix] * replicas, torch.device("cpu"))
    return training.time_steps(3) / replicas
