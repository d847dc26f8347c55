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
    rankings = [_ranking(scores[:, k], targets == k) for k in present]
    areas, precisions = zip(*rankings, strict=True)
    out = {
        "balanced_accuracy": float((hits[present] / counts[present]).mean()),
        "macro_f1": float(f1.mean()),
        "average_precision": float(np.mean(precisions)),
    }
    if len(present) > 1:
        out["auroc"] = float(np.mean(areas))
    return out


def _ranking(score: np.ndarray, positive: np.ndarray) -> tuple[float, float]:
    """The area under the ROC curve (0 where all are positive), and the average precision.

    By thresholds between scores that differ: the area by trapezoids, as ties count half; the
    precision as the sum of (recall step) x precision.
    """
    order = np.argsort(-score)
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    hits = positive[order].cumsum()[ends]
    steps = np.diff(hits, prepend=0)
    misses = ends + 1 - hits
    pairs = max(1, hits[-1] * misses[-1])
    area = (np.diff(misses, prepend=0) * (hits - steps / 2)).sum() / pairs
    return float(area), float((steps * hits / (ends + 1)).sum() / hits[-1])
