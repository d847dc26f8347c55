"""The loss of every step of a training, in a file that a resumed run continues."""

from pathlib import Path

from priorscope.core.files import write


class StepLog:
    """`steps.csv`: the loss of every step; what is beyond the step to resume from is cut off."""

    def __init__(self, folder: Path, step: int, writes: bool):
        self._file = folder / "steps.csv"
        self._rows: list[str] = []
        self._writes = writes
        if not writes:
            return
        kept = ["step,loss,learning_rate"]
        if step and self._file.is_file():
            kept = self._file.read_text(encoding="utf-8").splitlines()[: step + 1]
        write(self._file, "".join(f"{row}\n" for row in kept))

    def add(self, step: int, loss: float, learning_rate: float) -> None:
        self._rows.append(f"{step},{loss!r},{learning_rate!r}\n")

    def flush(self) -> None:
        if self._writes:
            with self._file.open("a", encoding="utf-8") as stream:
                stream.writelines(self._rows)
        self._rows = []
