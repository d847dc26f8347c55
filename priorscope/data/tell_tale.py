"""Columns that give the target away by themselves."""

import numpy as np

from priorscope.data.clean import Split

PER_CLASS = 20  # examples: fewer could be parted by luck
QUICK = 200  # examples that show at once that a column doesn't tell


def tells_target(features: np.ndarray, split: Split) -> bool:
    """Whether a column parts the classes of training without a mistake, or equals the quantity.

    Numbers must part them by one interval for each class; categories by a set of them for each.

    features: (examples of the source, features of the column).
    """
    if split.labels.values is not None:
        return _equals(features[split.train], split.targets[split.train])
    classes = len(split.class_names)
    if len(split.train) < PER_CLASS * classes:
        return False
    width = features.shape[1]
    is_one_hot = width > 1 and bool((features[split.train].sum(axis=1) <= 1).all())
    if is_one_hot and 5 * width > len(split.train):
        return False
    if width == 2 and not is_one_hot and _tell(features[:, 1], split, classes, False):
        return True  # where the number is missing
    values = features.argmax(axis=1) if is_one_hot else features[:, 0]
    return _tell(values, split, classes, is_one_hot)


def _tell(values: np.ndarray, split: Split, classes: int, is_one_hot: bool) -> bool:
    return all(
        _parts(values[rows], split.targets[rows], classes, is_one_hot)
        for rows in (split.train[:QUICK], split.train)
    )


def _parts(values: np.ndarray, targets: np.ndarray, classes: int, is_one_hot: bool) -> bool:
    order = np.lexsort((targets, values))
    value, target = values[order], targets[order]
    changes = target[1:] != target[:-1]
    if (changes & (value[1:] == value[:-1])).any():
        return False  # one value, two classes
    return is_one_hot or int(changes.sum()) <= classes - 1


def _equals(encoded: np.ndarray, targets: np.ndarray) -> bool:
    """Whether some linear function of one feature is the quantity to 6 digits."""
    if len(targets) < PER_CLASS:
        return False
    y = targets - targets.mean()
    for feature in encoded.T[:2]:
        x = feature - feature.mean()
        scale = np.sqrt((x @ x) * (y @ y))
        if scale > 0 and abs(x @ y) / scale > 1 - 1e-12:
            return True
    return False
