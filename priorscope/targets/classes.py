"""Classes: softmax over K logits, calibrated by a temperature and a mixture with the shares.

p = (1 - w) softmax(z / T) + w s, with s the shares of the classes in the prefix. T and w maximise
the validation likelihood plus that of a few pseudo-examples whose target is drawn from s: with 20
validation examples a lucky network must not be believed, with 2,000 they don't matter.
"""

import dataclasses
import math
from collections.abc import Sequence
from typing import Annotated, ClassVar

import numpy as np
import torch
from jaxtyping import Float, Int
from msgspec import Meta
from torch import Tensor
from torch.nn import functional

from priorscope.core.class_metrics import class_metrics
from priorscope.core.config import checked_state
from priorscope.core.json_types import JsonObject
from priorscope.core.label_code import label_code_bits, reference_bits
from priorscope.core.target import TARGETS, Calibration, Marginal, Target

PSEUDO_EXAMPLES = 8.0
TEMPERATURES = tuple(4.0 ** (power / 8) for power in range(-8, 17))  # 1/4 ... 16
MIXTURES = (1e-3, 3e-3, 0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.22, 0.32, 0.45, 0.6, 0.8, 1.0)
COARSE_TEMPERATURES = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 8.0)
COARSE_MIXTURE = 0.02
SMALLEST = 1e-12  # probability that an estimator may give at least
LARGEST = 4000  # validation examples that the fit uses
AT_ONCE = 2**21  # probabilities that are mixed at once
FEW_CLASSES = 20  # up to so many, all log-probabilities of an example are stored


@dataclasses.dataclass(frozen=True)
class Shares(Marginal):
    """values: (classes,) float64, positive, of sum 1."""

    values: Float[Tensor, " classes"]


