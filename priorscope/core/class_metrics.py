"""Metrics of classification beyond accuracy, for classes that are rare or costs that differ."""

import numpy as np
from jaxtyping import Float, Int

NAMES = ("balanced_accuracy", "macro_f1", "auroc", "average_precision")


def class_metrics(
    scores: Float[np.ndarray, "examples classes"], targets: Int[np.ndarray, " examples"]
) -> dict[str, float]:
    """Each as the mean over the classes that occur, one against the rest for the last two.

    scores: probabilities, or anything that rises with them. Returns balanced_accuracy (recall),
    macro_f1, auroc (area under the receiver operating characteristic; ties count half) and
    average_precision (of the ranking; ties are taken together), all in [0, 1]. auroc is left out
    where only one class occurs.
    """
    classes = scores.shape[1]
    predicted = scores.argmax(axis=1)
    counts = np.bincount(targets, minlength=classes)
    hits = np.bincount(targets[predicted == targets], minlength=classes)
    guesses = np.bincount(predicted, minlength=classes)
    present = np.flatnonzero(counts)
    f1 = 2 * hits[present] / (counts[present] + guesses[present])
    out = {
        "balanced_accuracy": float((hits[present] / counts[present]).mean()),
        "macro_f1": float(f1.mean()),
        "average_precision": float(
            np.mean([_average_precision(scores[:, k], targets == k) for k in present])
        ),
    }
    if len(present) > 1:
        areas = [_auroc(scores[:, k], targets == k) for k in present]
        out["auroc"] = float(np.mean(areas))
    return out


def _auroc(score: np.ndarray, positive: np.ndarray) -> float:
    """Mann and Whitney's U over its largest value."""
    count = int(positive.sum())
    _, place, ties = np.unique(score, return_inverse=True, return_counts=True)
    ranks = ties.cumsum() - (ties - 1) / 2
    above = ranks[place[positive]].sum() - count * (count + 1) / 2
    return float(above / (count * (len(score) - count)))


def _average_precision(score: np.ndarray, positive: np.ndarray) -> float:
    """Sum over thresholds of (recall step) x precision."""
    order = np.argsort(-score, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    result = positive[order].cumsum()[ends]
    precision = result / (ends + 1)
    return float((np.diff(result, prepend=0) * precision).sum() / positive.sum())
