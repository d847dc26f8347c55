"""A BERT with a readout, its tokenizer and its class names: made, saved, loaded, asked."""

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
from priorscope.bert.data.packing import Packed
from priorscope.bert.training.fill_mask import check_fit
from priorscope.core.seeds import global_seed
from priorscope.models.bert import BertEncoder, BertSequences, BertTokens
from priorscope.nn.checkpoint import read_json, write_json
from priorscope.nn.sequences import Sequences
from priorscope.text.tokenizer import load_tokenizer, save_tokenizer

Kind = Literal["sequence", "token"]
_TOKENS = 8192


@dataclasses.dataclass(frozen=True)
class Prediction:
    """The most probable class, and its probability in [0, 1]."""

    name: str
    probability: float


@dataclasses.dataclass(eq=False)
class Classifier:
    """A network with what it needs to read text and to name classes."""

    network: BertSequences | BertTokens
    tokenizer: Tokenizer
    class_names: tuple[str, ...]

    @classmethod
    def on_top_of(
        cls, folder: Path, class_names: Sequence[str], kind: Kind, dropout: float, seed: int
    ) -> "Classifier":
        """Over the encoder of a pre-trained BERT; what it lacks is drawn by `seed`.

        Raises:
            ValueError: if the folder has no BERT, or its tokenizer doesn't fit.
        """
        encoder = BertEncoder.from_pretrained(folder, dropout=dropout, attention_dropout=dropout)
        tokenizer = load_tokenizer(folder)
        check_fit(encoder.shape.vocabulary, tokenizer)
        with global_seed(seed, "readout"):
            make = BertSequences if kind == "sequence" else BertTokens
            network = make(encoder.shape, len(class_names))
        taken = {k: v for k, v in encoder.state_dict().items() if k in network.bert.state_dict()}
        left = network.bert.load_state_dict(taken, strict=False).missing_keys
        assert all(name.startswith("pooler.") for name in left), left
        return cls(network, tokenizer, tuple(class_names))

    @classmethod
    def load(cls, folder: Path) -> "Classifier":
        """Read a folder that `save` wrote."""
        config = read_json(folder / "config.json")
        architecture = (config.get("architectures") or [""])[0]
        kinds = {c.architecture: c for c in (BertSequences, BertTokens)}
        if architecture not in kinds:
            raise ValueError(
                f"{folder} holds a {architecture or 'network'} without classes; "
                "`priorscope finetune` makes a classifier of it."
            )
        names = config["id2label"]
        network = kinds[architecture].from_pretrained(folder)
        tokenizer = load_tokenizer(folder)
        return cls(network, tokenizer, tuple(names[str(i)] for i in range(len(names))))

    def save(self, folder: Path) -> None:
        """Write a folder that `load` and `transformers` read."""
        self.network.save_pretrained(folder)
        save_tokenizer(self.tokenizer, folder)
        config = read_json(folder / "config.json")
        config["id2label"] = {str(i): name for i, name in enumerate(self.class_names)}
        config["label2id"] = {name: i for i, name in enumerate(self.class_names)}
        write_json(folder / "config.json", config)

    def predict(self, texts: Sequence[str], pairs: Sequence[str] | None = None) -> list[Prediction]:
        """The class of each text, or of each pair of texts."""
        assert isinstance(self.network, BertSequences), "use predict_words for classes of words"
        packed = classify_texts(self.tokenizer, texts, pairs, self.network.shape.max_tokens)
        return self._named(self.log_probabilities(packed))

    def predict_words(self, texts: Sequence[str]) -> list[list[Prediction]]:
        """The class of each word of each text; words that were cut off have none."""
        assert isinstance(self.network, BertTokens), "use predict for classes of texts"
        tags = [[0] * len(text.split()) for text in texts]
        read = classify_words(self.tokenizer, texts, tags, self.network.shape.max_tokens)
        named = self._named(self.log_probabilities(read.texts))
        starts = read.texts.offsets
        return [
            [named[i] for i in range(starts[n], starts[n + 1]) if read.targets[i] >= 0]
            for n in range(len(read))
        ]

    @torch.no_grad()
    def log_probabilities(self, texts: Packed) -> np.ndarray:
        """(sequences, classes) or (tokens, classes), float32; the network in evaluation mode."""
        training = self.network.training
        self.network.eval()
        device = self.network.readout.weight.device
        found = [
            logits_of(self.network, part, device).float().log_softmax(-1).cpu().numpy()
            for part in _in_parts(texts)
        ]
        self.network.train(training)
        return np.concatenate(found)

    def _named(self, log_probabilities: np.ndarray) -> list[Prediction]:
        best = log_probabilities.argmax(-1)
        values = np.exp(log_probabilities[np.arange(len(best)), best])
        return [
            Prediction(self.class_names[i], float(p)) for i, p in zip(best, values, strict=True)
        ]


def logits_of(
    network: BertSequences | BertTokens, texts: Packed, device: torch.device
) -> Float[Tensor, "items classes"]:
    """Logits of each sequence or of each token, without work on padding."""
    words = torch.from_numpy(texts.tokens).to(device)
    offsets = torch.from_numpy(texts.offsets).to(device)
    segments = None if texts.segments is None else torch.from_numpy(texts.segments).to(device)
    sequences = Sequences(offsets, causal=network.shape.causal)
    if isinstance(network, BertTokens):
        return network.readout(network.dropout(network.bert.packed(words, sequences, segments)))
    firsts = offsets[:-1]
    if words.is_cuda:
        x = network.bert.packed(words, sequences, segments)[firsts]
    else:
        x = network.bert.packed(words, sequences.asked_by(firsts), segments)
    return network.readout(network.dropout(network.bert.pool(x[:, None])))


def _in_parts(texts: Packed) -> Iterator[Packed]:
    """Whole sequences, some 8,192 tokens at a time."""
    starts, count = texts.offsets, len(texts.offsets) - 1
    begin = 0
    while begin < count:
        end = max(begin + 1, int(np.searchsorted(starts, starts[begin] + _TOKENS, "right")) - 1)
        part = slice(starts[begin], starts[end])
        segments = None if texts.segments is None else texts.segments[part]
        yield Packed(texts.tokens[part], starts[begin : end + 1] - starts[begin], segments)
        begin = end
