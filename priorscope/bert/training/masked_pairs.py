"""The loss of a pre-training: hidden words and, if wanted, whether two texts belong together."""

import dataclasses

import torch
import torch.nn.functional as F
from jaxtyping import Float, Integer
from torch import Tensor

from priorscope.bert.data.packing import Batch
from priorscope.bert.training.masked_words import MaskedBatch, masked_word_logits
from priorscope.models.bert import BertMaskedWords, BertPreTraining
from priorscope.nn.sequences import Sequences

Network = BertMaskedWords | BertPreTraining


@dataclasses.dataclass(frozen=True)
class Sums:
    """Sums over a batch; divide by `words` and `pairs` for means.

    loss: cross-entropy of the hidden words, nats; differentiable if asked for.
    pair_loss: the same of the pairs. right, pairs_right: how many were guessed.
    """

    loss: Tensor
    pair_loss: Tensor
    right: Tensor
    pairs_right: Tensor
    words: int
    pairs: int


def on_device(batch: Batch, device: torch.device, causal: bool = False) -> MaskedBatch:
    """The batch as the network reads it."""
    offsets = torch.from_numpy(batch.offsets).to(device)
    segments = None if batch.segments is None else torch.from_numpy(batch.segments).to(device)
    return MaskedBatch(
        torch.from_numpy(batch.tokens).to(device),
        Sequences(offsets, causal=causal),
        torch.from_numpy(batch.positions).to(device),
        torch.from_numpy(batch.targets).to(device),
        segments,
    )


def loss_sums(network: Network, batch: Batch, device: torch.device) -> Sums:
    """Run the network on a batch; a batch without a hidden word has the sums 0."""
    inputs = on_device(batch, device, network.shape.causal)
    zero = torch.zeros((), device=device)
    pair_loss, pairs_right, pairs = zero, zero, 0
    if isinstance(network, BertMaskedWords):
        if not len(batch.positions):
            return Sums(zero, zero, zero, zero, 0, 0)
        logits = masked_word_logits(network, inputs)
    else:
        assert batch.follows is not None
        logits, of_pairs = _words_and_pairs(network, inputs)
        follows = torch.from_numpy(batch.follows).to(device)
        pair_loss = F.cross_entropy(_in_float32(of_pairs), follows, reduction="sum")
        pairs_right, pairs = (of_pairs.argmax(-1) == follows).sum(), len(follows)
    loss = F.cross_entropy(_in_float32(logits), inputs.targets, reduction="sum")
    right = (logits.detach().argmax(-1) == inputs.targets).sum()
    return Sums(loss, pair_loss, right, pairs_right, len(inputs.targets), pairs)


def _in_float32(logits: Tensor) -> Tensor:
    return logits.float() if logits.dtype == torch.bfloat16 else logits


def _words_and_pairs(
    network: BertPreTraining, batch: MaskedBatch
) -> tuple[Float[Tensor, "predictions vocabulary"], Float[Tensor, "sequences 2"]]:
    """Logits at the hidden words and of each pair, with one pass through the blocks."""
    firsts: Integer[Tensor, " sequences"] = batch.sequences.offsets[:-1]
    asked = torch.cat([batch.places, firsts])
    if batch.words.is_cuda:
        x = network.bert.packed(batch.words, batch.sequences, batch.segments)[asked]
    else:
        x = network.bert.packed(batch.words, batch.sequences.asked_by(asked), batch.segments)
    of_words, of_pairs = x.split([len(batch.places), len(firsts)])
    words = network.words(of_words, network.bert.embeddings.words.weight)
    return words, network.next_sentence(network.bert.pool(of_pairs[:, None]))
