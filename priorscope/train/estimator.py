"""Estimators with a `fit` of their own, under the same protocol as networks."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn

from priorscope.core.deadline import Deadline
from priorscope.core.one_thread import one_thread
from priorscope.core.seeds import derive
from priorscope.core.signature import Signature
from priorscope.models import SelfTrained
from priorscope.train.inputs import Reader
from priorscope.train.prefix import Prefix, SplitPrefix, TrainingResult
from priorscope.train.recipe import Learner


class EstimatorTraining:
    """One estimator fitted on each of several prefixes; the interface is that of `Training`."""

    def __init__(
        self,
        learner: Learner,
        signature: Signature,
        prefixes: Sequence[Prefix],
        device: torch.device,
        deadline: Deadline | None = None,
    ):
        assert isinstance(learner.model, SelfTrained)
        self.learner, self.model, self.prefixes = learner, learner.model, prefixes
        self.signature, self.deadline = signature, deadline or Deadline()
        self.stem = self.model.stem(signature)
        self.readers: list[Reader] = []
        self.estimators: list[Any] = []

    def run(self) -> list[TrainingResult]:
        """Fit and calibrate, prefix by prefix; then fit again on the whole prefix.

        The first fit sees the training part and chooses settings there, the validation part decides
        the calibration; the second, with these settings and this calibration, sees both. A network
        would need a second training as long as its first, an estimator hardly more time.

        Raises:
            DeadlinePassed: if the time is over before all are fitted.
        """
        return [self._fit(prefix) for prefix in self.prefixes]

    def _fit(self, prefix: Prefix) -> TrainingResult:
        self.deadline.check()
        started = time.process_time()
        target = self.signature.target
        split = SplitPrefix.of(prefix, target)
        encoded = target.encode(prefix.targets, split.marginal)
        self.readers.append(Reader(prefix.inputs[split.train], self.signature, self.learner.recipe))
        vectors = self._vectors(-1, prefix.inputs)
        estimator = self.model.estimator(self.signature, derive(prefix.seed, "init") % 2**31)
        self.estimators.append(self._fitted(estimator, vectors[split.train], encoded[split.train]))
        outputs = self._outputs(-1, vectors[split.validation])
        targets = encoded[split.validation]
        loss = target.validation_loss(outputs[None], targets[None], [split.marginal])
        calibration = target.calibrate(outputs, targets, split.marginal)
        self.deadline.check()
        self.estimators[-1] = self._fitted(estimator, vectors, encoded)
        return TrainingResult(
            calibration=calibration,
            validation_loss=float(loss),
            steps=1,
            planned_steps=1,
            best_step=1,
            seconds=time.process_time() - started,
        )

    def _fitted(self, estimator: Any, vectors: np.ndarray, targets: Tensor) -> Any:
        """`estimator` itself, or where all targets are one class what says nothing else."""
        values = targets.numpy()
        if (
            self.signature.target.estimator_method == "predict_proba"
            and len(np.unique(values)) == 1
        ):
            estimator = OneClass()  # most classifiers refuse a single class
        with one_thread():
            estimator.fit(vectors, values)
        return estimator

    def _vectors(self, index: int, inputs: np.ndarray) -> np.ndarray:
        batch = torch.from_numpy(np.array(inputs))
        return self.stem(self.readers[index](batch)).numpy()

    def _outputs(self, index: int, vectors: np.ndarray) -> Float[Tensor, "examples outputs"]:
        estimator, target = self.estimators[index], self.signature.target
        with one_thread():
            predictions = getattr(estimator, target.estimator_method)(vectors)
        return target.outputs_of(predictions, getattr(estimator, "classes_", None))

    def network(self, index: int, inputs: np.ndarray) -> tuple[nn.Module, Tensor, Signature]:
        """An estimator alone, `inputs` as it reads them, and their signature."""
        read = self.readers[index](torch.from_numpy(np.array(inputs)))
        network = EstimatorNetwork(self.stem, partial(self._outputs, index))
        return network, read, self.readers[index].network_signature

    def outputs(self, inputs: Sequence[np.ndarray]) -> list[Tensor]:
        """Each estimator's outputs on inputs of its own."""
        return [self._outputs(i, self._vectors(i, x)) for i, x in enumerate(inputs)]


class OneClass:
    """Says what it was shown: the only class of its training part."""

    def fit(self, inputs: np.ndarray, targets: np.ndarray) -> "OneClass":
        """Remember the class."""
        self.classes_ = np.unique(targets)
        return self

    def predict_proba(self, inputs: np.ndarray) -> np.ndarray:
        """(examples, 1), all 1."""
        return np.ones((len(inputs), 1))


class EstimatorNetwork(nn.Module):
    """A fitted estimator where a network is asked for: inputs as read -> outputs."""

    whole_batches = True  # see `measures._change.answers`

    def __init__(self, stem: nn.Module, outputs: Callable[[np.ndarray], Tensor]):
        super().__init__()
        self.stem, self.outputs = stem, outputs

    def forward(self, inputs: Shaped[Tensor, "batch ..."]) -> Float[Tensor, "batch outputs"]:
        return self.outputs(self.stem(inputs).numpy())
