"""The repeated unit of every transformer: attention between tokens, then a net on each token."""

import dataclasses
from typing import Literal

import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn

from priorscope.nn.attention import At, SelfAttention
from priorscope.nn.dropout import Dropout, StochasticDepth
from priorscope.nn.sequences import Sequences

Activation = Literal["gelu", "gelu_tanh", "relu"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class BlockOptions:
    """What a block may do differently.

    norm_first: True: x + f(norm(x)) (pre-norm, ViT); False: norm(x + f(x)) (post-norm, BERT).
    activation: of the feed-forward part; "gelu" is the exact one.
    dropout: share of each part's output set to zero in training, before it is added.
    attention_dropout: share of the attention weights set to zero in training.
    stochastic_depth: share of examples that a part is left out for in training; of the last block,
        from 0 before the first one on in equal steps.
    epsilon: added to the variance in each layer norm.
    rotary, max_distance: see `SelfAttention`.
    """

    norm_first: bool = True
    activation: Activation = "gelu"
    dropout: float = 0.0
    attention_dropout: float = 0.0
    stochastic_depth: float = 0.0
    epsilon: float = 1e-6
    rotary: bool = False
    max_distance: int | None = None


class FeedForward(nn.Module):
    """Two layers with an activation between, the same for each token."""

    def __init__(self, width: int, mlp_width: int, activation: Activation = "gelu"):
        super().__init__()
        self.up = nn.Linear(width, mlp_width)
        self.down = nn.Linear(mlp_width, width)
        self.activation: Activation = activation

    def forward(self, x: Float[Tensor, "*batch width"]) -> Float[Tensor, "*batch width"]:
        return self.down(activate(self.up(x), self.activation))


class Block(nn.Module):
    """Self-attention, then a feed-forward net, each added to what came in.

    Args:
        width, num_heads: see `SelfAttention`.
        mlp_width: hidden width of the feed-forward part.
        options: order of the norms, activation, dropout.
    """

    def __init__(
        self, width: int, num_heads: int, mlp_width: int, options: BlockOptions | None = None
    ):
        super().__init__()
        options = options or BlockOptions()
        self.norm_first = options.norm_first
        self.attention = SelfAttention(
            width,
            num_heads,
            dropout=options.attention_dropout,
            rotary=options.rotary,
            max_distance=options.max_distance,
        )
        self.attention_norm = nn.LayerNorm(width, eps=options.epsilon)
        self.mlp = FeedForward(width, mlp_width, options.activation)
        self.mlp_norm = nn.LayerNorm(width, eps=options.epsilon)
        self.attention_dropout = Dropout(options.dropout)
        self.mlp_dropout = Dropout(options.dropout)
        self.attention_path, self.mlp_path = nn.Identity(), nn.Identity()
        if options.stochastic_depth:
            self.attention_path = StochasticDepth(options.stochastic_depth)
            self.mlp_path = StochasticDepth(options.stochastic_depth)

    def forward(
        self,
        x: Float[Tensor, "*batch tokens width"],
        mask: Bool[Tensor, "..."] | Sequences | None = None,
        at: At = None,
    ) -> Float[Tensor, "*batch queries width"]:
        """`mask`, `at`: see `SelfAttention`; no other part knows how tokens are laid out."""
        residual = x if at is None else x[..., at, :]
        if self.norm_first:
            mixed = self.attention(self.attention_norm(x), mask, at)
            x = residual + self.attention_path(self.attention_dropout(mixed))
            return x + self.mlp_path(self.mlp_dropout(self.mlp(self.mlp_norm(x))))
        mixed = self.attention_path(self.attention_dropout(self.attention(x, mask, at)))
        x = self.attention_norm(residual + mixed)
        return self.mlp_norm(x + self.mlp_path(self.mlp_dropout(self.mlp(x))))


class Encoder(nn.Module):
    """`depth` blocks, one after the other; with pre-norm a last norm closes the sum."""

    def __init__(
        self,
        depth: int,
        width: int,
        num_heads: int,
        mlp_width: int,
        options: BlockOptions | None = None,
    ):
        super().__init__()
        options = options or BlockOptions()
        self.blocks = nn.ModuleList(
            Block(width, num_heads, mlp_width, _of_block(options, (number + 1) / depth))
            for number in range(depth)
        )
        self.norm = nn.LayerNorm(width, eps=options.epsilon) if options.norm_first else None

    def forward(
        self,
        x: Float[Tensor, "*batch tokens width"],
        mask: Bool[Tensor, "..."] | Sequences | None = None,
        at: At = None,
    ) -> Float[Tensor, "*batch queries width"]:
        """`mask`, `at`: see `SelfAttention`. The last block computes the outputs at `at` alone."""
        if not self.blocks or (x.is_cuda and isinstance(mask, Sequences)):
            # The GPU's attention kernel for flat sequences wants all queries.
            x = self._through_blocks(x, mask, None)
            x = x if at is None else x[..., at, :]
        else:
            x = self._through_blocks(x, mask, at)
        return x if self.norm is None else self.norm(x)

    def _through_blocks(
        self,
        x: Float[Tensor, "*batch tokens width"],
        mask: Bool[Tensor, "..."] | Sequences | None,
        at: At,
    ) -> Float[Tensor, "*batch queries width"]:
        last = len(self.blocks) - 1
        for number, block in enumerate(self.blocks):
            x = block(x, mask, at if number == last else None)
        return x


def _of_block(options: BlockOptions, place: float) -> BlockOptions:
    """A block's own; place: in (0, 1], 1 is the last one's."""
    return dataclasses.replace(options, stochastic_depth=place * options.stochastic_depth)


def activate(x: Float[Tensor, "..."], activation: Activation) -> Float[Tensor, "..."]:
    """The activation of that name, element by element."""
    if activation == "relu":
        return F.relu(x)
    return F.gelu(x, approximate="tanh" if activation == "gelu_tanh" else "none")
