"""A BERT with a readout, its tokenizer and its class names: made, saved, loaded, applied."""

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from tokenizers import Tokenizer
from torch import Tensor

from priorscope.bert.data.classified import classify_texts, classify_words
from priorscope.bert.data.packing import PackedSequences
from priorscope.bert.model.encoder import BertEncoder
from priorscope.bert.model.folder import load_bert, save_bert, stored_kind
from priorscope.bert.model.heads import (
    BertForSequenceClassification,
    BertForTokenClassification,
    BertWithReadout,
)
from priorscope.bert.training.mask_filler import check_fit
from priorscope.core.json_files import read_json
from priorscope.core.seeds import global_seed
from priorscope.nn.sequences import Sequences
from priorscope.text.tokenizer import load_tokenizer, save_tokenizer

Kind = Literal["sequence", "token"]
KINDS: dict[Kind, type[BertWithReadout]] = {
    "sequence": BertForSequenceClassification,
    "token": BertForTokenClassification,
}
_TOKENS = 8192


@dataclasses.dataclass(frozen=True)
class Prediction:
    """The most probable class, and its probability in [0, 1]."""

    name: str
    probability: float


@dataclasses.dataclass(eq=False)
class Classifier:
    """A network with what it needs to read text and to name classes."""

    network: BertWithReadout
    tokenizer: Tokenizer
    class_names: tuple[str, ...]

    @classmethod
    def on_top_of(
        cls, folder: Path, class_names: Sequence[str], kind: Kind, dropout: float, seed: int
    ) -> "Classifier":
        """Over the encoder of a pre-trained BERT; `seed` decides the values that it lacks.

        Raises:
            ValueError: if the folder has no BERT, or its tokenizer doesn't fit.
        """
        encoder = load_bert(folder, BertEncoder, dropout=dropout, attention_dropout=dropout)
        tokenizer = load_tokenizer(folder)
        check_fit(encoder.shape.vocabulary, tokenizer)
        with global_seed(seed, "readout"):
            network = KINDS[kind](encoder.shape, len(class_names))
        shared = {k: v for k, v in encoder.state_dict().items() if k in network.bert.state_dict()}
        missing = network.bert.load_state_dict(shared, strict=False).missing_keys
        assert all(name.startswith("pooler.") for name in missing), missing
        return cls(network, tokenizer, tuple(class_names))

    @classmethod
    def load(cls, folder: Path) -> "Classifier":
        """Read a folder that `save` wrote.

        Raises:
            ValueError: if it isn't a classifier's.
        """
        kind = stored_kind(folder)
        config = read_json(folder / "config.json")
        if kind is None or not issubclass(kind, BertWithReadout):
            architecture = (config.get("architectures") or ["network"])[0]
            raise ValueError(
                f"{folder} holds a {architecture} without classes; "
                "`priorscope finetune` makes a classifier of it."
            )
        names = config["id2label"]
        network = load_bert(folder, kind)
        tokenizer = load_tokenizer(folder)
        return cls(network, tokenizer, tuple(names[str(i)] for i in range(len(names))))

    def save(self, folder: Path) -> None:
        """Write a folder that `load` and `transformers` read."""
        save_bert(self.network, folder, self.class_names)
        save_tokenizer(self.tokenizer, folder)

    def predict(self, texts: Sequence[str], pairs: Sequence[str] | None = None) -> list[Prediction]:
        """The class of each text, or of each pair of texts."""
        if not isinstance(self.network, BertForSequenceClassification):
            raise ValueError("This classifier gives each word a class; call predict_words.")
        packed = classify_texts(self.tokenizer, texts, pairs, self.network.shape.max_tokens)
        return self._named(self.log_probabilities(packed))

    def predict_words(self, texts: Sequence[str]) -> list[list[Prediction]]:
        """The class of each word of each text; words that were cut off have none."""
        if not isinstance(self.network, BertForTokenClassification):
            raise ValueError("This classifier gives each text a class; call predict.")
        tags = [[0] * len(text.split()) for text in texts]
        read = classify_words(self.tokenizer, texts, tags, self.network.shape.max_tokens)
        named = self._named(self.log_probabilities(read.texts))
        starts = read.texts.offsets
        return [
            [named[i] for i in range(starts[n], starts[n + 1]) if read.targets[i] >= 0]
            for n in range(len(read))
        ]

    @torch.no_grad()
    def log_probabilities(self, texts: PackedSequences) -> np.ndarray:
        """(sequences, classes) or (tokens, classes), float32; the network in evaluation mode."""
        training = self.network.training
        self.network.eval()
        device = self.network.readout.weight.device
        parts = [
            logits_of(self.network, part, device).float().log_softmax(-1).cpu().numpy()
            for part in _in_parts(texts)
        ]
        self.network.train(training)
        return np.concatenate(parts)

    def _named(self, log_probabilities: np.ndarray) -> list[Prediction]:
        best = log_probabilities.argmax(-1)
        values = np.exp(log_probabilities[np.arange(len(best)), best])
        return [
            Prediction(self.class_names[i], float(p)) for i, p in zip(best, values, strict=True)
        ]


def logits_of(
    network: BertWithReadout, texts: PackedSequences, device: torch.device
) -> Float[Tensor, "items classes"]:
    """Logits of each sequence or of each token, without work on padding."""
    ids = torch.from_numpy(texts.tokens).to(device)
    segments = None if texts.segments is None else torch.from_numpy(texts.segments).to(device)
    offsets = torch.from_numpy(texts.offsets)
    sequences = Sequences(offsets, causal=network.shape.causal, device=device)
    if isinstance(network, BertForTokenClassification):
        x = network.bert.outputs_at(None, ids, sequences, segments)
    else:
        firsts = network.bert.outputs_at(sequences.offsets[:-1], ids, sequences, segments)
        x = network.bert.pool(firsts)
    return network.readout(network.dropout(x))


def _in_parts(texts: PackedSequences) -> Iterator[PackedSequences]:
    """Whole sequences, some 8,192 tokens at a time."""
    starts, count = texts.offsets, len(texts.offsets) - 1
    begin = 0
    while begin < count:
        end = max(begin + 1, int(np.searchsorted(starts, starts[begin] + _TOKENS, "right")) - 1)
        part = slice(starts[begin], starts[end])
        segments = None if texts.segments is None else texts.segments[part]
        yield PackedSequences(texts.tokens[part], starts[begin : end + 1] - starts[begin], segments)
        begin = end
