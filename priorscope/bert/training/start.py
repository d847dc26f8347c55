"""Where a pre-training starts: its sequences, and the initial values of its network."""

import dataclasses

import numpy as np
import torch
from tokenizers import Tokenizer

from priorscope.bert.data.cooccurrence import token_vectors
from priorscope.bert.data.corpus import Corpus
from priorscope.bert.data.masking import Subwords
from priorscope.bert.data.packing import MaskedBatch, SequenceSource
from priorscope.bert.data.sentence_pairs import SentencePairs
from priorscope.bert.data.spans import Spans
from priorscope.bert.model.heads import BertForMaskedLM, BertForPreTraining
from priorscope.bert.model.shape import bert_shape
from priorscope.bert.training.held_out import held_out_batches
from priorscope.bert.training.pretraining import Pretraining
from priorscope.core.seeds import global_seed
from priorscope.nn.initial import start_from_vectors
from priorscope.text.tokenizer import special_ids


@dataclasses.dataclass(frozen=True, eq=False)
class DividedText:
    """A text as what is trained on and what is held out.

    documents: numbers of the documents to train on. training: their sequences.
    held_out: batches of the other documents, with tokens masked.
    """

    documents: np.ndarray
    training: SequenceSource
    held_out: list[MaskedBatch]


def divide_text(settings: Pretraining, corpus: Corpus, tokenizer: Tokenizer) -> DividedText:
    """Hold out the share of the documents that the settings name.

    Raises:
        ValueError: if the text is too short, or has no pairs where the settings ask for them.
    """
    share = settings.share_held_out(len(corpus.documents) - 1)
    trained, held = corpus.split(share, settings.seed)
    batches = held_out_batches(
        sequences_of(settings, corpus, held, tokenizer),
        Subwords.of(tokenizer),
        settings.masking,
        settings.batch_tokens,
        settings.seed,
    )
    return DividedText(trained, sequences_of(settings, corpus, trained, tokenizer), batches)


def sequences_of(
    settings: Pretraining, corpus: Corpus, documents: np.ndarray, tokenizer: Tokenizer
) -> SequenceSource:
    """The sequences of these documents, or pairs of sentences if the settings ask for them.

    Raises:
        ValueError: if `max_tokens` is too small, or there are no pairs.
    """
    ids = special_ids(tokenizer)
    first, last = ids["[CLS]"], ids["[SEP]"]
    if settings.next_sentence:
        return SentencePairs(corpus, documents, settings.max_tokens, first, last, settings.seed)
    return Spans(corpus, documents, settings.max_tokens, first, last)


def initial_network(
    settings: Pretraining, frequencies: np.ndarray, text: tuple[Corpus, np.ndarray] | None
) -> BertForMaskedLM:
    """A network with its initial values.

    Its token head starts with the tokens' frequencies, which take hundreds of steps to learn.

    Args:
        settings: with `init`, "cooccurrence" or "random".
        frequencies: (vocabulary,) log share of each token id.
        text: a corpus and the documents that co-occurrences are counted in; None: none, because
            the values will be replaced.
    """
    shape = bert_shape(
        settings.size,
        len(frequencies),
        max_tokens=settings.max_tokens,
        dropout=settings.dropout,
        attention_dropout=settings.dropout,
        positions=settings.positions,
        causal=settings.causal,
    )
    with global_seed(settings.seed, "init"), torch.no_grad():
        network = BertForPreTraining(shape) if settings.next_sentence else BertForMaskedLM(shape)
        network.tokens.bias.copy_(torch.from_numpy(frequencies - frequencies.mean()))
    if settings.init == "cooccurrence" and text is not None:
        _start_from_text(network, settings, *text)
    return network


def _start_from_text(
    network: BertForMaskedLM, settings: Pretraining, corpus: Corpus, documents: np.ndarray
) -> None:
    """Initial values from the text's co-occurrences, and attention to neighbours."""
    embedding = network.bert.embeddings.tokens
    vectors = token_vectors(corpus, documents, *embedding.weight.shape)
    with global_seed(settings.seed, "cooccurrence"):
        start_from_vectors(embedding, torch.from_numpy(vectors))
    if settings.positions == "learned":
        network.bert.attend_to_neighbours()
