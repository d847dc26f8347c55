"""Decision trees from a file: their nodes are indices that scikit-learn follows unchecked."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

TREE = "sklearn.tree._tree.Tree"
PREDICTOR = "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"
FORESTS = ("sklearn.ensemble._forest", "sklearn.ensemble._gb")  # hand rows to trees unchecked
MOST_DEPTH = 100  # of objects inside objects


def check_trees(estimator: Any) -> None:
    """Refuse a tree whose nodes lead outside it, in circles, or to features that aren't there.

    Raises:
        ValueError: if there is one.
    """
    for tree, features in _trees(estimator, None, 0):
        kind = _path(type(tree))
        sound = _sound_tree(tree, features) if kind == TREE else _sound_predictor(tree, features)
        if not sound:
            raise ValueError("a decision tree in it is damaged")


def _trees(value: Any, features: int | None, depth: int) -> Iterator[tuple[Any, int]]:
    """Every tree, with the number of features of the rows that it is given."""
    if depth > MOST_DEPTH:
        raise ValueError("its objects are nested too deeply")
    if isinstance(value, np.ndarray):
        inside = value.ravel().tolist() if value.dtype == object else []
    elif isinstance(value, Mapping):
        inside = list(value.values())
    elif isinstance(value, list | tuple):
        inside = list(value)
    elif _path(type(value)) in (TREE, PREDICTOR):
        yield value, features or 0
        return
    else:
        attributes = getattr(value, "__dict__", {})
        inside = list(attributes.values())
        own = attributes.get("n_features_in_")
        if isinstance(own, int | np.integer):
            features = int(own) if features is None else min(features, int(own))
        if not (type(value).__module__.startswith(FORESTS) or "tree_" in attributes):
            features = None if "_predictors" not in attributes else features
    for each in inside:
        yield from _trees(each, features, depth + 1)


def _sound_tree(tree: Any, features: int) -> bool:
    nodes = tree.__getstate__()["nodes"]
    left, right, feature = nodes["left_child"], nodes["right_child"], nodes["feature"]
    inner = left != -1
    return _leads_down(left, right, inner) and bool(
        ((feature[inner] >= 0) & (feature[inner] < features)).all()
    )


def _sound_predictor(predictor: Any, features: int) -> bool:
    nodes = predictor.nodes
    inner = nodes["is_leaf"] == 0
    feature, categorical = nodes["feature_idx"][inner], nodes["is_categorical"][inner] != 0
    bitsets = min(len(predictor.raw_left_cat_bitsets), len(predictor.binned_left_cat_bitsets))
    return (
        _leads_down(nodes["left"].astype(np.int64), nodes["right"].astype(np.int64), inner)
        and bool(((feature >= 0) & (feature < features)).all())
        and bool((nodes["bitset_idx"][inner][categorical] < bitsets).all())
    )


def _leads_down(left: np.ndarray, right: np.ndarray, inner: np.ndarray) -> bool:
    """Whether children lie behind their parent, inside the tree: no circle, no way out."""
    numbers = np.arange(len(left))[inner]
    children = np.stack([left[inner], right[inner]])
    return len(left) > 0 and bool(((children > numbers) & (children < len(left))).all())


def _path(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
