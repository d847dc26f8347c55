"""BERT: word, position and segment embeddings, post-norm blocks, and heads to train them with."""

import dataclasses
from pathlib import Path
from typing import ClassVar, Literal

import torch
from jaxtyping import Bool, Float, Integer
from torch import Tensor, nn

from priorscope.bert.model.folder import BertFolder, num_classes
from priorscope.bert.model.shape import BertShape, Size, bert_shape
from priorscope.bert.model.word_head import WordHead
from priorscope.core.config import DropoutRate
from priorscope.core.signature import Signature
from priorscope.models import MODELS, ModelConfig
from priorscope.nn.attention import causal_mask, inside_transform, padding_mask
from priorscope.nn.block import Block, BlockOptions, Encoder
from priorscope.nn.checkpoint import NAMES as CHECKPOINTS
from priorscope.nn.checkpoint import content_digest, read_json
from priorscope.nn.dropout import Dropout
from priorscope.nn.initial import BEFORE, OFFSETS, SPREAD, initialise, look_at_neighbours
from priorscope.nn.position import AddPositions, check_tokens
from priorscope.nn.readout import masked_mean
from priorscope.nn.sequences import Sequences
from priorscope.nn.stem import presence
from priorscope.nn.token_ids import check_ids

Ids = Integer[Tensor, "batch tokens"]
Present = Bool[Tensor, "batch tokens"]


