"""BERT as a learner's network: padded token ids in, outputs for a task's target out."""

import torch
from jaxtyping import Bool, Float, Integer
from torch import Tensor, nn

from priorscope.bert.model.encoder import BertEncoder
from priorscope.core.signature import Signature
from priorscope.nn.attention import SelfAttention, inside_transform
from priorscope.nn.dropout import Dropout
from priorscope.nn.initial import initialise
from priorscope.nn.readout import masked_mean
from priorscope.nn.sequences import Sequences
from priorscope.nn.stem import input_mask


class BertClassifier(nn.Module):
    """Padded token ids -> outputs, read off the mean over the tokens or the first token."""

    packs_rows = True  # see `subjects.layers.in_rows`

    def __init__(self, bert: BertEncoder, signature: Signature):
        super().__init__()
        self.signature = signature
        self.bert = bert
        self.dropout = Dropout(bert.shape.dropout)
        self.readout = nn.Linear(bert.shape.width, signature.output_size)
        initialise(self.readout)

    def forward(self, inputs: Integer[Tensor, "batch tokens"]) -> Float[Tensor, "batch outputs"]:
        """Id 0 is padding."""
        valid = input_mask(self.signature, inputs)
        assert valid is not None
        maps = any(isinstance(m, SelfAttention) and m.eager for m in self.modules())
        in_one_piece = maps or inside_transform() or torch.compiler.is_exporting()
        if not in_one_piece and _padded_at_the_end(valid):
            return self.readout(self.dropout(self._without_padding(inputs, valid)))
        x = self.bert(inputs, None, valid)
        pooled = masked_mean(x, valid) if self.bert.pooler is None else self.bert.pool(x[:, 0])
        return self.readout(self.dropout(pooled))

    def token_layout(
        self, inputs: Integer[Tensor, "batch tokens"]
    ) -> tuple[tuple[int, int], int, Bool[Tensor, "batch tokens"] | None]:
        """One row of tokens, none before them, and which aren't padding."""
        return (1, inputs.shape[1]), 0, input_mask(self.signature, inputs)

    def _without_padding(
        self, inputs: Integer[Tensor, "batch tokens"], valid: Bool[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch width"]:
        """Each text's vector, without work on padding."""
        ids, lengths = inputs[valid], valid.sum(dim=1)
        offsets = torch.cat([lengths.new_zeros(1), lengths.cumsum(dim=0)])
        sequences = Sequences(offsets, causal=self.bert.shape.causal)
        if self.bert.pooler is not None:
            return self.bert.pool(self.bert.outputs_at(offsets[:-1], ids, sequences))
        x = self.bert.outputs_at(None, ids, sequences)
        owner = torch.repeat_interleave(lengths)
        summed = x.new_zeros(len(lengths), x.shape[-1]).index_add(0, owner, x)
        return summed / lengths.unsqueeze(-1)


def _padded_at_the_end(valid: Bool[Tensor, "batch tokens"]) -> bool:
    """Whether every row begins with a token, and has padding only at its end."""
    return bool(valid[:, 0].all() and (valid[:, 1:] <= valid[:, :-1]).all())
