"""What a network costs: parameters, multiply-adds, and seconds measured on this machine."""

import dataclasses
import math
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from priorscope.core.json_types import JsonObject
from priorscope.core.seeds import global_seed
from priorscope.core.signature import Signature
from priorscope.models import ModelConfig
from priorscope.train.loop import Training
from priorscope.train.prefix import Prefix
from priorscope.train.recipe import Learner

NOMINAL_SPEED = 40e9  # floating-point operations a second of one core
NOMINAL_OVERHEAD = 1.5e-3  # seconds of an update beside them
UPDATES_SHARE = 0.8  # of the planned updates that validation lets a run make
TRAINING_SHARE = 0.8  # of a prefix; the rest is for validation


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
def describe_network(model: ModelConfig, signature: Signature) -> JsonObject:
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


def nominal_seconds(learner: Learner, signature: Signature, size: int) -> float:
    """Seconds of a run with so many examples on one core of an ordinary machine, not on this one.

    Forward and backward pass of the training part, in UPDATES_SHARE of the planned updates. It
    depends on nothing but its arguments, so that what is planned by it is the same everywhere.
    Estimators that train themselves count as nothing, and networks that can't be built, whose runs
    say why.
    """
    if learner.model.trains_itself:
        return 0.0
    recipe, examples = learner.recipe, math.ceil(TRAINING_SHARE * size)
    try:
        cost = describe_network(learner.model, recipe.network_signature(signature))
    except Exception:  # a plug-in is anybody's code
        return 0.0
    operations = 6 * cost["multiply_adds"] * recipe.batch_size(examples)
    update = operations / NOMINAL_SPEED + NOMINAL_OVERHEAD
    return recipe.planned_steps(examples) * UPDATES_SHARE * update


def _examples(signature: Signature, count: int) -> np.ndarray:
    shape = (count, *signature.input_shape)
    if signature.vocabulary is not None:
        return np.ones(shape, dtype=np.int64)
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def seconds_per_step(learner: Learner, signature: Signature, replicas: int) -> float:
    """Seconds of one update of one replica with a full batch, measured on `replicas` together; one
    thread.
    """
    recipe = dataclasses.replace(learner.recipe, least_batch=0)
    learner, batch = dataclasses.replace(learner, recipe=recipe), recipe.batch
    prefix = Prefix(
        _examples(signature, batch * 2), np.arange(batch * 2) % signature.output_size, 0
    )
    training = Training(learner, signature, [prefix] * replicas, torch.device("cpu"))
    return training.time_steps(3) / replicas
