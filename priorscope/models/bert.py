"""BERT as a learner for texts, from scratch or from a pre-trained folder."""

import dataclasses
from typing import Any, Literal

from torch import nn

from priorscope.bert.model.classifier import BertClassifier
from priorscope.bert.model.encoder import BertEncoder
from priorscope.bert.model.folder import load_bert, stored_width
from priorscope.bert.model.shape import BertShape, Size, bert_shape
from priorscope.core.config import DropoutRate
from priorscope.core.signature import Signature
from priorscope.models import MODELS, ModelConfig
from priorscope.nn.checkpoint import network_digest
from priorscope.nn.foreign import FILLED_UP, check_weights
from priorscope.nn.position import check_tokens
from priorscope.nn.trial import problem_of

FINE_TUNED = {"plan": "cosine", "steps": 60, "epochs": 3, "passes": 0, "batch": 32, "patience": 0.5}


@MODELS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Bert(ModelConfig):
    """BERT as a learner for texts.

    size: published depth and width, see `bert_shape`.
    pretrained: folder of a pre-trained BERT to start from, whose vocabulary the task must use;
        size, positions and causal are then the folder's. Empty: from scratch.
    positions: "learned" as published; "sinusoidal" and "none" to see what they are worth.
    causal: each token attends to itself and to earlier tokens alone.
    pooling: "mean" over the tokens that aren't padding; "class": the pooler on the first one (the
        paper).
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
        if not typed.pretrained:
            return typed
        return dataclasses.replace(typed, fingerprint=network_digest(typed.pretrained))

    @property
    def learning_rate(self) -> float:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Falls with the width: 8e-4 for tiny, 1e-4 for large; four tenths of it if pre-trained."""
        if self.pretrained:
            return 0.04 / stored_width(self.pretrained)
        return 0.1 / bert_shape(self.size).width

    @property
    def own_recipe(self) -> dict[str, Any]:
        """Pre-trained, a few passes at a falling rate (Devlin et al. 2019, appendix A.3).

        A constant part that lasts until validation says otherwise would cost some ten times that.
        """
        return dict(FINE_TUNED) if self.pretrained else {"least_batch": 0}  # as the transformer

    def why_not(self, signature: Signature) -> str | None:
        if signature.vocabulary is not None:
            return problem_of(self, signature) if self.pretrained else None
        return (
            f"bert reads token ids, but these data are of kind {signature.layout}; name a column "
            "of text with --input, or take the learner transformer, which reads everything."
        )

    def build(self, signature: Signature) -> BertClassifier:
        if signature.vocabulary is None:
            raise ValueError(self.why_not(signature))
        if self.causal and self.pooling == "class":
            raise ValueError(
                "bert: with causal=True the first token sees nothing but itself, so "
                "pooling='class' can't work; take pooling='mean'."
            )
        encoder = self._from_folder(signature) if self.pretrained else self._from_scratch(signature)
        return BertClassifier(encoder, signature)

    def facts_of(self, network: nn.Module) -> dict[str, Any]:
        assert isinstance(network, BertClassifier)
        pooled = network.bert.pooler is not None
        return {"shape": network.bert.shape.to_json(), "pooled": pooled}

    def rebuild(self, signature: Signature, facts: dict[str, Any]) -> BertClassifier:
        shape = BertShape.from_json(facts.get("shape", {}))
        encoder = BertEncoder(shape, pooler=bool(facts.get("pooled")))
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
        if self.fingerprint and self.fingerprint != network_digest(self.pretrained):
            raise ValueError(
                f"bert: {self.pretrained} has changed since this run was planned; restore it, "
                "or plan again."
            )
        rates = {"dropout": self.dropout, "attention_dropout": self.dropout}
        encoder = load_bert(self.pretrained, BertEncoder, **rates).float().train()
        check_weights(encoder, (), f"bert: {self.pretrained}")
        assert signature.vocabulary is not None
        if encoder.shape.padding != 0:
            raise ValueError(
                f"bert: {self.pretrained} pads with id {encoder.shape.padding}, but this learner "
                f"needs 0; run it as hf:{self.pretrained}."
            )
        most = FILLED_UP * signature.vocabulary
        if not signature.vocabulary <= encoder.shape.vocabulary <= most:
            raise ValueError(
                f"bert: {self.pretrained} has {encoder.shape.vocabulary} token ids, but the task "
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
