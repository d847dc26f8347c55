"""How good a trained learner is on examples that it didn't train on, as named numbers."""

import math
from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from torch import Tensor

from priorscope.train.prefix import TrainingResult

Part = tuple[np.ndarray, np.ndarray]  # inputs, targets


@runtime_checkable
class Predictor(Protocol):
    """What is trained on several prefixes and predicts, one prefix a replica."""

    def outputs(self, inputs: Sequence[np.ndarray]) -> list[Tensor]:
        """Each replica's outputs on inputs of its own; all of one length."""
        ...


def score(
    predictor: Predictor,
    results: Sequence[TrainingResult],
    parts: Sequence[Mapping[str, Part]],
) -> list[dict[str, dict[str, float | int]]]:
    """Scores of each replica on each of its parts: part -> metric -> value.

    parts: for each replica, the same names ("block", "test", "train"); a part has one length for
        all replicas, and an empty one gets no scores. Neither does a replica with a problem.
    """
    scores: list[dict[str, dict[str, float | int]]] = [{} for _ in parts]
    for name in parts[0]:
        pairs = [named[name] for named in parts]
        if len(pairs[0][0]) == 0:
            continue
        for r, outputs in enumerate(predictor.outputs([inputs for inputs, _ in pairs])):
            calibration, targets = results[r].calibration, np.asarray(pairs[r][1])
            if calibration is not None:
                own = calibration.scores(outputs, targets)
                more = calibration.test_scores(outputs, targets) if name == "test" else {}
                scores[r][name] = {"examples": len(targets), **own, **more}
    return scores


def are_finite(scores: Mapping[str, Mapping[str, float | int]]) -> bool:
    """Whether every number of every part is finite; otherwise the run has failed."""
    return all(math.isfinite(v) for part in scores.values() for v in part.values())
