"""BERT: word, position and segment embeddings, post-norm blocks, and heads to train them with."""

import dataclasses
from typing import ClassVar, Literal

import torch
from jaxtyping import Bool, Float, Integer
from torch import Tensor, nn

from priorscope.config import Config
from priorscope.models import MODELS, ModelConfig
from priorscope.nn.attention import causal_mask, inside_transform, padding_mask
from priorscope.nn.block import Activation, BlockOptions, Encoder, activate
from priorscope.nn.dropout import Dropout
from priorscope.nn.position import AddPositions, check_tokens
from priorscope.nn.readout import masked_mean
from priorscope.nn.stem import presence
from priorscope.signature import Signature

Size = Literal["tiny", "mini", "small", "medium", "base", "large"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class BertShape(Config):
    """All sizes of a BERT network; the default is BERT-Base, uncased (Devlin et al. 2019).

    vocabulary: number of distinct tokens. max_tokens: how far positions reach.
    segments: how many sentences can be told apart.
    positions: "sinusoidal" and "none" are departures from the paper.
    causal: each token sees itself and what stands before it: a left-to-right variant.
    padding: the id whose embedding starts at zero.
    """

    vocabulary: int = 30_522
    width: int = 768
    depth: int = 12
    num_heads: int = 12
    mlp_width: int = 3072
    max_tokens: int = 512
    segments: int = 2
    dropout: float = 0.1
    attention_dropout: float = 0.1
    epsilon: float = 1e-12
    activation: Activation = "gelu"
    positions: Literal["learned", "sinusoidal", "none"] = "learned"
    causal: bool = False
    padding: int = 0


DEPTH_AND_WIDTH: dict[Size, tuple[int, int]] = {  # heads are 64 wide; Turc et al. 2019
    "tiny": (2, 128),
    "mini": (4, 256),
    "small": (4, 512),
    "medium": (8, 512),
    "base": (12, 768),
    "large": (24, 1024),
}


def bert_shape(
    size: Size, vocabulary: int = 30_522, **other: int | float | str | bool
) -> BertShape:
    """The shape of a published size; `other` fields of `BertShape` may be set as well."""
    depth, width = DEPTH_AND_WIDTH[size]
    sizes = {"depth": depth, "width": width, "num_heads": width // 64, "mlp_width": 4 * width}
    return BertShape.from_json({"vocabulary": vocabulary, **sizes, **other})


class Embeddings(nn.Module):
    """Word + position + segment, then a norm: what a token is, where it is, in which sentence."""

    def __init__(self, shape: BertShape):
        super().__init__()
        self.words = nn.Embedding(shape.vocabulary, shape.width, padding_idx=shape.padding)
        self.positions = AddPositions(shape.max_tokens, shape.width, shape.positions)
        self.segments = nn.Embedding(shape.segments, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.dropout = Dropout(shape.dropout)

    def forward(
        self,
        words: Integer[Tensor, "*batch tokens"],
        segments: Integer[Tensor, "*batch tokens"] | None = None,
    ) -> Float[Tensor, "*batch tokens width"]:
        """`segments` are all 0 if None."""
        x = self.words(words)
        x = x + (self.segments.weight[0] if segments is None else self.segments(segments))
        return self.dropout(self.norm(self.positions(x)))


class BertEncoder(nn.Module):
    """What every BERT has: embeddings, blocks and, if `pooler`, a layer on the first token."""

    def __init__(self, shape: BertShape, *, pooler: bool = True):
        super().__init__()
        self.shape = shape
        self.embeddings = Embeddings(shape)
        options = BlockOptions(
            norm_first=False,
            activation=shape.activation,
            dropout=shape.dropout,
            attention_dropout=shape.attention_dropout,
            epsilon=shape.epsilon,
        )
        self.encoder = Encoder(shape.depth, shape.width, shape.num_heads, shape.mlp_width, options)
        self.pooler = nn.Linear(shape.width, shape.width) if pooler else None
        initialise(self)

    def forward(
        self,
        words: Integer[Tensor, "batch tokens"],
        segments: Integer[Tensor, "batch tokens"] | None = None,
        present: Bool[Tensor, "batch tokens"] | None = None,
    ) -> Float[Tensor, "batch tokens width"]:
        """Each token's vector after the last block.

        words: ids in [0, vocabulary). segments: which sentence, 0 or 1; all 0 if None.
        present: False on padding; None where nothing is padded.
        """
        check_tokens(words.shape[-1], self.shape.max_tokens)
        check_ids(words, self.shape.vocabulary)
        mask = None if present is None else padding_mask(present)
        if self.shape.causal:
            past = causal_mask(words.shape[-1], words.device)
            mask = past if mask is None else mask & past
        return self.encoder(self.embeddings(words, segments), mask)

    def pool(self, x: Float[Tensor, "batch tokens width"]) -> Float[Tensor, "batch width"]:
        """The first token's vector ([CLS]) through a layer and tanh; stands for the sequence."""
        assert self.pooler is not None, "this BERT was built without a pooler"
        return self.pooler(x[:, 0]).tanh()


class WordHead(nn.Module):
    """Vectors -> logits over the vocabulary; the decoder is the word embedding itself."""

    def __init__(self, shape: BertShape):
        super().__init__()
        self.dense = nn.Linear(shape.width, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.bias = nn.Parameter(torch.zeros(shape.vocabulary))
        self.activation: Activation = shape.activation
        initialise(self)

    def forward(
        self, x: Float[Tensor, "*batch width"], words: Float[Tensor, "vocabulary width"]
    ) -> Float[Tensor, "*batch vocabulary"]:
        """Hand over masked positions alone, and nothing is spent on the others.

        words: the embedding's table, `bert.embeddings.words.weight`.
        """
        x = self.norm(activate(self.dense(x), self.activation))
        return nn.functional.linear(x, words, self.bias)


class BertMaskedWords(nn.Module):
    """Predicts words from the words around them."""

    def __init__(self, shape: BertShape):
        super().__init__()
        self.bert = BertEncoder(shape, pooler=False)
        self.words = WordHead(shape)

    def forward(
        self,
        words: Integer[Tensor, "batch tokens"],
        segments: Integer[Tensor, "batch tokens"] | None = None,
        present: Bool[Tensor, "batch tokens"] | None = None,
    ) -> Float[Tensor, "batch tokens vocabulary"]:
        x = self.bert(words, segments, present)
        return self.words(x, self.bert.embeddings.words.weight)


class BertPreTraining(nn.Module):
    """Predicts masked words, and whether the second sentence follows the first."""

    def __init__(self, shape: BertShape):
        super().__init__()
        self.bert = BertEncoder(shape)
        self.words = WordHead(shape)
        self.next_sentence = nn.Linear(shape.width, 2)
        initialise(self.next_sentence)

    def forward(
        self,
        words: Integer[Tensor, "batch tokens"],
        segments: Integer[Tensor, "batch tokens"] | None = None,
        present: Bool[Tensor, "batch tokens"] | None = None,
    ) -> tuple[Float[Tensor, "batch tokens vocabulary"], Float[Tensor, "batch 2"]]:
        """Logits of the words, and of (follows, does not follow)."""
        x = self.bert(words, segments, present)
        of_words = self.words(x, self.bert.embeddings.words.weight)
        return of_words, self.next_sentence(self.bert.pool(x))


class BertSequences(nn.Module):
    """One class per sequence, read off the pooler."""

    def __init__(self, shape: BertShape, num_classes: int):
        super().__init__()
        self.bert = BertEncoder(shape)
        self.dropout = Dropout(shape.dropout)
        self.readout = nn.Linear(shape.width, num_classes)
        initialise(self.readout)

    def forward(
        self,
        words: Integer[Tensor, "batch tokens"],
        segments: Integer[Tensor, "batch tokens"] | None = None,
        present: Bool[Tensor, "batch tokens"] | None = None,
    ) -> Float[Tensor, "batch classes"]:
        x = self.bert(words, segments, present)
        return self.readout(self.dropout(self.bert.pool(x)))


class BertTokens(nn.Module):
    """One class per token."""

    def __init__(self, shape: BertShape, num_classes: int):
        super().__init__()
        self.bert = BertEncoder(shape, pooler=False)
        self.dropout = Dropout(shape.dropout)
        self.readout = nn.Linear(shape.width, num_classes)
        initialise(self.readout)

    def forward(
        self,
        words: Integer[Tensor, "batch tokens"],
        segments: Integer[Tensor, "batch tokens"] | None = None,
        present: Bool[Tensor, "batch tokens"] | None = None,
    ) -> Float[Tensor, "batch tokens classes"]:
        return self.readout(self.dropout(self.bert(words, segments, present)))


class BertClassifier(nn.Module):
    """The learner's network: padded token ids -> logits, read off the mean or the first token."""

    def __init__(self, bert: BertEncoder, signature: Signature):
        super().__init__()
        self.signature = signature
        self.bert = bert
        self.dropout = Dropout(bert.shape.dropout)
        self.readout = nn.Linear(bert.shape.width, signature.num_classes)
        initialise(self.readout)

    def forward(self, inputs: Integer[Tensor, "batch tokens"]) -> Float[Tensor, "batch classes"]:
        """Id 0 is padding."""
        present = presence(self.signature, inputs)
        x = self.bert(inputs, None, present)
        pooled = masked_mean(x, present) if self.bert.pooler is None else self.bert.pool(x)
        return self.readout(self.dropout(pooled))


@MODELS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Bert(ModelConfig):
    """BERT as a learner for texts, from scratch.

    size: published depth and width, see `DEPTH_AND_WIDTH`.
    positions: "learned" as published; "sinusoidal" and "none" to see what they are worth.
    causal: each token sees only itself and what stands before it.
    pooling: "mean" over the tokens that exist; "class": the pooler on the first one (the paper).
    dropout: of embeddings, attention weights and each part's output.
    """

    learning_rate: ClassVar[float] = 5e-4

    size: Size = "tiny"
    positions: Literal["learned", "sinusoidal", "none"] = "learned"
    causal: bool = False
    pooling: Literal["mean", "class"] = "mean"
    dropout: float = 0.1

    def build(self, signature: Signature) -> BertClassifier:
        if signature.vocabulary is None:
            raise ValueError(
                f"bert reads token ids, but this task gives a {signature.layout}; "
                f"take the learner transformer, which reads everything."
            )
        if self.causal and self.pooling == "class":
            raise ValueError(
                "bert: with causal=True the first token sees nothing but itself, so "
                "pooling='class' can't work; take pooling='mean'."
            )
        shape = bert_shape(
            self.size,
            signature.vocabulary,
            max_tokens=signature.input_shape[0],
            segments=1,
            dropout=self.dropout,
            attention_dropout=self.dropout,
            positions=self.positions,
            causal=self.causal,
        )
        return BertClassifier(BertEncoder(shape, pooler=self.pooling == "class"), signature)


def initialise(network: nn.Module) -> None:
    """Weights and embeddings normal with standard deviation 0.02; biases and padding zero."""
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Embedding):
            nn.init.normal_(module.weight, std=0.02)
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)
        if isinstance(module, nn.Embedding) and module.padding_idx is not None:
            nn.init.zeros_(module.weight[module.padding_idx])


def check_ids(words: Integer[Tensor, "..."], vocabulary: int) -> None:
    """Raise ValueError on an id outside [0, vocabulary); looks only where looking is free.

    On a GPU it would stall the stream, and under vmap there is no single value to look at.
    """
    if words.device.type != "cpu" or words.numel() == 0:
        return
    if torch.compiler.is_compiling() or inside_transform():
        return
    low, high = (int(bound) for bound in words.aminmax())
    if low < 0 or high >= vocabulary:
        raise ValueError(
            f"Token ids must lie in [0, {vocabulary}), but they reach from {low} to {high}; "
            f"use the tokenizer that the network was made for."
        )
