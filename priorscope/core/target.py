"""What is to be predicted: the cut between learners and the kind of the targets."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from priorscope.core.config import Config
from priorscope.core.json_types import JsonObject
from priorscope.core.registry import Registry

if TYPE_CHECKING:
    from torch import Tensor


class Marginal:
    """What a prefix's targets say without any input: the reference that a learner must beat."""


class Calibration:
    """Outputs of a network made into a probability or density of each target.

    Chosen inside the prefix; it carries the prefix's `Marginal`.
    """

    def bits(self, outputs: "Tensor", targets: np.ndarray) -> "Tensor":
        """-log2 p(target) of each example, (examples,), float64."""
        raise NotImplementedError

    def scores(self, outputs: "Tensor", targets: np.ndarray) -> dict[str, float]:
        """`bits`, `bits_std`, `uncalibrated_bits` and the target's `metrics` over the examples."""
        raise NotImplementedError

    def test_scores(self, outputs: "Tensor", targets: np.ndarray) -> dict[str, float]:
        """Scores that take longer, of the test split alone; none by default."""
        return {}

    def per_example(self, outputs: "Tensor", targets: np.ndarray) -> dict[str, np.ndarray]:
        """What is stored of each example, compact, so that later analyses need no retraining."""
        raise NotImplementedError

    def to_json(self) -> dict[str, float]:
        """What was chosen, by name."""
        raise NotImplementedError

    def expectation(self, outputs: "Tensor") -> np.ndarray:
        """What several networks' predictions are averaged in: probabilities of classes, or means.

        (examples, classes) of sum 1, or (examples,) in the unit of the targets.
        """
        raise NotImplementedError

    def state(self) -> JsonObject:
        """All of it as JSON types; `Target.calibration_from` is the inverse, bit for bit."""
        raise NotImplementedError


@dataclasses.dataclass(frozen=True, kw_only=True)
class Target(Config):
    """A kind of target with everything that learners and protocol ask of it.

    Target arrays are (examples,) or, for a target at each token, (examples, tokens); `outputs`
    are what a network gives, (..., output_size).

    unit: what bits are counted per ("label").
    metrics: names of the scores beside bits, the main one first; it is shown in tables.
    lower_is_better: whether the main metric is an error.
    estimator_method: what a scikit-learn estimator must have to be a learner.
    """

    unit: ClassVar[str] = "target"
    metrics: ClassVar[tuple[str, ...]] = ()
    lower_is_better: ClassVar[bool] = True
    estimator_method: ClassVar[str] = "predict"

    @property
    def output_size(self) -> int:
        """Numbers that a network gives for each target."""
        raise NotImplementedError

    def check_targets(self, targets: np.ndarray) -> None:
        """Refuse targets that leave nothing to learn.

        Raises:
            ValueError: one sentence with the rule, the value and the way out.
        """
        raise NotImplementedError

    def strata(self, targets: np.ndarray, most: int | None = None) -> np.ndarray:
        """(examples,) int64: groups over which a part that stands for the whole is spread.

        most: how many groups there may be at most, where that is a matter of choice.
        """
        raise NotImplementedError

    @property
    def noise_bits(self) -> float:
        """Entropy of a target of `noise`, in bits."""
        raise NotImplementedError

    def noise(self, targets: np.ndarray, stream: np.random.Generator) -> np.ndarray:
        """Targets that no input says anything about, one for each of `targets`: a control.

        Each is drawn for itself, so that the first ones don't depend on how many follow.
        """
        raise NotImplementedError

    def label_bits(self, targets: np.ndarray) -> float:
        """Bits of these targets alone, sent without their inputs by a code that adapts to them.

        The same code pays for the first block, before anything was learnt, and is the reference
        of the fit C (DEFINITIONS 1). Depends on the values, not on their order.
        """
        raise NotImplementedError

    def marginal_bits(self, train: np.ndarray, test: np.ndarray) -> float:
        """Bits per target of `test`, without inputs, by what the targets of `train` say alone."""
        raise NotImplementedError

    def marginal(self, targets: np.ndarray, train: np.ndarray) -> Marginal:
        """Statistics of a prefix's targets; `train` are the indices of its training part."""
        raise NotImplementedError

    def encode(self, targets: np.ndarray, marginal: Marginal) -> "Tensor":
        """Targets as `loss` takes them, on the CPU."""
        raise NotImplementedError

    def loss(self, outputs: "Tensor", encoded: "Tensor") -> "Tensor":
        """Training loss of each target in nats, of the shape of `encoded`."""
        raise NotImplementedError

    def validation_loss(
        self, outputs: "Tensor", encoded: "Tensor", marginals: "list[Marginal]"
    ) -> "Tensor":
        """(replicas,) mean loss in nats after a coarse calibration; chooses the step to keep.

        Without it a network that still learns but grows overconfident would be stopped.
        outputs: (replicas, examples, output_size). encoded: (replicas, examples).
        """
        raise NotImplementedError

    def calibrate(self, outputs: "Tensor", encoded: "Tensor", marginal: Marginal) -> Calibration:
        """The best calibration on validation examples: (examples, output_size), (examples,)."""
        raise NotImplementedError

    def calibration_from(self, state: JsonObject) -> Calibration:
        """The inverse of `Calibration.state`.

        Raises:
            ValueError: if it is not the state of such a calibration.
        """
        raise NotImplementedError

    def calibrate_all(
        self, outputs: "Tensor", encoded: "Tensor", marginals: "Sequence[Marginal]"
    ) -> Sequence[Calibration]:
        """`calibrate` of several replicas, (replicas, examples, ...), perhaps faster."""
        triples = zip(outputs, encoded, marginals, strict=True)
        return [self.calibrate(own, targets, marginal) for own, targets, marginal in triples]

    def outputs_of(self, predictions: np.ndarray, classes: np.ndarray | None) -> "Tensor":
        """What an estimator's `estimator_method` gives, as outputs of a network.

        classes: the estimator's `classes_`, if it has some.
        """
        raise NotImplementedError

    def constant_outputs(self, marginal: Marginal, examples: int) -> "Tensor":
        """Outputs of a network that knows the marginal and nothing else."""
        raise NotImplementedError


TARGETS: Registry[Target] = Registry("target", "priorscope.targets")
