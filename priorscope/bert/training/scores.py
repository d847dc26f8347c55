"""Scores of a classifier on a test split, with intervals over its examples."""

import numpy as np
from sklearn.metrics import accuracy_score, f1_score

from priorscope.core.estimate import Estimate
from priorscope.core.seeds import numpy_stream

RESAMPLES = 1000
METHOD = "score of the test split, percentile bootstrap over its examples"


def scores(
    log_probabilities: np.ndarray, targets: np.ndarray, groups: np.ndarray
) -> dict[str, Estimate]:
    """`accuracy` and `macro_f1` in [0, 1], and `loss` in nats per scored item.

    log_probabilities: (items, classes). targets: (items,) class indices.
    groups: (items,) which example an item belongs to; examples are resampled whole.
    """
    prediction = log_probabilities.argmax(-1)
    loss = -log_probabilities[np.arange(len(targets)), targets]
    centers = {
        "accuracy": accuracy_score(targets, prediction),
        "macro_f1": f1_score(targets, prediction, average="macro"),
        "loss": loss.mean(),
    }
    examples, owner = np.unique(groups, return_inverse=True)
    weights = numpy_stream(0, "bootstrap").multinomial(
        len(examples), np.full(len(examples), 1 / len(examples)), size=RESAMPLES
    )
    items = weights @ np.bincount(owner)
    resampled = {
        "accuracy": weights @ np.bincount(owner, prediction == targets) / items,
        "macro_f1": _macro_f1(weights, prediction, targets, owner, log_probabilities.shape[1]),
        "loss": weights @ np.bincount(owner, loss) / items,
    }
    return {
        name: _estimate(float(center), resampled[name], len(examples))
        for name, center in centers.items()
    }


def _macro_f1(
    weights: np.ndarray,
    prediction: np.ndarray,
    targets: np.ndarray,
    owner: np.ndarray,
    classes: int,
) -> np.ndarray:
    """(resamples,) macro F1 over the classes that occur, as scikit-learn has it.

    weights: (resamples, examples) how often each example is in each resample.
    """
    counts = np.zeros((3, weights.shape[1], classes))  # right, predicted, true: per example, class
    right = prediction == targets
    np.add.at(counts[0], (owner[right], targets[right]), 1)
    np.add.at(counts[1], (owner, prediction), 1)
    np.add.at(counts[2], (owner, targets), 1)
    both, predicted, true = (weights @ count for count in counts)
    f1 = 2 * both / np.maximum(predicted + true, 1)
    return f1.sum(-1) / np.maximum((predicted + true > 0).sum(-1), 1)


def _estimate(center: float, resampled: np.ndarray, n: int) -> Estimate:
    low, high = np.quantile(resampled, [0.025, 0.975])
    return Estimate(center=center, low=float(low), high=float(high), n=n, method=METHOD)
