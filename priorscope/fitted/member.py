"""One trained learner of a fitted model: inputs as stored in, calibrated predictions out."""

import copy
import dataclasses
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor, nn

from priorscope.core.one_thread import one_thread
from priorscope.core.signature import Signature
from priorscope.core.target import Calibration
from priorscope.train.estimator import EstimatorNetwork, EstimatorTraining
from priorscope.train.inputs import Reader
from priorscope.train.prefix import Prefix, SplitPrefix, TrainingResult
from priorscope.train.recipe import Recipe
from priorscope.train.replica import to_tensor
from priorscope.train.trainer import Trainer

TOGETHER = 256  # examples that are predicted at once; the same everywhere, so that bits agree
CPU = torch.device("cpu")


@runtime_checkable
class EnsembleMember(Protocol):
    """What predicts; the same before it was saved and after it was loaded, bit for bit."""

    reader: Reader
    calibration: Calibration

    def outputs(self, inputs: np.ndarray) -> Tensor:
        """(examples, outputs) of inputs as `Examples` has them, on the CPU."""
        ...


@dataclasses.dataclass(eq=False)
class NetworkMember:
    """A network, with what standardises its inputs and calibrates its outputs."""

    network: nn.Module
    reader: Reader
    calibration: Calibration

    @torch.no_grad()
    def outputs(self, inputs: np.ndarray) -> Tensor:
        """See `EnsembleMember`."""
        parts = [
            self.network(self.reader(to_tensor(inputs[start : start + TOGETHER], CPU)))
            for start in range(0, len(inputs), TOGETHER)
        ]
        return torch.cat(parts)

    def tensors(self) -> dict[str, Tensor]:
        """All parameters and buffers, and the reader's statistics, by name."""
        named = {
            **{f"network.{name}": p for name, p in self.network.named_parameters()},
            **{f"network.{name}": b for name, b in self.network.named_buffers()},
        }
        return named | {f"reader.{name}": v for name, v in self.reader.statistics.items()}


@dataclasses.dataclass(eq=False)
class EstimatorMember:
    """An estimator, with the stem that makes vectors of its inputs."""

    estimator: Any
    stem: nn.Module
    signature: Signature
    reader: Reader
    calibration: Calibration

    @torch.no_grad()
    def outputs(self, inputs: np.ndarray) -> Tensor:
        """See `EnsembleMember`."""
        return self._predicted(self.stem(self.reader(to_tensor(inputs, CPU))).numpy())

    @property
    def network(self) -> nn.Module:
        """The estimator where a network is asked for: inputs as read -> outputs."""
        return EstimatorNetwork(self.stem, self._predicted)

    def _predicted(self, vectors: np.ndarray) -> Tensor:
        target = self.signature.target
        with one_thread():
            predictions = getattr(self.estimator, target.estimator_method)(vectors)
        return target.outputs_of(predictions, getattr(self.estimator, "classes_", None))

    def tensors(self) -> dict[str, Tensor]:
        """The reader's statistics, by name."""
        return {f"reader.{name}": value for name, value in self.reader.statistics.items()}


def member_of(
    trainer: Trainer, result: TrainingResult, prefix: Prefix, signature: Signature, recipe: Recipe
) -> NetworkMember | EstimatorMember:
    """The only learner that `trainer` has trained, on `prefix`.

    Raises:
        ValueError: if it is useless.
    """
    if result.problem is not None or result.calibration is None:
        raise ValueError(f"The training failed: {result.problem}; try another learner or seed.")
    if isinstance(trainer, EstimatorTraining):
        estimator = trainer.estimators[0]
        return EstimatorMember(
            getattr(estimator, "best_estimator_", estimator),  # of a search, what predicts
            trainer.stem,
            signature,
            trainer.readers[0],
            result.calibration,
        )
    network, _, _ = trainer.network(0, prefix.inputs[:1])
    alone = copy.deepcopy(network).to(CPU).eval().requires_grad_(False)
    train = SplitPrefix.of(prefix, signature.target).train
    reader = Reader(prefix.inputs[train], signature, recipe)
    return NetworkMember(alone, reader, result.calibration)
