"""What the functions of this room tell while they work; silent unless somebody listens."""

from collections.abc import Iterable

from priorscope.bert.training.evaluation import Evaluation
from priorscope.bert.training.finetuning import ValidationResult


class Listener:
    """Listens and shows nothing; a subclass shows what it likes."""

    def note(self, sentence: str) -> None:
        """Something that the user should know."""

    def reading(self, lines: Iterable[str], what: str) -> Iterable[str]:
        """The lines of a text, given back as they are read."""
        return lines

    def evaluation(self, evaluation: Evaluation) -> None:
        """Pre-training was evaluated on the held-out documents."""

    def step(self, progress: float, loss: float) -> None:
        """A step of pre-training is done; progress in [0, 1], loss in nats per masked token."""

    def validation(self, result: ValidationResult) -> None:
        """Fine-tuning was evaluated on its validation part."""


SILENT = Listener()
