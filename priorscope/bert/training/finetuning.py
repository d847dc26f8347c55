"""Training a pre-trained BERT on labelled texts, with early stopping on a validation part."""

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F

from priorscope.bert.data.classified import IGNORED, Classified
from priorscope.bert.training.classifier import Classifier, logits_of
from priorscope.core.config import Config
from priorscope.core.seeds import numpy_stream
from priorscope.train.adamw import ClippedAdamW
from priorscope.train.early_stopping import EarlyStopping
from priorscope.train.schedules import linear

EVALUATIONS_PER_EPOCH = 2


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finetuning(Config):
    """How a classifier is trained (Devlin et al. 2019, appendix A.3, with early stopping).

    Parameters
    ----------
    epochs
        Passes over the training part, at most.
    batch
        Sequences per step.
    learning_rate
        At its peak; by default 0.0256 / width: 3.3e-5 for Base, 1e-4 for mini.
    warmup
        Share of the steps in which the learning rate rises from 0; then it falls to 0 linearly.
    weight_decay
        Of matrices and embeddings, see `ClippedAdamW`.
    dropout
        In the network.
    patience
        Evaluations on the validation part without improvement after which training stops; there
        are 2 per epoch.
    seed
        Decides everything that is random.
    """

    epochs: int = 5
    batch: int = 32
    learning_rate: float | None = None
    warmup: float = 0.1
    weight_decay: float = 0.01
    dropout: float = 0.1
    patience: int = 4
    seed: int = 0

    def __post_init__(self):
        if self.seed < 0:
            raise ValueError(f"seed must be 0 or more, but it is {self.seed}.")
        if min(self.epochs, self.batch, self.patience) < 1:
            raise ValueError(
                f"epochs, batch and patience are 1 or more, but they are {self.epochs}, "
                f"{self.batch} and {self.patience}."
            )
        for name in ("warmup", "dropout"):
            if not 0 <= (value := getattr(self, name)) < 1:
                raise ValueError(f"The {name} lies in [0, 1), but it is {value}.")
        for name in ("learning_rate", "weight_decay"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise ValueError(
                    f"The {name.replace('_', ' ')} is 0 or more and finite, but it is {value}."
                )

    def learning_rate_at(self, progress: float, width: int) -> float:
        """At a share of the planned steps in [0, 1], for a network of this width."""
        peak = 0.0256 / width if self.learning_rate is None else self.learning_rate
        return peak * linear(progress, self.warmup)


@dataclasses.dataclass(frozen=True)
class ValidationResult:
    """Mean cross-entropy, nats per scored item: of training since the last one, of validation."""

    epoch: float
    training_loss: float
    validation_loss: float
    best: bool


def train_classifier(
    classifier: Classifier,
    training: Classified,
    validation: Classified,
    settings: Finetuning,
    report: Callable[[ValidationResult], None] = lambda result: None,
) -> float:
    """Train in place and end with the parameters of the lowest validation loss, which it returns.

    Raises:
        ValueError: if the loss is no longer finite.
    """
    network = classifier.network.train()
    device = network.readout.weight.device
    optimizer = ClippedAdamW(network, weight_decay=settings.weight_decay)
    steps_per_epoch = -(-len(training) // settings.batch)
    steps = settings.epochs * steps_per_epoch
    every = max(1, steps_per_epoch // EVALUATIONS_PER_EPOCH)
    stopping, kept, evaluations = EarlyStopping(settings.patience), network.state_dict(), 0
    losses: list[float] = []
    order = np.empty(0, np.int64)
    for step in range(steps):
        epoch, index = divmod(step, steps_per_epoch)
        if index == 0:
            order = numpy_stream(settings.seed, "order", epoch).permutation(len(training))
        batch = training.take(order[index * settings.batch : (index + 1) * settings.batch])
        targets = torch.from_numpy(batch.targets).to(device)
        logits = logits_of(network, batch.texts, device).float()
        loss = F.cross_entropy(logits, targets, ignore_index=IGNORED)
        loss.backward()
        optimizer.step(settings.learning_rate_at((step + 0.5) / steps, network.shape.width))
        losses.append(float(loss.detach()))
        if not math.isfinite(losses[-1]):
            raise ValueError(
                f"The loss is not finite at step {step + 1}; lower --learning-rate, "
                f"which is {settings.learning_rate_at(settings.warmup, network.shape.width):.1e}."
            )
        if (step + 1) % every and step + 1 < steps:
            continue
        current, evaluations = validation_loss(classifier, validation), evaluations + 1
        best = stopping.improves(current, evaluations)
        epochs = (step + 1) / steps_per_epoch
        report(ValidationResult(epochs, float(np.mean(losses)), current, best))
        losses = []
        if best:
            kept = {name: tensor.clone() for name, tensor in network.state_dict().items()}
        elif stopping.should_stop(evaluations):
            break
    network.load_state_dict(kept)
    return stopping.lowest


def validation_loss(classifier: Classifier, texts: Classified) -> float:
    """Mean cross-entropy in nats per scored item."""
    log_probabilities, targets, _ = texts.scored(classifier.log_probabilities(texts.texts))
    return float(-log_probabilities[np.arange(len(targets)), targets].mean())
