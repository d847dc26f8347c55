"""The code is valid: what stands behind a prefix can't touch the predictions made from it."""

import dataclasses
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from priorscope.checks import CHECKS, Check, Figure
from priorscope.checks._small import one_run, rows
from priorscope.runs.draws import draw_order
from priorscope.runs.store import Store
from priorscope.runs.worker import RunData, evaluate
from priorscope.tasks import Examples
from priorscope.tasks.digits import Digits

SIZE, STOP = 100, 200
POISON = 1e6
FIXED = ("calibration", "steps", "learning_rate", "weight_decay")


@CHECKS.register
@dataclass(frozen=True, kw_only=True)
class ValidCode(Check):
    """Poison what a decoder doesn't have yet, and get the same bits.

    Inputs behind the next block are set far out of range: the bits of that block must not change.
    The next block's and the test split's labels are replaced: what training chose must not.
    """

    def figures(self) -> list[Figure]:
        data = Digits().load()
        data = dataclasses.replace(data, inputs=data.inputs.astype(np.float32))
        later = _poisoned_later(data)
        figures = []
        for learner in ("linear", "mlp+dropout", "cnn+batchnorm"):
            clean, poisoned = (
                rows(learner, version, "intact", SIZE, STOP, [0])[0] for version in (data, later)
            )
            change = abs(clean["block"]["bits"] - poisoned["block"]["bits"])
            figures.append(Figure(f"{learner}: bits changed by later inputs", change, 0, 0))
            other = _with_other_labels(learner, data)
            moved = sum(clean[key] != other[key] for key in FIXED)
            moved += clean["train"] != other["train"]
            figures.append(Figure(f"{learner}: choices changed by later labels", moved, 0, 0))
        return figures


def _poisoned_later(data: Examples) -> Examples:
    inputs = data.inputs.copy()
    inputs[draw_order(data.target.strata(data.targets), 0, 0, SIZE)[STOP:]] = POISON
    return dataclasses.replace(data, inputs=inputs)


def _with_other_labels(learner: str, data: Examples) -> dict[str, Any]:
    """The row of the same run when the labels to be predicted are others."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        run = one_run(learner, store.save_data(data), "intact", SIZE, STOP, 0)
        arrays, signature = store.load_data(run.data)
        known = RunData.of(run, arrays, signature)
        poisoned = dataclasses.replace(
            known,
            block=(known.block[0], (known.block[1] + 1) % 10),
            test=(known.test[0], (known.test[1] + 1) % 10),
        )
        return evaluate([run], [poisoned], signature, torch.device("cpu"))[0]
