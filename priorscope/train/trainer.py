"""What trains a learner on prefixes, whatever the learner is."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor, nn

from priorscope.core.deadline import Deadline
from priorscope.core.signature import Signature
from priorscope.train.estimator import EstimatorTraining
from priorscope.train.loop import Training
from priorscope.train.populations import PopulationTraining
from priorscope.train.prefix import Prefix, TrainingResult
from priorscope.train.recipe import Learner


@runtime_checkable
class Trainer(Protocol):
    """One learner trained on several prefixes, one result for each."""

    def run(self) -> list[TrainingResult]:
        """Train on each prefix and calibrate.

        Raises:
            DeadlinePassed: if the time is over before the training is.
        """
        ...

    def outputs(self, inputs: Sequence[np.ndarray]) -> list[Tensor]:
        """Each one's outputs on inputs of its own, (examples, outputs)."""
        ...

    def network(self, index: int, inputs: np.ndarray) -> tuple[nn.Module, Tensor, Signature]:
        """One of them as a network, `inputs` as it reads them, and their signature."""
        ...


def trainer(
    learner: Learner,
    signature: Signature,
    prefixes: Sequence[Prefix],
    device: torch.device,
    deadline: Deadline | None = None,
) -> Trainer:
    """The one for this learner: estimators fit themselves, networks are trained by us.

    On a CPU prefixes must have one length; a network of its own or a few small ones together fill
    a core. A GPU wants all at once.
    """
    if learner.model.trains_itself:
        return EstimatorTraining(learner, signature, prefixes, device, deadline)
    kind = Training if device.type == "cpu" else PopulationTraining
    return kind(learner, signature, prefixes, device, deadline)
