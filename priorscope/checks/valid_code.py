"""The code is valid: what comes after a prefix can't affect the predictions made from it."""

import dataclasses
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from priorscope.checks import CHECKS, Check, CheckFigure
from priorscope.checks._small import small_runs
from priorscope.runs.draws import draw_order
from priorscope.runs.experiment import Plan, Rows
from priorscope.runs.rows import Row
from priorscope.runs.run import Run
from priorscope.runs.store import Store
from priorscope.runs.worker import RunData, evaluate
from priorscope.tasks import Examples
from priorscope.tasks.digits import Digits

LEARNERS = ("linear", "mlp+dropout", "cnn+batchnorm")
SIZE, STOP = 100, 200
POISON = 1e6
CHOICES = ("calibration", "steps", "best_step", "learning_rate", "weight_decay", "train")


@CHECKS.register
@dataclass(frozen=True, kw_only=True)
class ValidCode(Check):
    """Poison what a decoder doesn't have yet, and get the same bits.

    Inputs after the next block are set far out of range: the bits of that block must not change.
    The next block's and the test split's labels are replaced: what training chose must not.
    """

    def plan(self) -> Plan:
        clean, poisoned = _data()
        runs = [_run(name, data) for name in LEARNERS for data in (clean, poisoned)]
        return Plan(tuple(runs), (clean, poisoned))

    def judge(self, rows: Rows) -> list[CheckFigure]:
        clean, poisoned = _data()
        figures = []
        for name in LEARNERS:
            row = rows[_run(name, clean)]
            later = rows[_run(name, poisoned)]
            change = abs(row["block"]["bits"] - later["block"]["bits"])
            figures.append(CheckFigure(f"{name}: bits changed by later inputs", change, 0, 0))
            other = _with_other_labels(_run(name, clean), clean)
            changed = sum(row[key] != other[key] for key in CHOICES)
            figures.append(CheckFigure(f"{name}: choices changed by later labels", changed, 0, 0))
        return figures


def _run(learner: str, data: Examples) -> Run:
    return small_runs(learner, data, "intact", SIZE, STOP)[0]


def _data() -> tuple[Examples, Examples]:
    """Digits, and digits whose inputs after the next block are poisoned."""
    data = Digits().load()
    data = dataclasses.replace(data, inputs=data.inputs.astype(np.float32))
    inputs = data.inputs.copy()
    inputs[draw_order(data.target.strata(data.targets), 0, 0, SIZE)[STOP:]] = POISON
    return data, dataclasses.replace(data, inputs=inputs)


def _with_other_labels(run: Run, data: Examples) -> Row:
    """The row of the same run when the labels to be predicted are others."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        arrays, signature = store.load_data(store.save_data(data))
        own = RunData.of(run, arrays, signature)
        poisoned = dataclasses.replace(
            own,
            block=(own.block[0], (own.block[1] + 1) % 10),
            test=(own.test[0], (own.test[1] + 1) % 10),
        )
        return evaluate([run], [poisoned], signature, torch.device("cpu"))[0].row
