"""Multi-head self-attention: each token becomes a weighted mean of all tokens' values."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Integer
from torch import Tensor, nn
from torch.autograd import forward_ad

from priorscope.nn.dropout import Dropout
from priorscope.nn.gemm import gemm_is_fast
from priorscope.nn.position import RelativeBias, rotate
from priorscope.nn.projections import SeparateProjections
from priorscope.nn.ragged import ragged_attention, ragged_attention_at
from priorscope.nn.sequences import Sequences

# Where float32 products go to oneDNN, the fused kernel, which doesn't use it, only wins on long
# rows; otherwise it wins on all. Measured with torch 2.13 on CPUs with and without AVX-512.
FUSED_FROM_TOKENS = 512

At = Integer[Tensor, " queries"] | slice | None
"""Which tokens' outputs are wanted, as indices of the token axis or a part of it; None: all."""


class SelfAttention(nn.Module):
    """Multi-head scaled dot-product self-attention (Vaswani et al. 2017, section 3.2).

    Each token is projected to a query, a key and a value; the same projection serves every
    token. In each head a token becomes the mean of all values, weighted by
    softmax(q . k / sqrt(head_width)); the heads' results are concatenated along the width and
    projected once more (W^O). Without a mask and without rotary or relative positions it
    commutes with every permutation of the tokens.

    Args:
        width: length of each token's vector.
        num_heads: heads, each working in width / num_heads dimensions.
        dropout: share of the attention weights set to zero in training.
        fused: True: one layer `qkv` of width 3 * width. False: three layers, the same function
            (see `projections.fuse_qkv`, `split_qkv`).
        rotary: rotate queries and keys by their positions (Su et al. 2021).
        max_distance: learn one bias per head and distance, clipped there; None: no such bias.

    Raises:
        ValueError: if `num_heads` does not divide `width`.
    """

    def __init__(
        self,
        width: int,
        num_heads: int,
        *,
        dropout: float = 0.0,
        fused: bool = True,
        rotary: bool = False,
        max_distance: int | None = None,
    ):
        super().__init__()
        if num_heads < 1 or width % num_heads:
            raise ValueError(
                f"num_heads must divide width, but {width} % {num_heads} "
                f"{f'== {width % num_heads}' if num_heads > 0 else 'has no meaning'}; "
                f"take one of {[h for h in range(1, width + 1) if width % h == 0]}."
            )
        if rotary and width // num_heads % 2:
            raise ValueError(
                f"Rotary positions need an even head width, but {width} / {num_heads} == "
                f"{width // num_heads}; change width or num_heads."
            )
        self.num_heads = num_heads
        self.qkv = nn.Linear(width, 3 * width) if fused else SeparateProjections(width)
        self.out = nn.Linear(width, width)
        self.dropout = Dropout(dropout)
        self.rotary = rotary
        self.bias = None if max_distance is None else RelativeBias(num_heads, max_distance)
        self.eager = False  # see `attention_maps`

    def forward(
        self,
        x: Float[Tensor, "*batch tokens width"],
        mask: Bool[Tensor, "..."] | Sequences | None = None,
        at: At = None,
    ) -> Float[Tensor, "*batch queries width"]:
        """Attend where `mask` is True, everywhere if it is None.

        mask: broadcastable to (batch, heads, query, key); see `padding_mask`, `causal_mask`.
            Or the sequences that a flat x (tokens, width) consists of: attend inside each.
        at: compute the outputs at these indices of the token axis alone; None: at all.
        """
        if isinstance(mask, Sequences):
            return self.out(self._inside(mask, x, at).flatten(-2))
        if self.eager or self.rotary:  # maps show all queries; rotation counts them from 0
            return _outputs_at(self._among_rows(x, mask, None), at)
        return self._among_rows(x, mask, at)

    def _among_rows(
        self, x: Float[Tensor, "*batch tokens width"], mask: Tensor | None, at: At
    ) -> Float[Tensor, "*batch queries width"]:
        tokens = x.shape[-2]
        q, k, v = self._heads(x, at)
        if self.rotary:
            q, k = rotate(q), rotate(k)
        bias = None if self.bias is None else _outputs_at(self.bias(tokens), at)
        if mask is not None and mask.shape[-2] == tokens:
            mask = _outputs_at(mask, at)
        if self.eager or not _fused_kernel_pays(q, self.dropout):
            mixed = self.dropout(attention_weights(q, k, mask, bias)) @ v
        else:
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=_additive(q, mask, bias))
        return self.out(mixed.transpose(-3, -2).flatten(-2))

    def _heads(
        self, x: Float[Tensor, "*batch tokens width"], at: At
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Queries at these indices, keys and values of all; (*batch, heads, ..., head_width)."""
        if at is None:
            qkv = self.qkv(x).unflatten(-1, (3, self.num_heads, -1))
            q, k, v = qkv.movedim(-3, 0).transpose(-3, -2).unbind(0)
            return q, k, v
        q, kv = self._project_apart(_outputs_at(x, at), x)
        k, v = kv.movedim(-3, 0).transpose(-3, -2).unbind(0)
        return q.transpose(-3, -2), k, v

    def _project_apart(
        self, of_queries: Float[Tensor, "*batch queries width"], x: Float[Tensor, "*batch t width"]
    ) -> tuple[
        Float[Tensor, "*batch queries heads head_width"],
        Float[Tensor, "*batch t 2 heads head_width"],
    ]:
        """Queries of some tokens; keys and values of all."""
        if isinstance(self.qkv, SeparateProjections):
            q = self.qkv.query(of_queries)
            kv = torch.cat([self.qkv.key(x), self.qkv.value(x)], dim=-1)
        else:
            width, weight, bias = x.shape[-1], self.qkv.weight, self.qkv.bias
            q = F.linear(of_queries, weight[:width], bias[:width])
            kv = F.linear(x, weight[width:], bias[width:])
        heads = (self.num_heads, -1)
        return q.unflatten(-1, heads), kv.unflatten(-1, (2, *heads))

    def _inside(
        self, sequences: Sequences, x: Float[Tensor, "tokens width"], at: At
    ) -> Float[Tensor, "queries heads head_width"]:
        """Each query's mixed values, by head."""
        if self.eager or self.rotary or self.bias is not None:
            raise ValueError(
                "Attention maps, rotary and relative positions need rows of one length, but these "
                "are flat sequences; hand over (batch, tokens, width) with a padding mask."
            )
        if at is None:
            qkv = self.qkv(x).unflatten(-1, (3, self.num_heads, -1))
            return ragged_attention(qkv, sequences, self.dropout)
        assert isinstance(at, Tensor), "of flat sequences outputs are read at indices"
        q, kv = self._project_apart(x[at], x)
        return ragged_attention_at(q, kv, sequences, at, self.dropout)


def attention_weights(
    q: Float[Tensor, "*batch query head_width"],
    k: Float[Tensor, "*batch key head_width"],
    mask: Bool[Tensor, "..."] | None = None,
    bias: Float[Tensor, "..."] | None = None,
) -> Float[Tensor, "*batch query key"]:
    """softmax(q . k / sqrt(head_width) + bias) over the keys where `mask` is True.

    Rows sum to 1. A query without any key to use weighs all keys alike.
    """
    scores = (q * q.shape[-1] ** -0.5) @ k.mT
    if bias is not None:
        scores = scores + bias
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    return scores.softmax(dim=-1)


def padding_mask(valid: Bool[Tensor, "*batch tokens"]) -> Bool[Tensor, "*batch 1 1 tokens"]:
    """Keys that are no padding may be used, by every head and query."""
    return valid[..., None, None, :]


def causal_mask(tokens: int, device: torch.device | None = None) -> Bool[Tensor, "query key"]:
    """Each token may use itself and earlier tokens."""
    return torch.ones(tokens, tokens, dtype=torch.bool, device=device).tril()


@contextmanager
def attention_maps(network: nn.Module) -> Iterator[dict[str, Tensor]]:
    """Read the attention weights of every layer while the network runs.

    Yields a dict that each forward pass fills again: name of the layer -> weights
    (batch, heads, query, key), rows summing to 1, as they are before dropout.

    Raises:
        ValueError: if the network has no `SelfAttention`.
    """
    layers = {n: m for n, m in network.named_modules() if isinstance(m, SelfAttention)}
    if not layers:
        raise ValueError(
            f"Attention maps need a network with self-attention, but {type(network).__name__} "
            f"has none; take a transformer, a vit or a bert."
        )
    maps: dict[str, Tensor] = {}

    def keep(name: str):
        def hook(_: nn.Module, arguments: tuple[Tensor, ...]) -> None:
            maps[name] = arguments[0].detach()

        return hook

    handles = [m.dropout.register_forward_pre_hook(keep(n)) for n, m in layers.items()]
    before = {layer: layer.eager for layer in layers.values()}
    try:
        for layer in before:
            layer.eager = True
        yield maps
    finally:
        for handle in handles:
            handle.remove()
        for layer, value in before.items():
            layer.eager = value


def _outputs_at(x: Tensor, at: At) -> Tensor:
    """The tokens of (..., tokens, width) at these indices."""
    return x if at is None else x[..., at, :]


def _fused_kernel_pays(q: Tensor, dropout: Dropout) -> bool:
    """Whether torch's fused kernel may run here, and is faster than the eager one."""
    if dropout.training and dropout.p > 0:
        return False  # its dropout draws from the global generator
    if inside_transform():
        return False  # it has no rule for vmap and none for forward-mode derivatives
    if q.is_cuda:
        return True
    long = q.shape[-2] >= FUSED_FROM_TOKENS
    return q.dtype == torch.float32 and (long or not gemm_is_fast())


def inside_transform() -> bool:
    """Whether vmap, a functional gradient or forward-mode differentiation is at work here."""
    if torch.compiler.is_compiling():
        return False
    level = torch._C._functorch.maybe_current_level()  # pyright: ignore[reportAttributeAccessIssue]
    return level is not None or forward_ad._current_level >= 0


def _additive(q: Tensor, mask: Tensor | None, bias: Tensor | None) -> Tensor | None:
    """Mask and bias as one tensor to add to the scores."""
    if mask is None:
        return bias
    allowed = torch.zeros((), dtype=q.dtype, device=q.device) if bias is None else bias
    return allowed.masked_fill(~mask, torch.finfo(q.dtype).min)
