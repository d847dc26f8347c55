"""How good a trained learner is on examples that it didn't train on, as named numbers."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from torch import Tensor

from priorscope.core.target import Calibration
from priorscope.core.turns import TURNS
from priorscope.train.prefix import TrainingResult

Part = tuple[np.ndarray, np.ndarray]  # inputs, targets
STORED_PARTS = ("block", "test", "extra")  # whose results are kept example by example


@runtime_checkable
class Predictor(Protocol):
    """What is trained on several prefixes and predicts, one prefix a replica."""

    def outputs(self, inputs: Sequence[np.ndarray]) -> list[Tensor]:
        """Each replica's outputs on inputs of its own."""
        ...


@dataclasses.dataclass
class Scores:
    """Of one replica.

    metrics: part -> metric -> number.
    examples: `part.name` -> array with one row per example, see `Calibration.per_example`.
    """

    metrics: dict[str, dict[str, float | int]] = dataclasses.field(default_factory=dict)
    examples: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)


def score(
    predictor: Predictor,
    results: Sequence[TrainingResult],
    parts: Sequence[Mapping[str, Part]],
) -> list[Scores]:
    """Scores of each replica on each of its parts.

    parts: for each replica, the same names ("block", "test", "train"); an empty part gets no
        scores, nor does a replica with a problem.
    """
    scores = [Scores() for _ in parts]
    for name in parts[0]:
        pairs = [named[name] for named in parts]
        if not any(len(inputs) for inputs, _ in pairs):
            continue
        predicted = predictor.outputs([inputs for inputs, _ in pairs])
        with TURNS.given():  # from here on numpy and the CPU alone
            for r, outputs in enumerate(predicted):
                calibration, targets = results[r].calibration, np.asarray(pairs[r][1])
                if calibration is not None and len(targets):
                    _add(scores[r], name, calibration, outputs, targets)
    return scores


def _add(
    scores: Scores, name: str, calibration: Calibration, outputs: Tensor, targets: np.ndarray
) -> None:
    """What a replica's outputs on one part are worth."""
    own = calibration.scores(outputs, targets)
    more = calibration.test_scores(outputs, targets) if name == "test" else {}
    scores.metrics[name] = {"examples": len(targets), **own, **more}
    if name in STORED_PARTS:
        stored = calibration.per_example(outputs, targets)
        scores.examples |= {f"{name}.{key}": array for key, array in stored.items()}


def are_finite(metrics: Mapping[str, Mapping[str, float | int]]) -> bool:
    """Whether every number of every part is finite; otherwise the run has failed."""
    return all(math.isfinite(v) for part in metrics.values() for v in part.values())
