import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from priorscope.bert.model.heads import BertForMaskedLM
from priorscope.bert.model.shape import BertShape
from priorscope.bert.training.flops import masked_lm_flops
from priorscope.nn.sequences import Sequences


def test_is_what_torch_counts_in_a_forward_of_one_sequence():
    shape = BertShape(vocabulary=50, width=24, depth=2, num_heads=3, mlp_width=40, dropout=0.0)
    network = BertForMaskedLM(shape).eval()
    tokens, masked = 7, 3
    ids, at = torch.ones(tokens, dtype=torch.long), torch.tensor([0, 2, 5])
    with FlopCounterMode(display=False) as counter:
        x = network.bert.outputs_at(None, ids, Sequences.of_lengths([tokens]))
        network.tokens(x[at], network.bert.embeddings.tokens.weight)
    expected = masked_lm_flops(shape, tokens, tokens**2, masked)
    assert 3 * counter.get_total_flops() == expected


def test_bert_base_needs_six_operations_per_block_parameter_and_token():
    # 12 blocks of 4 * 768^2 + 2 * 768 * 3072 = 7,077,888 weights in matrices.
    flops = masked_lm_flops(BertShape(), tokens=1000, squared_lengths=0, masked=0)
    assert flops == pytest.approx(6 * 12 * 7_077_888 * 1000)
