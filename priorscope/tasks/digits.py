"""Handwritten digits that need no download: 1,797 grey images of 8 x 8, part of scikit-learn."""

import dataclasses
import importlib.util
from pathlib import Path

import numpy as np

from priorscope.core.config import Share
from priorscope.core.split import stratified_split
from priorscope.tasks import TASKS, Examples, TaskConfig


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Digits(TaskConfig):
    """The test part of the UCI optical digits (Alpaydin & Kaynak 1998), as images (8, 8, 1).

    Grey levels 0 ... 16 are stored as uint8 on the scale 0 ... 255.

    test_share: share of the examples held out, stratified, by seed.
    """

    test_share: Share = 0.2

    def load(self, seed: int = 0) -> Examples:
        features, classes = _source()
        # 255 / 16 is not whole: rounding keeps the 17 levels distinct
        pixels = np.rint(features * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8, 1)
        targets = classes.astype(np.int64)
        train, test = stratified_split(targets, self.test_share, seed)
        return Examples(
            inputs=pixels[train],
            targets=targets[train],
            test_inputs=pixels[test],
            test_targets=targets[test],
            class_names=tuple(map(str, range(10))),
        )


def _source() -> tuple[np.ndarray, np.ndarray]:
    """Grey levels (1797, 64) and classes (1797,), as `sklearn.datasets.load_digits` has them.

    Its file is read where it lies: importing scikit-learn takes seconds, in every process.
    """
    spec = importlib.util.find_spec("sklearn")
    if spec is not None and spec.origin is not None:
        file = Path(spec.origin).parent / "datasets" / "data" / "digits.csv.gz"
        if file.is_file():
            table = np.loadtxt(file, delimiter=",")
            return table[:, :-1], table[:, -1]
    from sklearn.datasets import load_digits

    features, classes = load_digits(return_X_y=True)
    return np.asarray(features), np.asarray(classes)
