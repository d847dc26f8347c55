"""How well masked tokens of documents that were never trained on are predicted."""

import dataclasses
import math

import numpy as np
import torch

from priorscope.bert.data.corpus import Corpus
from priorscope.bert.data.masking import Masking, Subwords
from priorscope.bert.data.packing import Cursor, MaskedBatch, SequenceSource, plan, read_batch
from priorscope.bert.model.heads import BertForMaskedLM
from priorscope.bert.training.step import loss_sums

MAX_TOKENS = 1 << 15
_COUNTED = 1 << 24


@dataclasses.dataclass(frozen=True)
class HeldOut:
    """Figures on the held-out documents, always with the same tokens masked.

    loss: nats per masked token. accuracy: share predicted, in [0, 1].
    unigram_loss: of always predicting the training text's token frequencies.
    pair_accuracy: of telling whether two spans belong together; None without pairs.
    tokens: masked tokens that this rests on.
    """

    loss: float
    accuracy: float
    unigram_loss: float
    pair_accuracy: float | None
    tokens: int

    @property
    def perplexity(self) -> float:
        """exp(loss)."""
        return math.exp(min(self.loss, 700.0))


def held_out_batches(
    source: SequenceSource, subwords: Subwords, masking: Masking, batch_tokens: int, seed: int
) -> list[MaskedBatch]:
    """The batches that `evaluate` takes: at most 32,768 tokens, some of them masked.

    Raises:
        ValueError: if no token is masked in them.
    """
    chosen, used = [], 0
    for numbers in plan(source, Cursor(), batch_tokens, seed):
        chosen.append(read_batch(source, numbers, subwords, masking, seed, epoch=0))
        used += len(chosen[-1].tokens)
        if used >= MAX_TOKENS:
            break
    if not sum(len(batch.positions) for batch in chosen):
        raise ValueError(
            f"The held-out documents have {used} tokens, of which none was masked; "
            "give more text, or raise --held-out."
        )
    return chosen


def token_frequencies(corpus: Corpus, documents: np.ndarray, vocabulary: int) -> np.ndarray:
    """(vocabulary,) log share of each token id in these documents, one added to each count.

    Of the first 16 million tokens.
    """
    counts = np.ones(vocabulary)
    for tokens, _ in corpus.parts(documents, _COUNTED):
        counts += np.bincount(tokens, minlength=vocabulary)
    return np.log(counts / counts.sum())


def unigram_loss(frequencies: np.ndarray, batches: list[MaskedBatch]) -> float:
    """Nats per masked token of a model that knows the tokens' frequencies and nothing else."""
    return float(-frequencies[np.concatenate([batch.targets for batch in batches])].mean())


@torch.no_grad()
def evaluate(network: BertForMaskedLM, batches: list[MaskedBatch], unigram: float) -> HeldOut:
    """Figures of the network as it is, in evaluation mode; it is left in training mode."""
    network.eval()
    loss = right = pairs_right = 0.0
    tokens = pairs = 0
    for batch in batches:
        sums = loss_sums(network, batch)
        loss, right = loss + float(sums.loss), right + float(sums.right)
        pairs_right, pairs = pairs_right + float(sums.pairs_right), pairs + sums.pairs
        tokens += sums.tokens
    network.train()
    of_pairs = pairs_right / pairs if pairs else None
    return HeldOut(loss / tokens, right / tokens, unigram, of_pairs, tokens)
