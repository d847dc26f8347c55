"""What is known of the targets without any input: the reference that a learner must beat."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from priorscope.analysis.code_length import class_null_bits
from priorscope.analysis.summary import TargetFacts
from priorscope.core.read import ClassCount


@dataclasses.dataclass(frozen=True)
class Reference:
    """null_bits: (sizes,), bits of the first n targets without inputs. chance_bits: per target,
    of a guess that doesn't even know their shares; None for quantities. metrics: name -> value
    on the test split of the best answer that ignores inputs. test_examples: how many.
    random_bits: per target of the structure `random-labels`.
    """

    target: TargetFacts
    null_bits: np.ndarray
    metrics: dict[str, float]
    test_examples: int
    chance_bits: float | None = None
    random_bits: float | None = None
    classes: tuple[ClassCount, ...] = ()


def class_reference(
    train: np.ndarray, test: np.ndarray, class_names: Sequence[str], sizes: Sequence[int]
) -> Reference:
    """Of class indices, (examples,): the most frequent class, and the shares as probabilities."""
    classes = len(class_names)
    counts = np.bincount(train, minlength=classes)
    shares = (counts + 0.5) / (counts.sum() + classes / 2)
    tested = np.bincount(test, minlength=classes) / max(len(test), 1)
    top, present = int(counts.argmax()), max(int((tested > 0).sum()), 1)
    f1 = 2 * tested[top] / (1 + tested[top])
    metrics = {
        "accuracy": float(tested[top]),
        "balanced-accuracy": 1 / present,
        "macro-f1": float(f1 / present),
        "auroc": 0.5,
        "average-precision": float(tested[tested > 0].mean()) if len(test) else 0.0,
        "log-loss": float(-(tested * np.log2(shares)).sum()),
    }
    return Reference(
        target=TargetFacts(kind="classes"),
        null_bits=class_null_bits(counts.tolist(), sizes),
        metrics=metrics,
        test_examples=len(test),
        chance_bits=math.log2(classes) if classes > 1 else 0.0,
        random_bits=math.log2(classes) if classes > 1 else 0.0,
        classes=tuple(
            ClassCount(name=str(name), count=int(count))
            for name, count in zip(class_names, counts, strict=True)
        ),
    )


def quantity_reference(
    train: np.ndarray,
    test: np.ndarray,
    null_bits: np.ndarray,
    test_null_bits: float,
    random_bits: float | None = None,
) -> Reference:
    """Of quantities, (examples,): the mean of the training targets.

    null_bits, test_null_bits: bits of the first n targets, and per test target, under a density
    that is fitted to targets alone (`priorscope.targets`); they may be negative.
    """
    mean, std = float(train.mean()), float(train.std())
    error = test - mean
    variance = float(test.var())
    metrics = {
        "rmse": float(np.sqrt((error**2).mean())),
        "mae": float(np.abs(error).mean()),
        "r2": 1 - float((error**2).mean()) / variance if variance > 0 else 0.0,
        "log-loss": test_null_bits,
    }
    target = TargetFacts(kind="quantity", low=float(train.min()), high=float(train.max()), std=std)
    null = np.asarray(null_bits, dtype=float)
    return Reference(target, null, metrics, len(test), random_bits=random_bits)
