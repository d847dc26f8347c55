"""Estimators with a `fit` of their own, under the same protocol as networks."""

import math
import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn

from priorscope.core.seeds import derive
from priorscope.core.signature import Signature
from priorscope.models.estimator import Estimator
from priorscope.nn.stem import vector_stem
from priorscope.train.calibrate import calibrate, validation_loss
from priorscope.train.inputs import Reader
from priorscope.train.loop import DeadlinePassed, Fitted, Prefix, split_validation
from priorscope.train.recipe import Learner

SMALLEST = 1e-12  # probability that an estimator may give at least


class EstimatorTraining:
    """One estimator fitted on each of several prefixes; the interface is that of `Training`."""

    def __init__(
        self,
        learner: Learner,
        signature: Signature,
        prefixes: Sequence[Prefix],
        device: torch.device,
        deadline: float = math.inf,
    ):
        assert isinstance(learner.model, Estimator)
        self.learner, self.model, self.prefixes = learner, learner.model, prefixes
        self.signature, self.deadline = signature, deadline
        self.stem = vector_stem(signature)[0]
        self.readers: list[Reader] = []
        self.fitted: list = []

    def run(self) -> list[Fitted]:
        """Fit on the training part, calibrate on the validation part, prefix by prefix."""
        return [self._fit(prefix) for prefix in self.prefixes]

    def _fit(self, prefix: Prefix) -> Fitted:
        if time.time() > self.deadline:
            raise DeadlinePassed
        started = time.process_time()
        train, chosen = split_validation(prefix.targets, prefix.seed)
        self.readers.append(Reader(prefix.inputs[train], self.signature, self.learner.recipe))
        estimator = self.model.make(seed=derive(prefix.seed, "init") % 2**31)
        estimator.fit(self._vectors(-1, prefix.inputs[train]), prefix.targets[train])
        self.fitted.append(estimator)
        logits = self._logits(-1, prefix.inputs[chosen])
        targets = torch.from_numpy(prefix.targets[chosen])
        return Fitted(
            calibration=calibrate(logits, targets),
            validation_loss=float(validation_loss(logits[None], targets[None])),
            steps=1,
            seconds=time.process_time() - started,
        )

    def _vectors(self, r: int, inputs: np.ndarray) -> np.ndarray:
        batch = torch.from_numpy(np.array(inputs))
        return self.stem(self.readers[r](batch)).numpy()

    def _logits(self, r: int, inputs: np.ndarray) -> Float[Tensor, "examples classes"]:
        return self._log_p(r, self._vectors(r, inputs))

    def _log_p(self, r: int, vectors: np.ndarray) -> Float[Tensor, "examples classes"]:
        """log p; classes that the prefix lacks get the smallest probability."""
        p = np.full((len(vectors), self.signature.num_classes), SMALLEST)
        p[:, self.fitted[r].classes_] = self.fitted[r].predict_proba(vectors)
        return torch.from_numpy(np.log(np.maximum(p, SMALLEST)))

    def network(self, place: int, inputs: np.ndarray) -> tuple[nn.Module, Tensor, Signature]:
        """An estimator alone, `inputs` as it reads them, and what that looks like."""
        read = self.readers[place](torch.from_numpy(np.array(inputs)))
        return EstimatorNetwork(self.stem, partial(self._log_p, place)), read, self.signature

    def logits(self, inputs: Sequence[np.ndarray]) -> list[Tensor]:
        """Each estimator's log-probabilities on `inputs` of its own."""
        return [self._logits(r, x) for r, x in enumerate(inputs)]


class EstimatorNetwork(nn.Module):
    """A fitted estimator where a network is asked for: inputs as read -> log-probabilities."""

    def __init__(self, stem: nn.Module, log_p: Callable[[np.ndarray], Tensor]):
        super().__init__()
        self.stem, self.log_p = stem, log_p

    def forward(self, inputs: Shaped[Tensor, "batch ..."]) -> Float[Tensor, "batch classes"]:
        return self.log_p(self.stem(inputs).numpy())
