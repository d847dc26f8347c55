"""MLflow: one run of the experiment that MLFLOW_EXPERIMENT_NAME names, else of `priorscope`."""

import importlib
import os
import re
from dataclasses import dataclass
from typing import Any

from priorscope.tracking import TRACKERS, TrackedAnswer, TrackedComparison, TrackedRun, Tracker

LONGEST = 500  # characters of a parameter's value; MLflow's own limit
UNSAFE = re.compile(r"[^\w\-. :]")  # what the name of a metric can't hold


@TRACKERS.register
@dataclass(frozen=True, kw_only=True)
class MLflow(Tracker):
    """A run of MLflow, with the page as artifact; MLFLOW_TRACKING_URI says on which server.

    A number of a learner, structure and repeat is a metric over n.
    """

    library = "MLflow"
    module = "mlflow"

    def open(self, comparison: TrackedComparison, run_id: str | None) -> "MLflowRun":
        library = importlib.import_module("mlflow")
        return MLflowRun(library.MlflowClient(), library.get_tracking_uri(), comparison, run_id)


class MLflowRun:
    """A run on a tracking server, or in the file that MLflow uses without one."""

    def __init__(self, client: Any, server: str, comparison: TrackedComparison, run_id: str | None):
        self._client, self._server = client, server
        self.run_id = self._begun(comparison) if run_id is None else run_id
        if run_id is not None:
            client.set_terminated(run_id, "RUNNING")  # raises if the server doesn't have it

    @property
    def place(self) -> str:
        return f"{self._server} ({self.run_id})"

    def _begun(self, comparison: TrackedComparison) -> str:
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or "priorscope"
        existing = self._client.get_experiment_by_name(name)
        experiment = (
            self._client.create_experiment(name) if existing is None else existing.experiment_id
        )
        run_id = self._client.create_run(experiment, run_name=comparison.title).info.run_id
        for key, value in comparison.facts.items():
            self._client.log_param(run_id, key, value[:LONGEST])
        return run_id

    def log(self, run: TrackedRun) -> None:
        series = [run.learner, run.structure, f"repeat {run.repeat}"]
        end = "/".join(UNSAFE.sub("_", part) for part in series)
        when = round(1000 * run.seconds_since_1970)
        for name, value in run.scalars.items():
            self._client.log_metric(self.run_id, f"{name}/{end}", value, when, run.n)

    def conclude(self, answer: TrackedAnswer) -> None:
        for name, value in answer.numbers.items():
            self._client.log_metric(self.run_id, f"answer/{name}", value)
        for name, word in answer.words.items():
            self._client.set_tag(self.run_id, f"answer.{name}", word)
        self._client.set_tag(self.run_id, "mlflow.note.content", answer.markdown)
        self._client.log_text(self.run_id, answer.text, "card.txt")
        for path in answer.files:
            self._client.log_artifact(self.run_id, str(path))

    def close(self) -> None:
        self._client.set_terminated(self.run_id)
