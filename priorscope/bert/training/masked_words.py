"""One training step on masked words: nothing spent on padding or on words nobody asks about."""

import dataclasses

import torch
import torch.nn.functional as F
from jaxtyping import Float, Integer
from torch import Tensor

from priorscope.bert.model.tied import look_up_tied
from priorscope.models.bert import BertMaskedWords
from priorscope.nn.sequences import Sequences
from priorscope.train.adamw import ClippedAdamW


@dataclasses.dataclass(frozen=True, eq=False)
class MaskedBatch:
    """Sequences end to end with words hidden.

    words: ids in [0, vocabulary). sequences: which of them belong together.
    places: flat places of the words to predict. targets: their true ids.
    segments: 0 for the first and 1 for the second sentence of a pair; None: all 0.
    """

    words: Integer[Tensor, " tokens"]
    sequences: Sequences
    places: Integer[Tensor, " predictions"]
    targets: Integer[Tensor, " predictions"]
    segments: Integer[Tensor, " tokens"] | None = None


def masked_word_logits(
    network: BertMaskedWords, batch: MaskedBatch
) -> Float[Tensor, "predictions vocabulary"]:
    """Logits at the hidden words alone.

    On a CPU the last block computes only these words' outputs, too: a tenth of a step with 4
    blocks, a hundredth with 12. The GPU's attention kernel wants all queries.
    """
    vectors, table = look_up_tied(batch.words, network.bert.embeddings.words)
    if batch.words.is_cuda:
        x = network.bert.packed(batch.words, batch.sequences, batch.segments, vectors)
        return network.words(x[batch.places], table)
    asked = batch.sequences.asked_by(batch.places)
    x = network.bert.packed(batch.words, asked, batch.segments, vectors)
    return network.words(x, table)


def masked_word_loss(network: BertMaskedWords, batch: MaskedBatch) -> Float[Tensor, ""]:
    """Mean cross-entropy in nats per hidden word; in float32, or float64 for such a network."""
    logits = masked_word_logits(network, batch)
    if logits.dtype == torch.bfloat16:
        logits = logits.float()
    return F.cross_entropy(logits, batch.targets)


def masked_word_step(
    network: BertMaskedWords, optimizer: ClippedAdamW, batch: MaskedBatch, learning_rate: float
) -> Float[Tensor, ""]:
    """Forward, backward, clipping, AdamW; returns the loss before the step, not differentiable."""
    loss = masked_word_loss(network, batch)
    loss.backward()
    optimizer.step(learning_rate)
    return loss.detach()
