"""What a person chooses about a pre-training."""

import dataclasses
import math
from typing import Literal

import torch

from priorscope.bert.data.masking import Masking
from priorscope.bert.model.shape import Size
from priorscope.core.config import Config
from priorscope.core.duration import duration
from priorscope.train.schedules import linear

Precision = Literal["float32", "bfloat16"]
Init = Literal["cooccurrence", "random"]
Positions = Literal["learned", "sinusoidal", "none"]
Parallel = Literal["auto", "ddp", "fsdp"]
Compile = Literal["auto", "on", "off"]

TIME_LIMIT = "30m"  # if neither a limit nor a number of steps is given
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

    Parameters
    ----------
    size
        Depth and width, see `bert_shape`.
    time_limit
        How long to train: 90s, 30m, 2h; 30m if no steps are given. The learning rate then follows
        the clock. Preparing the text and evaluating are not counted.
    steps
        Updates, instead of a time limit.
    max_tokens
        Longest sequence, [CLS] and [SEP] counted.
    batch_tokens
        Tokens per step, all processes together.
    accumulate
        Parts of a step computed one after the other, where memory is short.
    learning_rate
        At its peak; by default the size's own, half of it if init is cooccurrence.
    warmup
        Share of the training in which the learning rate rises from 0; then it falls to 0 linearly.
    weight_decay
        Of matrices and embeddings, see `ClippedAdamW`.
    dropout
        In the network. Devlin et al. 2019 have 0.1; passes over the text are few here, and without
        dropout more is learned from each (Geiping & Goldstein 2023, section 4.3).
    mask_rate
        Share of the tokens to predict.
    whole_words
        Choose whole words instead of subwords.
    next_sentence
        Predict also whether two spans of text belong together.
    positions
        Learned (BERT), sinusoidal or none.
    causal
        Each token attends to itself and to earlier tokens alone.
    init
        cooccurrence: tokens that occur with the same tokens start with similar vectors, and with
        learned positions the heads of the first block start by attending to neighbours;
        random: all initial values random, as in BERT.
    held_out
        Share of the documents kept for evaluation; by default 1%, or what gives 500 documents, but
        at most 10%.
    precision
        Of parameters in the network and of activations; the optimiser's means are always float32.
        auto: bfloat16 where the hardware multiplies it faster.
    parallel
        What several processes do (torchrun). ddp: each holds the whole network; fsdp: each holds
        its part of every parameter and of the optimiser's means. auto: fsdp if the whole would
        take more than half of a GPU's memory. The losses are the same but for rounding, and either
        goes on with the other's state.
    compile
        auto: have torch compile the network on a GPU if the training is long enough (10 minutes
        or 2,000 steps); on: always; off: never.
    seed
        Decides everything that is random.
    """

    size: Size = "mini"
    time_limit: str | None = None
    steps: int | None = None
    max_tokens: int = 128
    batch_tokens: int = 4096
    accumulate: int = 1
    learning_rate: float | None = None
    warmup: float = 0.06
    weight_decay: float = 0.01
    dropout: float = 0.0
    mask_rate: float = 0.15
    whole_words: bool = False
    next_sentence: bool = False
    positions: Positions = "learned"
    causal: bool = False
    init: Init = "cooccurrence"
    held_out: float | None = None
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    parallel: Parallel = "auto"
    compile: Compile = "auto"
    seed: int = 0

    def __post_init__(self):
        if self.seed < 0:
            raise ValueError(f"seed must be 0 or more, but it is {self.seed}.")
        if self.steps is not None and self.time_limit is not None:
            raise ValueError("A pre-training takes either --steps or --time-limit, not both.")
        if self.time_limit is not None:
            duration(self.time_limit)
        if min(self.accumulate, self.max_tokens, 1 if self.steps is None else self.steps) < 1:
            raise ValueError(
                f"Steps, accumulate and max-tokens are 1 or more, but they are {self.steps}, "
                f"{self.accumulate} and {self.max_tokens}."
            )
        if self.batch_tokens < self.max_tokens * self.accumulate:
            raise ValueError(
                f"A step of {self.batch_tokens} tokens in {self.accumulate} part(s) doesn't hold "
                f"a sequence of {self.max_tokens}; raise --batch-tokens or lower --max-tokens."
            )
        if self.held_out is not None and not 0 < self.held_out < 1:
            raise ValueError(f"The share held out lies in (0, 1), but it is {self.held_out}.")
        for name in ("warmup", "dropout"):
            if not 0 <= (value := getattr(self, name)) < 1:
                raise ValueError(f"The {name} lies in [0, 1), but it is {value}.")
        for name, value in (("learning rate", self.peak), ("weight decay", self.weight_decay)):
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"The {name} is 0 or more and finite, but it is {value}.")
        Masking(rate=self.mask_rate)  # refuses a bad rate, also without asserts

    @property
    def masking(self) -> Masking:
        """How tokens are masked."""
        return Masking(rate=self.mask_rate, whole_words=self.whole_words)

    @property
    def peak(self) -> float:
        """The highest learning rate."""
        if self.learning_rate is not None:
            return self.learning_rate
        return LEARNING_RATES[self.size] * (0.5 if self.init == "cooccurrence" else 1.0)

    @property
    def seconds(self) -> float:
        """The time limit."""
        return duration(self.time_limit or TIME_LIMIT).total_seconds()

    def resolved(self, device: torch.device) -> "Pretraining":
        """With a value for what was left open and follows from nothing but the machine."""
        limit = None if self.steps is not None else f"{self.seconds:.3f}s"
        precision = _fastest(device) if self.precision == "auto" else self.precision
        return dataclasses.replace(
            self, time_limit=limit, learning_rate=self.peak, precision=precision
        )

    def share_held_out(self, documents: int) -> float:
        """Of a text of so many documents, in (0, 1)."""
        return self.held_out or max(0.01, min(0.1, 500 / documents))

    def learning_rate_at(self, progress: float) -> float:
        """At a share of the training in [0, 1]."""
        return self.peak * linear(progress, self.warmup)


def _fastest(device: torch.device) -> Precision:
    if device.type == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    return "bfloat16" if torch.cpu._is_avx512_bf16_supported() else "float32"
