"""Weights & Biases: one run of the project that WANDB_PROJECT names, else of `priorscope`."""

import importlib
import os
from dataclasses import dataclass
from typing import Any

from priorscope.core.files import make_folder
from priorscope.tracking import TRACKERS, TrackedAnswer, TrackedComparison, TrackedRun, Tracker


@TRACKERS.register
@dataclass(frozen=True, kw_only=True)
class WandB(Tracker):
    """A run of Weights & Biases, with the page as artifact; WANDB_MODE=offline sends nothing.

    A number of a learner, structure and repeat is a chart over n.
    """

    library = "wandb"
    module = "wandb"

    def open(self, comparison: TrackedComparison, run_id: str | None) -> "WandBRun":
        return WandBRun(importlib.import_module("wandb"), comparison, run_id)


class WandBRun:
    """A run that its library sends, or keeps in OUT/tracking/wandb."""

    def __init__(self, library: Any, comparison: TrackedComparison, run_id: str | None):
        folder = comparison.folder / "tracking" / "wandb"
        make_folder(folder)
        self._library = library
        self._run = library.init(
            project=os.environ.get("WANDB_PROJECT") or "priorscope",
            name=comparison.title,
            id=run_id,
            resume=None if run_id is None else "allow",
            dir=str(folder),
            config=dict(comparison.facts),
            settings=library.Settings(console="off", silent=True),
        )
        self.run_id = str(self._run.id)
        self._run.define_metric("n")
        self._run.define_metric("*", step_metric="n")

    @property
    def place(self) -> str:
        return str(self._run.url or self._run.dir)

    def log(self, run: TrackedRun) -> None:
        end = f"{run.learner}/{run.structure}/repeat {run.repeat}"
        self._run.log({"n": run.n, **{f"{k}/{end}": v for k, v in run.scalars.items()}})

    def conclude(self, answer: TrackedAnswer) -> None:
        self._run.summary.update({f"answer/{key}": v for key, v in answer.numbers.items()})
        self._run.summary.update({f"answer/{key}": v for key, v in answer.words.items()})
        self._run.summary["card"] = answer.text
        artifact = self._library.Artifact(f"report-{self.run_id}", type="report")
        for path in answer.files:
            artifact.add_file(str(path))
        self._run.log_artifact(artifact)

    def close(self) -> None:
        self._run.finish()
