import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from priorscope.bert.model.shape import BertShape
from priorscope.bert.training.flops import masked_word_flops
from priorscope.bert.training.masked_words import MaskedBatch
from priorscope.models.bert import BertMaskedWords
from priorscope.nn.sequences import Sequences


def test_is_what_torch_counts_in_a_forward_of_one_sequence():
    shape = BertShape(vocabulary=50, width=24, depth=2, num_heads=3, mlp_width=40, dropout=0.0)
    network = BertMaskedWords(shape).eval()
    tokens, predictions = 7, 3
    batch = MaskedBatch(
        torch.ones(tokens, dtype=torch.long),
        Sequences.of_lengths([tokens]),
        torch.tensor([0, 2, 5]),
        torch.ones(predictions, dtype=torch.long),
    )
    with FlopCounterMode(display=False) as counter:
        x = network.bert.packed(batch.words, batch.sequences)
        network.words(x[batch.places], network.bert.embeddings.words.weight)
    expected = masked_word_flops(shape, tokens, tokens**2, predictions)
    assert 3 * counter.get_total_flops() == expected


def test_bert_base_needs_six_operations_per_block_parameter_and_token():
    # 12 blocks of 4 * 768^2 + 2 * 768 * 3072 = 7,077,888 weights in matrices.
    flops = masked_word_flops(BertShape(), tokens=1000, squared_lengths=0, predictions=0)
    assert flops == pytest.approx(6 * 12 * 7_077_888 * 1000)
