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

LOOKS_AN_EPOCH = 2


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finetuning(Config):
    """How a classifier is trained (Devlin et al. 2019, appendix A.3, with early stopping).

    epochs: passes over the training part, at most.
    batch: sequences a step.
    learning_rate: at its peak; 0 takes 0.0256 / width: 3.3e-5 for Base, 1e-4 for mini.
    warmup: share of the steps in which it rises from 0; then it falls to 0 in a straight line.
    patience: looks at the validation part without improvement after which it stops; 2 an epoch.
    """

    epochs: int = 5
    batch: int = 32
    learning_rate: float = 0.0
    warmup: float = 0.1
    weight_decay: float = 0.01
    dropout: float = 0.1
    patience: int = 4
    seed: int = 0

    def __post_init__(self):
        if min(self.epochs, self.batch, self.patience) < 1:
            raise ValueError(
                f"epochs, batch and patience are 1 or more, but they are {self.epochs}, "
                f"{self.batch} and {self.patience}."
            )

    def learning_rate_at(self, progress: float, width: int) -> float:
        """At a share of the planned steps in [0, 1], for a network of this width."""
        peak = self.learning_rate or 0.0256 / width
        rising = progress / self.warmup if self.warmup else 1.0
        return peak * min(rising, (1 - progress) / (1 - self.warmup))


@dataclasses.dataclass(frozen=True)
class ValidationLook:
    """Mean cross-entropy, nats per judged item, of training since the last look and validation."""

    epoch: float
    training_loss: float
    validation_loss: float
    best: bool


def finetune(
    classifier: Classifier,
    training: Classified,
    validation: Classified,
    settings: Finetuning,
    report: Callable[[ValidationLook], None] = lambda look: None,
) -> float:
    """Train in place, keep the parameters of the best look; returns its validation loss.

    Raises:
        ValueError: if the loss is no longer finite.
    """
    network = classifier.network.train()
    device = network.readout.weight.device
    optimizer = ClippedAdamW(network, weight_decay=settings.weight_decay)
    steps_an_epoch = -(-len(training) // settings.batch)
    steps, every = settings.epochs * steps_an_epoch, max(1, steps_an_epoch // LOOKS_AN_EPOCH)
    best, kept, waited, total, items = math.inf, network.state_dict(), 0, 0.0, 0
    order = np.empty(0, np.int64)
    for step in range(steps):
        epoch, place = divmod(step, steps_an_epoch)
        if place == 0:
            order = numpy_stream(settings.seed, "order", epoch).permutation(len(training))
        batch = training.take(order[place * settings.batch : (place + 1) * settings.batch])
        targets = torch.from_numpy(batch.targets).to(device)
        loss = F.cross_entropy(
            logits_of(network, batch.texts, device).float(), targets, ignore_index=IGNORED
        )
        loss.backward()
        optimizer.step(settings.learning_rate_at((step + 0.5) / steps, network.shape.width))
        total, items = total + float(loss.detach()), items + 1
        if not math.isfinite(total):
            raise ValueError(
                f"The loss is not finite at step {step + 1}; lower --learning-rate, "
                f"which is {settings.learning_rate_at(settings.warmup, network.shape.width):.1e}."
            )
        if (step + 1) % every and step + 1 < steps:
            continue
        found = validation_loss(classifier, validation)
        report(ValidationLook((step + 1) / steps_an_epoch, total / items, found, found < best))
        total, items, waited = 0.0, 0, waited + 1
        if found < best:
            best, waited = found, 0
            kept = {name: tensor.clone() for name, tensor in network.state_dict().items()}
        elif waited >= settings.patience:
            break
    network.load_state_dict(kept)
    return best


def validation_loss(classifier: Classifier, texts: Classified) -> float:
    """Mean cross-entropy in nats per judged item."""
    log_probabilities = classifier.log_probabilities(texts.texts)
    judged = texts.targets != IGNORED
    return float(-log_probabilities[judged, texts.targets[judged]].mean())
