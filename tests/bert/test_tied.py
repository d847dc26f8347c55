import torch
import torch.nn.functional as F
from torch import nn

from priorscope.bert.model.tied import look_up_tied

WORDS = torch.tensor([3, 0, 5, 3, 1])  # one twice, one padding


def table() -> nn.Embedding:
    torch.manual_seed(0)
    return nn.Embedding(7, 4, padding_idx=0, dtype=torch.float64)


def test_gradient_is_that_of_lookup_plus_decoder():
    ours, theirs = table(), table()
    vectors, weight = look_up_tied(WORDS, ours)
    F.linear(vectors.tanh(), weight).square().sum().backward()
    F.linear(theirs(WORDS).tanh(), theirs.weight).square().sum().backward()
    torch.testing.assert_close(ours.weight.grad, theirs.weight.grad, rtol=0, atol=1e-12)


def test_without_a_decoder_the_gradient_is_the_lookups():
    ours, theirs = table(), table()
    look_up_tied(WORDS, ours)[0].square().sum().backward()
    theirs(WORDS).square().sum().backward()
    torch.testing.assert_close(ours.weight.grad, theirs.weight.grad, rtol=0, atol=1e-12)


def test_the_weight_is_the_tables_own_memory():
    layer = table()
    assert look_up_tied(WORDS, layer)[1].data_ptr() == layer.weight.data_ptr()
