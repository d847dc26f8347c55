"""BERT's encoder: token, position and segment embeddings, then post-norm blocks."""

from jaxtyping import Bool, Float, Integer
from torch import Tensor, nn

from priorscope.bert.model.shape import BertShape
from priorscope.nn.attention import causal_mask, padding_mask
from priorscope.nn.block import Block, BlockOptions, Encoder
from priorscope.nn.dropout import Dropout
from priorscope.nn.initial import (
    INITIAL_STD,
    NEIGHBOURS,
    PREDECESSORS,
    attend_to_neighbours,
    initialise,
)
from priorscope.nn.position import AddPositions, check_tokens
from priorscope.nn.sequences import Sequences
from priorscope.nn.token_ids import check_ids

Ids = Integer[Tensor, "batch tokens"]
Valid = Bool[Tensor, "batch tokens"]


class Embeddings(nn.Module):
    """Token + position + segment, then a norm: what a token is, where, and in which sentence."""

    def __init__(self, shape: BertShape):
        super().__init__()
        self.tokens = nn.Embedding(shape.vocabulary, shape.width, padding_idx=shape.padding)
        self.positions = AddPositions(shape.max_tokens, shape.width, shape.positions, INITIAL_STD)
        self.segments = nn.Embedding(shape.segments, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.dropout = Dropout(shape.dropout)

    def forward(
        self,
        ids: Integer[Tensor, "*batch tokens"],
        segments: Integer[Tensor, "*batch tokens"] | None = None,
        positions: Integer[Tensor, " tokens"] | None = None,
        vectors: Float[Tensor, "*batch tokens width"] | None = None,
    ) -> Float[Tensor, "*batch tokens width"]:
        """`segments` are all 0 if None; `positions` are 0, 1, ... along a row if None.

        vectors: of the tokens, if they are looked up already (see `look_up_tied`).
        """
        x = self.tokens(ids) if vectors is None else vectors
        x = x + (self.segments.weight[0] if segments is None else self.segments(segments))
        return self.dropout(self.norm(self.positions(x, positions)))


class BertEncoder(nn.Module):
    """What every BERT has: embeddings, blocks and, if `pooler`, a layer on the first token."""

    def __init__(self, shape: BertShape, *, pooler: bool = True):
        super().__init__()
        self.shape = shape
        self.embeddings = Embeddings(shape)
        options = BlockOptions(
            norm_first=False,
            activation=shape.activation,
            dropout=shape.dropout,
            attention_dropout=shape.attention_dropout,
            epsilon=shape.epsilon,
        )
        self.encoder = Encoder(shape.depth, shape.width, shape.num_heads, shape.mlp_width, options)
        self.pooler = nn.Linear(shape.width, shape.width) if pooler else None
        initialise(self)

    def forward(
        self, ids: Ids, segments: Ids | None = None, valid: Valid | None = None
    ) -> Float[Tensor, "batch tokens width"]:
        """Each token's vector after the last block.

        ids: in [0, vocabulary). segments: which sentence, 0 or 1; all 0 if None.
        valid: False on padding; None where nothing is padded.

        Raises:
            ValueError: if a row is too long, or an id isn't in the vocabulary.
        """
        check_tokens(ids.shape[-1], self.shape.max_tokens)
        check_ids(ids, self.shape.vocabulary)
        mask = None if valid is None else padding_mask(valid)
        if self.shape.causal:
            past = causal_mask(ids.shape[-1], ids.device)
            mask = past if mask is None else mask & past
        return self.encoder(self.embeddings(ids, segments), mask)

    def outputs_at(
        self,
        at: Integer[Tensor, " outputs"] | None,
        ids: Integer[Tensor, " tokens"],
        sequences: Sequences,
        segments: Integer[Tensor, " tokens"] | None = None,
        vectors: Float[Tensor, "tokens width"] | None = None,
    ) -> Float[Tensor, "outputs width"]:
        """As `forward`, for sequences end to end on one axis, without work on padding.

        at: flat indices of the tokens whose outputs are wanted; None: all. On a CPU the last
            block computes these alone: a tenth of a step less with 4 blocks, a hundredth with 12.
        vectors: see `Embeddings`.

        Raises:
            ValueError: if a sequence is too long, an id isn't in the vocabulary, or the network
                is causal and the sequences aren't, or the other way round.
        """
        check_tokens(sequences.longest, self.shape.max_tokens)
        check_ids(ids, self.shape.vocabulary)
        if sequences.causal != self.shape.causal:
            raise ValueError(
                f"The network has causal={self.shape.causal}, but the sequences have "
                f"causal={sequences.causal}; make both alike."
            )
        x = self.embeddings(ids, segments, sequences.positions, vectors)
        return self.encoder(x, sequences, at)

    def pool(self, first: Float[Tensor, "batch width"]) -> Float[Tensor, "batch width"]:
        """The first token's vector ([CLS]) through a layer and tanh; represents the sequence."""
        assert self.pooler is not None, "this BERT was built without a pooler"
        return self.pooler(first).tanh()

    def attend_to_neighbours(self) -> None:
        """Other initial values of learned positions and of the first block, see `nn.initial`."""
        table, first = self.embeddings.positions.table, self.encoder.blocks[0]
        assert isinstance(table, nn.Parameter), "only learned positions have initial values"
        assert isinstance(first, Block)
        offsets = PREDECESSORS if self.shape.causal else NEIGHBOURS
        attend_to_neighbours(table, first.attention, offsets)
