import pytest
from torch import nn

from priorscope.interop.torch_layers import attention_from_torch, block_from_torch


def test_what_has_no_counterpart_is_refused():
    with pytest.raises(ValueError, match="take a MultiheadAttention with bias=True"):
        attention_from_torch(nn.MultiheadAttention(12, 3, kdim=7))
    with pytest.raises(ValueError, match="take a MultiheadAttention with bias=True"):
        attention_from_torch(nn.MultiheadAttention(12, 3, bias=False))
    with pytest.raises(ValueError, match="must be ReLU or exact GELU"):
        block_from_torch(nn.TransformerEncoderLayer(12, 3, 20, activation=nn.SiLU()))


def test_settings_are_taken_over():
    theirs = nn.TransformerEncoderLayer(12, 3, 20, dropout=0.25, layer_norm_eps=1e-3)
    ours = block_from_torch(theirs)
    assert ours.attention.dropout.p == ours.mlp_dropout.p == 0.25
    assert ours.mlp_norm.eps == 1e-3
    assert ours.norm_first is False
