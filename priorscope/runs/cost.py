"""What a network costs: parameters, multiply-adds, and seconds measured on this machine."""

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from priorscope.models import ModelConfig
from priorscope.seeds import global_seed
from priorscope.signature import Signature
from priorscope.train.loop import Prefix, Training
from priorscope.train.recipe import Learner


@lru_cache(maxsize=64)
def describe_network(model: ModelConfig, signature: Signature) -> dict[str, Any]:
    """`parameters`, and `multiply_adds` of one example's forward pass (matrix products alone).

    Both are None for an estimator that trains itself.
    """
    if model.trains_itself:
        return {"parameters": None, "multiply_adds": None}
    with global_seed(0, "cost"):
        network = model.build(signature).eval()
    example = _examples(signature, 1)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(torch.from_numpy(example))
    return {
        "parameters": sum(p.numel() for p in network.parameters()),
        "multiply_adds": counter.get_total_flops() // 2,
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
        _examples(signature, batch * 2), np.arange(batch * 2) % signature.num_classes, 0
    )
    training = Training(learner, signature, [prefix] * replicas, torch.device("cpu"))
    return training.time_steps(3) / replicas
