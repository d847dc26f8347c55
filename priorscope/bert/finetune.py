"""`priorscope.finetune`: a classifier of texts on top of a pre-trained BERT, in one call."""

import dataclasses
from pathlib import Path

from priorscope.bert.listener import SILENT, Listener
from priorscope.bert.training.classifier import Classifier, Kind
from priorscope.bert.training.finetuning import Finetuning, train_classifier
from priorscope.bert.training.labelled_texts import LabelledTextSettings, read_labelled_texts
from priorscope.bert.training.scores import scores
from priorscope.core.calls import door
from priorscope.core.estimate import Estimate
from priorscope.core.files import own
from priorscope.core.folders import refuse_overlap
from priorscope.core.json_files import write_json
from priorscope.core.json_types import JsonObject
from priorscope.core.keywords import settings_from
from priorscope.nn.gemm import use_fast_gemm

KIND = "fine-tuning"  # of the folder's marker
FACTS = "finetuning.json"


@dataclasses.dataclass(frozen=True)
class FinetuningResult:
    """A trained classifier and how well it does on the test split.

    classifier: to predict with. test: `accuracy`, `macro_f1` and `loss` (nats per scored item).
    examples: how many are in each of "train", "validation" and "test".
    """

    folder: Path
    settings: Finetuning
    classifier: Classifier
    test: dict[str, Estimate]
    examples: dict[str, int]
    validation_loss: float

    def to_json(self) -> JsonObject:
        """As `finetuning.json` has it."""
        return {
            "schema": 2,
            "settings": self.settings.to_json(),
            "classes": list(self.classifier.class_names),
            "examples": self.examples,
            "validation_loss": self.validation_loss,
            "test": {name: dataclasses.asdict(score) for name, score in self.test.items()},
            "folder": str(self.folder),
        }


@door
def finetune(
    model: str | Path,
    data: str | Path,
    *,
    out: str | Path = "finetuned",
    input: str | None = None,
    target: str | None = None,
    pair: str | None = None,
    kind: Kind = "sequence",
    test: str | Path | None = None,
    max_tokens: int | None = None,
    epochs: int = 5,
    batch: int = 32,
    learning_rate: float | None = None,
    warmup: float = 0.1,
    weight_decay: float = 0.01,
    dropout: float = 0.1,
    patience: int = 4,
    seed: int = 0,
    progress: Listener = SILENT,
) -> FinetuningResult:
    """Train a classifier on top of a pre-trained BERT, test it, save it.

    The command `priorscope finetune` does the same with the same settings.

    Args:
        model: folder of a pre-trained BERT with its tokenizer.
        data: a .csv, .tsv, .jsonl or .parquet file (.gz too), or a folder with train.* and
            test.*.
        out: folder for the classifier; new, empty, or of an earlier fine-tuning.
        input, target, pair, kind, test, max_tokens: see `LabelledTextSettings`.
        epochs, batch, learning_rate, warmup, weight_decay, dropout, patience, seed: see
            `Finetuning`.
        progress: is told how far it is.

    Raises:
        ValueError, LookupError: if the model or the data can't be read, a column is missing, a
            setting is out of its range, or `out` isn't ours.
    """
    test = None if test is None else str(test)
    keywords = locals()
    texts = settings_from(LabelledTextSettings, keywords)
    settings = settings_from(Finetuning, keywords)
    return finetune_with(Path(model), Path(data), Path(out), texts, settings, progress=progress)


def finetune_with(
    model: Path,
    data: Path,
    out: Path,
    texts: LabelledTextSettings,
    settings: Finetuning,
    *,
    progress: Listener = SILENT,
) -> FinetuningResult:
    """`finetune` with its settings as objects."""
    use_fast_gemm()
    refuse_overlap([data, *([Path(texts.test)] if texts.test else [])], out)
    read = read_labelled_texts(data, texts, settings.seed)
    for note in read.notes:
        progress.note(note)
    classifier = Classifier.on_top_of(
        model, read.class_names, texts.kind, settings.dropout, settings.seed
    )
    own(out, KIND)
    longest = classifier.network.shape.max_tokens
    max_tokens = min(texts.max_tokens or longest, longest)
    training, validation, test = (
        read.encoded(part, classifier.tokenizer, max_tokens) for part in read.parts
    )
    loss = train_classifier(classifier, training, validation, settings, progress.validation)
    result = FinetuningResult(
        folder=out,
        settings=settings,
        classifier=classifier,
        test=scores(*test.scored(classifier.log_probabilities(test.texts))),
        examples=dict(zip(("train", "validation", "test"), map(len, read.parts), strict=True)),
        validation_loss=loss,
    )
    classifier.save(out)
    write_json(out / FACTS, result.to_json())
    return result
