"""torch.nn's attention and encoder layer as ours: the same function, values copied."""

import torch
from torch import nn

from priorscope.nn.attention import SelfAttention
from priorscope.nn.block import Activation, Block, BlockOptions


def attention_from_torch(theirs: nn.MultiheadAttention) -> SelfAttention:
    """Self-attention with the values of a `torch.nn.MultiheadAttention`.

    Raises:
        ValueError: if its keys and values have widths of their own, or it has no biases.
    """
    if theirs.in_proj_weight is None or theirs.in_proj_bias is None or theirs.bias_k is not None:
        raise ValueError(
            "Self-attention has queries, keys and values of one width, with biases and without "
            "extra keys; take a MultiheadAttention with bias=True, kdim=vdim=None, "
            "add_bias_kv=False."
        )
    ours = SelfAttention(theirs.embed_dim, theirs.num_heads, dropout=theirs.dropout)
    ours.to(theirs.in_proj_weight)  # before copying: float64 would be rounded
    _copy_attention(ours, theirs)
    return ours


def block_from_torch(theirs: nn.TransformerEncoderLayer) -> Block:
    """A block with the values of a `torch.nn.TransformerEncoderLayer`.

    Its dropout inside the feed-forward part has no counterpart here: compare without dropout.

    Raises:
        ValueError: if its activation is neither ReLU nor GELU.
    """
    options = BlockOptions(
        norm_first=theirs.norm_first,
        activation=_activation(theirs),
        dropout=theirs.dropout1.p,
        attention_dropout=theirs.self_attn.dropout,
        epsilon=theirs.norm1.eps,
    )
    width, mlp_width = theirs.linear1.in_features, theirs.linear1.out_features
    ours = Block(width, theirs.self_attn.num_heads, mlp_width, options)
    ours.to(theirs.linear1.weight)
    _copy_attention(ours.attention, theirs.self_attn)
    ours.attention_norm.load_state_dict(theirs.norm1.state_dict())
    ours.mlp_norm.load_state_dict(theirs.norm2.state_dict())
    ours.mlp.up.load_state_dict(theirs.linear1.state_dict())
    ours.mlp.down.load_state_dict(theirs.linear2.state_dict())
    return ours


def _copy_attention(ours: SelfAttention, theirs: nn.MultiheadAttention) -> None:
    """Both keep queries, keys and values in one layer, in this order."""
    values = {"weight": theirs.in_proj_weight, "bias": theirs.in_proj_bias}
    ours.qkv.load_state_dict(values)
    ours.out.load_state_dict(theirs.out_proj.state_dict())


def _activation(theirs: nn.TransformerEncoderLayer) -> Activation:
    probe = torch.tensor([-1.0])
    relu, gelu = torch.relu(probe), nn.functional.gelu(probe)
    values = theirs.activation(probe)
    if not torch.equal(values, relu) and not torch.equal(values, gelu):
        raise ValueError(
            f"The activation must be ReLU or exact GELU, but it is {theirs.activation}; "
            f"build the block yourself."
        )
    return "relu" if torch.equal(values, relu) else "gelu"