class Embeddings(nn.Module):
    """Word + position + segment, then a norm: what a token is, where it is, in which sentence."""

    def __init__(self, shape: BertShape):
        super().__init__()
        self.words = nn.Embedding(shape.vocabulary, shape.width, padding_idx=shape.padding)
        self.positions = AddPositions(shape.max_tokens, shape.width, shape.positions, SPREAD)
        self.segments = nn.Embedding(shape.segments, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.dropout = Dropout(shape.dropout)

    def forward(
        self,
        words: Integer[Tensor, "*batch tokens"],
        segments: Integer[Tensor, "*batch tokens"] | None = None,
        places: Integer[Tensor, " tokens"] | None = None,
        vectors: Float[Tensor, "*batch tokens width"] | None = None,
    ) -> Float[Tensor, "*batch tokens width"]:
        """`segments` are all 0 if None; `places` are positions, 0, 1, ... along a row if None.

        vectors: of the words, if they are looked up already (see `nn.tied`).
        """
        x = self.words(words) if vectors is None else vectors
        x = x + (self.segments.weight[0] if segments is None else self.segments(segments))
        return self.dropout(self.norm(self.positions(x, places)))


class BertEncoder(BertFolder):
    """What every BERT has: embeddings, blocks and, if `pooler`, a layer on the first token."""

    architecture = "BertModel"

    def __init__(self, shape: BertShape, *, pooler: bool = True):
        super().__init__(shape)
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

    @classmethod
    def made_for(cls, shape: BertShape, tensors: dict[str, Tensor]) -> "BertEncoder":
        return cls(shape, pooler="pooler.weight" in tensors)

    def look_at_neighbours(self) -> None:
        """Other first values of learned positions and the first block, see `nn.initial`."""
        table, first = self.embeddings.positions.table, self.encoder.blocks[0]
        assert isinstance(table, nn.Parameter), "only learned positions have first values"
        assert isinstance(first, Block)
        look_at_neighbours(table, first.attention, BEFORE if self.shape.causal else OFFSETS)

    def forward(
        self, words: Ids, segments: Ids | None = None, present: Present | None = None
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

    def packed(
        self,
        words: Integer[Tensor, " tokens"],
        sequences: Sequences,
        segments: Integer[Tensor, " tokens"] | None = None,
        vectors: Float[Tensor, "tokens width"] | None = None,
    ) -> Float[Tensor, "queries width"]:
        """As `forward`, for sequences end to end on one axis: the same vectors, without padding.

        Returns the rows of `sequences.queries`, or all if there are no such.

        vectors: see `Embeddings`.
        """
        check_tokens(sequences.longest, self.shape.max_tokens)
        check_ids(words, self.shape.vocabulary)
        if sequences.causal != self.shape.causal:
            raise ValueError(
                f"The network has causal={self.shape.causal}, but the sequences have "
                f"causal={sequences.causal}; make both alike."
            )
        x = self.embeddings(words, segments, sequences.places, vectors)
        return self.encoder(x, sequences)

    def pool(self, x: Float[Tensor, "batch tokens width"]) -> Float[Tensor, "batch width"]:
        """The first token's vector ([CLS]) through a layer and tanh; stands for the sequence."""
        assert self.pooler is not None, "this BERT was built without a pooler"
        return self.pooler(x[:, 0]).tanh()


class BertMaskedWords(BertFolder):
    """Predicts words from the words around them."""

    architecture = "BertForMaskedLM"

    def __init__(self, shape: BertShape):
        super().__init__(shape)
        self.bert = BertEncoder(shape, pooler=False)
        self.words = WordHead(shape)

    def forward(
        self, words: Ids, segments: Ids | None = None, present: Present | None = None
    ) -> Float[Tensor, "batch tokens vocabulary"]:
        x = self.bert(words, segments, present)
        return self.words(x, self.bert.embeddings.words.weight)


class BertPreTraining(BertFolder):
    """Predicts masked words, and whether the second sentence follows the first."""

    architecture = "BertForPreTraining"

    def __init__(self, shape: BertShape):
        super().__init__(shape)
        self.bert = BertEncoder(shape)
        self.words = WordHead(shape)
        self.next_sentence = nn.Linear(shape.width, 2)
        initialise(self.next_sentence)

    def forward(
        self, words: Ids, segments: Ids | None = None, present: Present | None = None
    ) -> tuple[Float[Tensor, "batch tokens vocabulary"], Float[Tensor, "batch 2"]]:
        """Logits of the words, and of (follows, does not follow)."""
        x = self.bert(words, segments, present)
        of_words = self.words(x, self.bert.embeddings.words.weight)
        return of_words, self.next_sentence(self.bert.pool(x))


class BertReadout(BertFolder):
    """An encoder and a linear layer after it; subclasses say what is read."""

    pooler: ClassVar[bool]

    def __init__(self, shape: BertShape, num_classes: int):
        super().__init__(shape)
        self.bert = BertEncoder(shape, pooler=self.pooler)
        self.dropout = Dropout(shape.dropout)
        self.readout = nn.Linear(shape.width, num_classes)
        initialise(self.readout)

    @classmethod
    def made_for(cls, shape: BertShape, tensors: dict[str, Tensor]) -> "BertReadout":
        return cls(shape, num_classes(tensors))


class BertSequences(BertReadout):
    """One class per sequence, read off the pooler."""

    architecture = "BertForSequenceClassification"
    pooler = True

    def forward(
        self, words: Ids, segments: Ids | None = None, present: Present | None = None
    ) -> Float[Tensor, "batch classes"]:
        x = self.bert(words, segments, present)
        return self.readout(self.dropout(self.bert.pool(x)))


class BertTokens(BertReadout):
    """One class per token."""

    architecture = "BertForTokenClassification"
    pooler = False

    def forward(
        self, words: Ids, segments: Ids | None = None, present: Present | None = None
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
        assert present is not None
        if not inside_transform() and _padded_behind(present):
            return self.readout(self.dropout(self._pooled(inputs[present], present.sum(dim=1))))
        x = self.bert(inputs, None, present)
        pooled = masked_mean(x, present) if self.bert.pooler is None else self.bert.pool(x)
        return self.readout(self.dropout(pooled))

    def _pooled(
        self, words: Integer[Tensor, " tokens"], lengths: Integer[Tensor, " batch"]
    ) -> Float[Tensor, "batch width"]:
        """The same without work on padding, where it stands behind the texts alone."""
        offsets = torch.cat([lengths.new_zeros(1), lengths.cumsum(dim=0)])
        sequences = Sequences(offsets, causal=self.bert.shape.causal)
        if self.bert.pooler is not None:
            firsts = self.bert.packed(words, sequences)[offsets[:-1]]
            return self.bert.pool(firsts.unsqueeze(1))
        x = self.bert.packed(words, sequences)
        owner = torch.repeat_interleave(lengths)
        summed = x.new_zeros(len(lengths), x.shape[-1]).index_add(0, owner, x)
        return summed / lengths.unsqueeze(-1)


@MODELS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Bert(ModelConfig):
    """BERT as a learner for texts.

    size: published depth and width, see `bert_shape`.
    pretrained: folder of a pre-trained BERT to start from, whose vocabulary the task must use;
        size, positions and causal are then the folder's. Empty: from scratch.
    positions: "learned" as published; "sinusoidal" and "none" to see what they are worth.
    causal: each token sees only itself and what stands before it.
    pooling: "mean" over the tokens that exist; "class": the pooler on the first one (the paper).
    dropout: of embeddings, attention weights and each part's output.
    fingerprint: of the folder's network, see `from_options`; "" lets it change unnoticed.
    """

    size: Size = "tiny"
    pretrained: str = ""
    positions: Literal["learned", "sinusoidal", "none"] = "learned"
    causal: bool = False
    pooling: Literal["mean", "class"] = "mean"
    dropout: DropoutRate = 0.1
    fingerprint: str = ""

    @classmethod
    def from_options(cls, options: dict[str, str]) -> "Bert":
        """As typed on a command line; the pre-trained network is pinned as it is now."""
        typed = super().from_options(options)
        return dataclasses.replace(typed, fingerprint=_fingerprint(typed.pretrained))

    @property
    def learning_rate(self) -> float:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Falls with the width: 8e-4 for tiny, 1e-4 for large; four tenths of it if pre-trained."""
        if self.pretrained:
            return 0.04 / read_json(Path(self.pretrained) / "config.json").get("hidden_size", 768)
        return 0.1 / bert_shape(self.size).width

    def why_not(self, signature: Signature) -> str | None:
        if signature.vocabulary is not None:
            return None
        return (
            f"bert reads token ids, but these data are of kind {signature.layout}; name a column "
            "of text with --input, or take the learner transformer, which reads everything."
        )

    def build(self, signature: Signature) -> BertClassifier:
        if problem := self.why_not(signature):
            raise ValueError(problem)
        if self.causal and self.pooling == "class":
            raise ValueError(
                "bert: with causal=True the first token sees nothing but itself, so "
                "pooling='class' can't work; take pooling='mean'."
            )
        encoder = self._from_folder(signature) if self.pretrained else self._from_scratch(signature)
        return BertClassifier(encoder, signature)

    def _from_scratch(self, signature: Signature) -> BertEncoder:
        assert signature.vocabulary is not None
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
        return BertEncoder(shape, pooler=self.pooling == "class")

    def _from_folder(self, signature: Signature) -> BertEncoder:
        if self.fingerprint and self.fingerprint != _fingerprint(self.pretrained):
            raise ValueError(
                f"bert: {self.pretrained} has changed since this run was planned; restore it, "
                "or plan anew."
            )
        rates = {"dropout": self.dropout, "attention_dropout": self.dropout}
        encoder = BertEncoder.from_pretrained(self.pretrained, **rates).float().train()
        if encoder.shape.vocabulary != signature.vocabulary:
            raise ValueError(
                f"bert: {self.pretrained} knows {encoder.shape.vocabulary} token ids, but the task "
                f"has {signature.vocabulary}; encode the texts with that folder's tokenizer."
            )
        check_tokens(signature.input_shape[0], encoder.shape.max_tokens)
        if self.pooling == "class" and encoder.pooler is None:
            raise ValueError(
                f"bert: {self.pretrained} has no pooler, so pooling='class' can't work; "
                f"take pooling='mean'."
            )
        if self.pooling == "mean":
            encoder.pooler = None
        return encoder


def _padded_behind(present: Present) -> bool:
    """Whether every row begins with a token, and has padding only at its end."""
    return bool(present[:, 0].all() and (present[:, 1:] <= present[:, :-1]).all())


def _fingerprint(folder: str) -> str:
    """Of a pre-trained network's configuration and weights; "" if there is none."""
    if not folder:
        return ""
    if not Path(folder).is_dir():
        raise ValueError(f"bert: there is no folder {folder} with a pre-trained network.")
    parts = ("config.json", *CHECKPOINTS)
    return content_digest(p for p in Path(folder).iterdir() if p.name in parts)
