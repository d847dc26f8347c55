"""How well hidden words of documents that were never trained on are guessed."""

import dataclasses
import math

import numpy as np
import torch

from priorscope.bert.data.corpus import Corpus
from priorscope.bert.data.masking import Masking, Pieces
from priorscope.bert.data.packing import Batch, Place, SequenceSource, plan, read_batch
from priorscope.bert.training.masked_pairs import Network, loss_sums

MOST_TOKENS = 1 << 15
_COUNTED = 1 << 24


@dataclasses.dataclass(frozen=True)
class HeldOut:
    """Figures on the held-out documents, always with the same words hidden.

    loss: nats per hidden word. accuracy: share guessed, in [0, 1].
    unigram_loss: of always answering with the training text's word frequencies.
    pair_accuracy: of telling whether two stretches belong together; None without pairs.
    words: hidden words that this rests on.
    """

    loss: float
    accuracy: float
    unigram_loss: float
    pair_accuracy: float | None
    words: int

    @property
    def perplexity(self) -> float:
        """exp(loss)."""
        return math.exp(min(self.loss, 700.0))


def held_out_batches(
    source: SequenceSource, pieces: Pieces, masking: Masking, batch_tokens: int, seed: int
) -> list[Batch]:
    """The batches that `evaluate` takes: at most 32,768 tokens, with words hidden.

    Raises:
        ValueError: if no word is hidden in them.
    """
    chosen, used = [], 0
    for numbers in plan(source, Place(), batch_tokens, seed):
        chosen.append(read_batch(source, numbers, pieces, masking, seed, epoch=0))
        used += len(chosen[-1].tokens)
        if used >= MOST_TOKENS:
            break
    if not sum(len(batch.positions) for batch in chosen):
        raise ValueError(
            f"The held-out documents have {used} tokens, of which none was masked; "
            "give more text, or raise --held-out."
        )
    return chosen


def word_frequencies(corpus: Corpus, documents: np.ndarray, vocabulary: int) -> np.ndarray:
    """(vocabulary,) log share of each piece in these documents, one added to each count.

    Of the first 16 million tokens.
    """
    counts = np.ones(vocabulary)
    for tokens, _ in corpus.parts(documents, _COUNTED):
        counts += np.bincount(tokens, minlength=vocabulary)
    return np.log(counts / counts.sum())


def unigram_loss(frequencies: np.ndarray, batches: list[Batch]) -> float:
    """Nats per hidden word of a model that knows the words' frequencies and nothing else."""
    return float(-frequencies[np.concatenate([batch.targets for batch in batches])].mean())


@torch.no_grad()
def evaluate(
    network: Network, batches: list[Batch], device: torch.device, unigram: float
) -> HeldOut:
    """Figures of the network as it is, in evaluation mode; it is left in training mode."""
    network.eval()
    loss = right = pairs_right = 0.0
    words = pairs = 0
    for batch in batches:
        sums = loss_sums(network, batch, device)
        loss, right = loss + float(sums.loss), right + float(sums.right)
        pairs_right, pairs = pairs_right + float(sums.pairs_right), pairs + sums.pairs
        words += sums.words
    network.train()
    of_pairs = pairs_right / pairs if pairs else None
    return HeldOut(loss / words, right / words, unigram, of_pairs, words)
