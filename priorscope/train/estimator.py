"""Estimators with a `fit` of their own, under the same protocol as networks."""

import math
import time
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from priorscope.models.estimator import Estimator
from priorscope.nn.stem import vector_stem
from priorscope.seeds import derive
from priorscope.signature import Signature
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
        estimator = self.model.make()
        if "random_state" in estimator.get_params(deep=False):
            estimator.set_params(random_state=derive(prefix.seed, "init") % 2**31)
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
        """log p; classes that the prefix lacks get the smallest probability."""
        p = np.full((len(inputs), self.signature.num_classes), SMALLEST)
        p[:, self.fitted[r].classes_] = self.fitted[r].predict_proba(self._vectors(r, inputs))
        return torch.from_numpy(np.log(np.maximum(p, SMALLEST)))

    def logits(self, inputs: Sequence[np.ndarray]) -> list[Tensor]:
        """Each estimator's log-probabilities on `inputs` of its own."""
        return [self._logits(r, x) for r, x in enumerate(inputs)]