@TARGETS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Classes(Target):
    """Targets are int64 indices 0 ... num_classes - 1."""

    unit: ClassVar[str] = "label"
    metrics: ClassVar[tuple[str, ...]] = ("accuracy",)
    lower_is_better: ClassVar[bool] = False
    estimator_method: ClassVar[str] = "predict_proba"

    num_classes: int

    @property
    def output_size(self) -> int:
        return self.num_classes

    def check_targets(self, targets: np.ndarray) -> None:
        present = np.unique(targets)
        if len(present) < 2:
            raise ValueError(
                f"All {len(targets)} labels are of one class, but two are needed at least; add "
                "examples of another class or name another target."
            )

    def strata(self, targets: np.ndarray, most: int | None = None) -> np.ndarray:
        """The classes, whatever `most` says."""
        return np.asarray(targets)

    @property
    def noise_bits(self) -> float:
        return math.log2(self.num_classes)

    def noise(self, targets: np.ndarray, stream: np.random.Generator) -> np.ndarray:
        """Uniform and independent."""
        return (stream.random(len(targets)) * self.num_classes).astype(targets.dtype)

    def label_bits(self, targets: np.ndarray) -> float:
        """The uniform code, log2 K a label, or the adaptive one where that is shorter."""
        counts = np.bincount(targets, minlength=self.num_classes)
        return reference_bits(counts.tolist())

    def marginal_bits(self, train: np.ndarray, test: np.ndarray) -> float:
        shares = self.marginal(train, np.arange(len(train))).values
        return -float(shares[torch.from_numpy(np.array(test))].log2().mean())

    def marginal(self, targets: np.ndarray, train: np.ndarray) -> Shares:
        """Shares (n_k + 1/2) / (n + K/2) of the whole prefix (Krichevsky & Trofimov 1981).

        1/K where the uniform code of the prefix's labels is the shorter one: shares that are equal
        but for chance must not be paid for.
        """
        counts = np.bincount(targets, minlength=self.num_classes)
        if label_code_bits(counts.tolist()) >= len(targets) * math.log2(self.num_classes):
            counts = np.zeros(self.num_classes)
        shares = (counts + 0.5) / (counts.sum() + 0.5 * self.num_classes)
        return Shares(torch.from_numpy(shares))

    def encode(self, targets: np.ndarray, marginal: Marginal) -> Int[Tensor, " examples"]:
        return torch.from_numpy(np.array(targets, dtype=np.int64))

    def loss(
        self, outputs: Float[Tensor, "*batch classes"], encoded: Int[Tensor, "*batch"]
    ) -> Float[Tensor, "*batch"]:
        """Cross-entropy."""
        nats = functional.cross_entropy(outputs.flatten(0, -2), encoded.flatten(), reduction="none")
        return nats.view(encoded.shape)

    def validation_loss(
        self,
        outputs: Float[Tensor, "replicas examples classes"],
        encoded: Int[Tensor, "replicas examples"],
        marginals: list[Marginal],
    ) -> Float[Tensor, " replicas"]:
        """Mean cross-entropy at each replica's best temperature of a few."""
        picked = encoded.unsqueeze(-1)
        shares = torch.stack([_shares(m) for m in marginals]).to(outputs)
        s = shares.unsqueeze(1).expand_as(outputs).gather(-1, picked).squeeze(-1)
        at_once = max(1, AT_ONCE // max(1, outputs.numel()))
        losses = []
        for start in range(0, len(COARSE_TEMPERATURES), at_once):
            several = COARSE_TEMPERATURES[start : start + at_once]
            scaled = torch.stack([outputs / temperature for temperature in several])
            p = scaled.softmax(dim=-1).gather(-1, picked.expand(len(several), -1, -1, -1))
            mixed = (1 - COARSE_MIXTURE) * p.squeeze(-1) + COARSE_MIXTURE * s
            losses.append(-mixed.log().mean(dim=-1))
        return torch.cat(losses).amin(dim=0)

    def calibrate(
        self,
        outputs: Float[Tensor, "examples classes"],
        encoded: Int[Tensor, " examples"],
        marginal: Marginal,
    ) -> "ClassCalibration":
        """The best temperature and mixture on a grid."""
        return self.calibrate_all(outputs.unsqueeze(0), encoded.unsqueeze(0), [marginal])[0]

    def calibrate_all(
        self,
        outputs: Float[Tensor, "replicas examples classes"],
        encoded: Int[Tensor, "replicas examples"],
        marginals: Sequence[Marginal],
    ) -> "list[ClassCalibration]":
        """Of all replicas at once; the host waits for the device once."""
        logits = outputs[:, :LARGEST].double()
        shares = torch.stack([_shares(m) for m in marginals]).to(logits)
        likelihoods = _likelihoods(logits, encoded[:, :LARGEST].unsqueeze(-1), shares)
        best = likelihoods.flatten(0, 1).argmax(dim=0).tolist()
        return [
            ClassCalibration(TEMPERATURES[at // len(MIXTURES)], MIXTURES[at % len(MIXTURES)], s)
            for at, s in zip(best, shares.cpu(), strict=True)
        ]

    def calibration_from(self, state: JsonObject) -> "ClassCalibration":
        stored = checked_state(state, StoredCalibration)
        shares = torch.tensor(stored.shares, dtype=torch.float64)
        if len(shares) != self.num_classes:
            raise ValueError(
                f"A calibration of {self.num_classes} classes has {len(shares)} shares; the "
                "model's folder is damaged."
            )
        return ClassCalibration(stored.temperature, stored.mixture, shares)

    def outputs_of(
        self, predictions: np.ndarray, classes: np.ndarray | None
    ) -> Float[Tensor, "examples classes"]:
        """log p; classes that the prefix lacks get the smallest probability."""
        p = np.full((len(predictions), self.num_classes), SMALLEST)
        p[:, slice(None) if classes is None else classes] = predictions
        return torch.from_numpy(np.log(np.maximum(p, SMALLEST)))

    def constant_outputs(
        self, marginal: Marginal, examples: int
    ) -> Float[Tensor, "examples classes"]:
        return _shares(marginal).log().expand(examples, -1)


def _likelihoods(
    logits: Float[Tensor, "replicas examples classes"],
    picked: Int[Tensor, "replicas examples 1"],
    shares: Float[Tensor, "replicas classes"],
) -> Float[Tensor, "temperatures mixtures replicas"]:
    """Log-likelihoods in nats of the targets and of the pseudo-examples."""
    s = shares.unsqueeze(1)
    picked_s = s.expand_as(logits).gather(-1, picked).squeeze(-1)
    mixtures = torch.tensor(MIXTURES, dtype=s.dtype, device=s.device).view(-1, 1, 1)
    at_once = max(1, AT_ONCE // logits.numel())
    rows = []
    for temperature in TEMPERATURES:
        p = (logits / temperature).softmax(dim=-1)
        likelihood = torch.lerp(p.gather(-1, picked).squeeze(-1), picked_s, mixtures).log()
        parts = [
            (torch.lerp(p, s, w.unsqueeze(-1)).log() @ shares.unsqueeze(-1)).squeeze(-1)
            for w in mixtures.split(at_once)
        ]
        pseudo = torch.cat(parts).mean(dim=-1)
        rows.append(likelihood.sum(dim=-1) + PSEUDO_EXAMPLES * pseudo)
    return torch.stack(rows)


def _shares(marginal: Marginal) -> Tensor:
    assert isinstance(marginal, Shares)
    return marginal.values


@dataclasses.dataclass(frozen=True)
class ClassCalibration(Calibration):
    """temperature: T > 0. mixture: w in [1e-3, 1], the weight of the shares.

    shares: (classes,) of the prefix.
    """

    temperature: float
    mixture: float
    shares: Float[Tensor, " classes"]

    def probabilities(
        self, outputs: Float[Tensor, "examples classes"]
    ) -> Float[Tensor, "examples classes"]:
        """Calibrated, float64; each row sums to 1."""
        softened = (outputs.double() / self.temperature).softmax(dim=-1)
        return (1 - self.mixture) * softened + self.mixture * self.shares

    def bits(
        self, outputs: Float[Tensor, "examples classes"], targets: np.ndarray
    ) -> Float[Tensor, " examples"]:
        """-log2 p(target) of each example, at most -log2(w s) of its class."""
        return -self._picked(self.probabilities(outputs), targets).log2()

    def _picked(self, values: Tensor, targets: np.ndarray) -> Tensor:
        indices = torch.from_numpy(np.array(targets, dtype=np.int64))
        return values.gather(-1, indices.unsqueeze(-1)).squeeze(-1)

    def scores(
        self, outputs: Float[Tensor, "examples classes"], targets: np.ndarray
    ) -> dict[str, float]:
        bits = self.bits(outputs, targets)
        plain = -self._picked(outputs.double().log_softmax(dim=-1), targets) / math.log(2)
        correct = outputs.argmax(dim=-1).numpy() == targets
        return {
            "bits": float(bits.mean()),
            "bits_std": float(bits.std(correction=0)),
            "uncalibrated_bits": float(plain.mean()),
            "accuracy": float(correct.mean()),
        }

    def test_scores(
        self, outputs: Float[Tensor, "examples classes"], targets: np.ndarray
    ) -> dict[str, float]:
        """Balanced accuracy, AUROC and so on; see `class_metrics`."""
        return class_metrics(self.probabilities(outputs).numpy(), targets)

    def per_example(
        self, outputs: Float[Tensor, "examples classes"], targets: np.ndarray
    ) -> dict[str, np.ndarray]:
        """`log2_p` (examples, classes) up to 20 classes; above, the true class and the prediction.

        Then `bits` of the true class, `prediction`, its probability `p`, and `squares`, the sum
        of all squared probabilities.
        """
        p = self.probabilities(outputs)
        if p.shape[-1] <= FEW_CLASSES:
            return {"log2_p": p.log2().numpy().astype(np.float16)}
        top = p.max(dim=-1)
        return {
            "bits": self.bits(outputs, targets).numpy().astype(np.float16),
            "prediction": top.indices.numpy().astype(np.int32),
            "p": top.values.numpy().astype(np.float16),
            "squares": p.square().sum(dim=-1).numpy().astype(np.float16),
        }

    def to_json(self) -> dict[str, float]:
        return {"temperature": self.temperature, "mixture": self.mixture}

    def expectation(self, outputs: Float[Tensor, "examples classes"]) -> np.ndarray:
        return self.probabilities(outputs).numpy()

    def state(self) -> JsonObject:
        return {**self.to_json(), "shares": self.shares.tolist()}


@dataclasses.dataclass(frozen=True)
class StoredCalibration:
    """A `ClassCalibration` as JSON has it."""

    temperature: Annotated[float, Meta(gt=0)]
    mixture: Annotated[float, Meta(ge=0, le=1)]
    shares: tuple[float, ...]
