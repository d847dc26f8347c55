"""What a person chooses about a pre-training."""

import dataclasses
from typing import Literal

from priorscope.bert.data.masking import Masking
from priorscope.bert.model.shape import Size
from priorscope.core.config import Config

Precision = Literal["float32", "bfloat16"]

LEARNING_RATES: dict[Size, float] = {
    "tiny": 2e-3,
    "mini": 1e-3,
    "small": 5e-4,
    "medium": 4e-4,
    "base": 2e-4,
    "large": 1e-4,
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Pretraining(Config):
    """A pre-training; together with the text and the tokenizer it decides every number.

    size: depth and width, see `nn.bert_shape`.
    steps: updates; 0: as many as fit into `seconds`.
    seconds: time limit if `steps` is 0. The schedule then follows the clock.
    max_tokens: longest sequence, [CLS] and [SEP] counted.
    batch_tokens: tokens a step, all processes together.
    accumulate: parts of a step that are computed one after the other.
    learning_rate: at its peak; 0 takes the size's own, half of it if `start` is "informed".
    warmup: share of the training in which it rises from 0; then it falls to 0 in a straight line.
    dropout: in the network. Devlin et al. 2019 have 0.1; passes over the text are few here, and
        without dropout more is learned from each (Geiping & Goldstein 2023, section 4.3).
    mask_rate, whole_words: see `text.masking`.
    next_sentence: predict whether two stretches belong together, beside the words.
    positions, causal: variants of the network.
    start: "informed": words that occur with the same words begin alike (`text.cooccurrence`), and
        where positions are learned, heads of the first block begin by looking at neighbours
        (`nn.initial.look_at_neighbours`). "published": all first values random, as in BERT.
    held_out: share of the documents that is never trained on; 0 takes 1%, or what gives 500
        documents, but at most 10%.
    precision: of parameters in the network and of activations; running means are float32 always.
    """

    size: Size = "mini"
    steps: int = 0
    seconds: float = 0.0
    max_tokens: int = 128
    batch_tokens: int = 4096
    accumulate: int = 1
    learning_rate: float = 0.0
    warmup: float = 0.06
    weight_decay: float = 0.01
    dropout: float = 0.0
    mask_rate: float = 0.15
    whole_words: bool = False
    next_sentence: bool = False
    positions: Literal["learned", "sinusoidal", "none"] = "learned"
    causal: bool = False
    start: Literal["informed", "published"] = "informed"
    held_out: float = 0.0
    precision: Precision = "float32"
    seed: int = 0

    def __post_init__(self):
        if (self.steps > 0) == (self.seconds > 0):
            raise ValueError("A pre-training takes either --steps or --time-limit.")
        if self.batch_tokens < self.max_tokens * self.accumulate:
            raise ValueError(
                f"A step of {self.batch_tokens} tokens in {self.accumulate} part(s) doesn't hold "
                f"a sequence of {self.max_tokens}; raise --batch-tokens or lower --max-tokens."
            )
        if not 0 <= self.held_out < 1:
            raise ValueError(f"The share held out lies in [0, 1), not {self.held_out}.")
        if not 0 <= self.warmup < 1:
            raise ValueError(f"The share of warm-up lies in [0, 1), not {self.warmup}.")

    @property
    def masking(self) -> Masking:
        """How words are hidden."""
        return Masking(rate=self.mask_rate, whole_words=self.whole_words)

    def share_held_out(self, documents: int) -> float:
        """Of a text of so many documents, in (0, 1)."""
        return self.held_out or max(0.01, min(0.1, 500 / documents))

    def learning_rate_at(self, progress: float) -> float:
        """At a share of the training in [0, 1]."""
        share = 0.5 if self.start == "informed" else 1.0
        peak = self.learning_rate or share * LEARNING_RATES[self.size]
        if progress < self.warmup:
            return peak * progress / self.warmup
        return peak * max(0.0, (1 - progress) / (1 - self.warmup))
