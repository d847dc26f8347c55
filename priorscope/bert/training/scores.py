"""Scores of a classifier on a test split, with intervals over its examples."""

import dataclasses

import numpy as np

from priorscope.core.seeds import numpy_stream

DRAWS = 1000


@dataclasses.dataclass(frozen=True)
class Score:
    """A figure with its 95% interval (percentile bootstrap over n examples)."""

    mean: float
    low: float
    high: float
    n: int


def scores(
    log_probabilities: np.ndarray, targets: np.ndarray, groups: np.ndarray
) -> dict[str, Score]:
    """`accuracy` and `macro_f1` in [0, 1], and `loss` in nats per judged item.

    log_probabilities: (items, classes). targets: (items,).
    groups: (items,) which example an item belongs to; examples are drawn whole.
    """
    prediction = log_probabilities.argmax(-1)
    classes = log_probabilities.shape[1]
    examples, places = np.unique(groups, return_inverse=True)
    right = np.bincount(places, prediction == targets)
    loss = np.bincount(places, -log_probabilities[np.arange(len(targets)), targets])
    count = np.bincount(places)
    stream = numpy_stream(0, "bootstrap")
    chances = np.full(len(examples), 1 / len(examples))
    weights = stream.multinomial(len(examples), chances, size=DRAWS)  # (draws, examples)
    weights = np.concatenate([np.ones((1, len(examples)), int), weights])  # first: as it is
    items = np.maximum(weights @ count, 1)
    pairs = np.zeros((len(examples), 3, classes))  # right, predicted, true: per class
    for part, chosen, amount in (
        (0, targets, (prediction == targets).astype(float)),
        (1, prediction, np.ones(len(targets))),
        (2, targets, np.ones(len(targets))),
    ):
        np.add.at(pairs[:, part], (places, chosen), amount)
    both, predicted, true = np.einsum("de,epc->pdc", weights, pairs)
    f1 = 2 * both / np.maximum(predicted + true, 1)
    occurs = (true > 0) | (predicted > 0)
    values = {
        "accuracy": weights @ right / items,
        "macro_f1": f1.sum(-1) / np.maximum(occurs.sum(-1), 1),
        "loss": weights @ loss / items,
    }
    return {name: _score(value, len(examples)) for name, value in values.items()}


def _score(value: np.ndarray, n: int) -> Score:
    low, high = np.quantile(value[1:], [0.025, 0.975])
    return Score(float(value[0]), float(low), float(high), n)
