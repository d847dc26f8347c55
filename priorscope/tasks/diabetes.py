"""Disease progression of 442 diabetes patients, a quantity; part of scikit-learn, no download."""

import dataclasses
import importlib.util
from pathlib import Path

import numpy as np

from priorscope.core.split import stratified_split
from priorscope.targets.quantity import Quantity
from priorscope.tasks import TASKS, Examples, TaskConfig


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Diabetes(TaskConfig):
    """Ten numbers of a patient; the target is the progression a year later (Efron et al. 2004).

    test_share: share of the examples held out, stratified by the target's rank, by seed.
    """

    test_share: float = 0.2

    def load(self, seed: int = 0) -> Examples:
        inputs, targets = _source()
        train, test = stratified_split(Quantity().strata(targets), self.test_share, seed)
        return Examples(
            inputs=inputs[train],
            targets=targets[train],
            test_inputs=inputs[test],
            test_targets=targets[test],
            target=Quantity.of(targets[train]),
        )


def _source() -> tuple[np.ndarray, np.ndarray]:
    """Features (442, 10) float32 and progression (442,), in the units they were measured in.

    As `sklearn.datasets.load_diabetes(scaled=False)`, whose files are read where they lie:
    importing scikit-learn takes seconds, in every process.
    """
    spec = importlib.util.find_spec("sklearn")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / "datasets" / "data"
        files = folder / "diabetes_data_raw.csv.gz", folder / "diabetes_target.csv.gz"
        if all(file.is_file() for file in files):
            features, targets = (np.loadtxt(file) for file in files)
            return features.astype(np.float32), targets
    from sklearn.datasets import load_diabetes

    features, targets = load_diabetes(return_X_y=True, scaled=False)
    return np.asarray(features, dtype=np.float32), np.asarray(targets, dtype=np.float64)
