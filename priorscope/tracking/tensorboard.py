"""TensorBoard: event files in the comparison's folder."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from priorscope.core.files import make_folder
from priorscope.core.printable import file_safe
from priorscope.tracking import TRACKERS, TrackedAnswer, TrackedComparison, TrackedRun, Tracker


@TRACKERS.register
@dataclass(frozen=True, kw_only=True)
class TensorBoard(Tracker):
    """Event files in `OUT/tracking/tensorboard`; `tensorboard --logdir` shows them.

    A learner's repeat is a run of its own, a structure and number a chart: lines over n.
    """

    library = "TensorBoard"
    module = "tensorboard"

    def open(self, comparison: TrackedComparison, run_id: str | None) -> "EventFiles":
        return EventFiles(comparison, run_id or time.strftime("%Y%m%d-%H%M%S"))


class EventFiles:
    """A folder with a folder for each learner and repeat, and one for the answer."""

    def __init__(self, comparison: TrackedComparison, run_id: str):
        self.run_id = run_id
        self._folder = comparison.folder / "tracking" / "tensorboard" / run_id
        self._facts = comparison.facts
        self._writers: dict[Path, Any] = {}
        make_folder(self._folder)

    @property
    def place(self) -> str:
        return str(self._folder)

    def log(self, run: TrackedRun) -> None:
        writer = self._writer(f"{file_safe(run.learner)}/repeat-{run.repeat}")
        for name, value in run.scalars.items():
            writer.add_scalar(f"{run.structure}/{name}", value, run.n, run.seconds_since_1970)
        writer.flush()

    def conclude(self, answer: TrackedAnswer) -> None:
        writer = self._writer("answer")
        writer.add_text("card", answer.markdown)
        facts = {**self._facts, **answer.words}
        writer.add_text("facts", "\n".join(f"- {key}: `{v}`" for key, v in facts.items()))
        for name, value in answer.numbers.items():
            writer.add_scalar(f"answer/{name}", value)

    def close(self) -> None:
        for writer in self._writers.values():
            writer.close()

    def _writer(self, name: str) -> Any:
        from torch.utils.tensorboard import SummaryWriter

        folder = self._folder / name
        if folder not in self._writers:
            self._writers[folder] = SummaryWriter(str(folder))
        return self._writers[folder]
