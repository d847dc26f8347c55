"""What is put on top of BERT's encoder; named as in Hugging Face's transformers."""

from typing import ClassVar

import torch
from jaxtyping import Float, Integer
from torch import Tensor, nn

from priorscope.bert.model.chunked_loss import chunked_loss, of_logits
from priorscope.bert.model.encoder import BertEncoder, Ids, Valid
from priorscope.bert.model.shape import BertShape
from priorscope.bert.model.tied import look_up_tied
from priorscope.bert.model.token_head import TokenHead
from priorscope.nn.dropout import Dropout
from priorscope.nn.initial import initialise
from priorscope.nn.sequences import Sequences

FlatIds = Integer[Tensor, " tokens"]


class BertWithHead(nn.Module):
    """An encoder, `bert`, and a head that reads its outputs; subclasses say which.

    pooler: whether the encoder has one.
    """

    pooler: ClassVar[bool] = False

    def __init__(self, shape: BertShape):
        super().__init__()
        self.shape = shape
        self.bert = BertEncoder(shape, pooler=self.pooler)

    def forward(
        self, ids: Ids, segments: Ids | None = None, valid: Valid | None = None
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Arguments as `BertEncoder`; what is returned, see `head`."""
        return self.head(self.bert(ids, segments, valid))

    def head(self, x: Float[Tensor, "batch tokens width"]) -> Tensor | tuple[Tensor, Tensor]:
        """What the encoder's outputs become."""
        raise NotImplementedError


class BertForMaskedLM(BertWithHead):
    """Predicts masked tokens from the tokens around them.

    sharded: whether this process holds a part of each parameter (`bert.training.sharding`).
    loss_in_chunks: whether a training decodes some of the masked tokens at a time.
    """

    sharded = False
    loss_in_chunks = False

    def __init__(self, shape: BertShape):
        super().__init__(shape)
        self.tokens = TokenHead(shape)
        self._of_logits = of_logits

    def head(self, x: Float[Tensor, "batch tokens width"]) -> Tensor | tuple[Tensor, Tensor]:
        """(batch, tokens, vocabulary) logits."""
        return self.tokens(x, self.bert.embeddings.tokens.weight)

    def loss_parts(
        self,
        ids: FlatIds,
        at: Integer[Tensor, " masked"],
        targets: Integer[Tensor, " masked"],
        sequences: Sequences,
        segments: FlatIds | None = None,
        follows: Integer[Tensor, " sequences"] | None = None,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Sums of losses in nats and right predictions: of tokens, and of pairs (0 without).

        All that training reads of the parameters is read in here.

        Args:
            ids: of sequences end to end. segments: of each token.
            at: flat indices of the masked tokens. targets: what stood there.
            follows: 0 where a sequence's second sentence follows the first; for those who learn it.
        """
        vectors, table = look_up_tied(ids, self.bert.embeddings.tokens)
        x = self.bert.outputs_at(at, ids, sequences, segments, vectors)
        zero = torch.zeros((), device=ids.device)
        return (*self.token_loss(x, table, targets), zero, zero)

    def token_loss(
        self,
        x: Float[Tensor, "masked width"],
        table: Float[Tensor, "vocabulary width"],
        targets: Integer[Tensor, " masked"],
    ) -> tuple[Float[Tensor, ""], Integer[Tensor, ""]]:
        """Sum of the cross-entropies in nats, and how many targets are the likeliest token.

        In float32, or float64 for such a network. A target of -100 counts for nothing.
        """
        if self.loss_in_chunks and torch.is_grad_enabled():
            read = self.tokens.read(x)
            return chunked_loss(read, *self.tokens.decoder(x, table), targets, self._of_logits)
        logits = self.tokens.in_training(x, table)
        exact = logits.float() if logits.dtype == torch.bfloat16 else logits
        loss = nn.functional.cross_entropy(exact, targets, reduction="sum")
        return loss, (logits.detach().argmax(-1) == targets).sum()

    def compile_training(self) -> None:
        """Have torch compile embeddings, each block, and the head with its loss; once.

        Each by itself: twelve equal blocks are compiled once, and what stands between them (a
        lookup whose gradient is written by hand) stays as it is.
        """
        self.bert.embeddings.compile()
        for block in self.bert.encoder.blocks:
            block.compile()
        if self.loss_in_chunks:
            self.tokens.read = torch.compile(self.tokens.read)
            self._of_logits = torch.compile(of_logits)
        else:
            self.token_loss = torch.compile(self.token_loss)


class BertForPreTraining(BertForMaskedLM):
    """Predicts masked tokens, and whether the second sentence follows the first."""

    pooler = True

    def __init__(self, shape: BertShape):
        super().__init__(shape)
        self.next_sentence = nn.Linear(shape.width, 2)
        initialise(self.next_sentence)

    def loss_parts(
        self,
        ids: FlatIds,
        at: Integer[Tensor, " masked"],
        targets: Integer[Tensor, " masked"],
        sequences: Sequences,
        segments: FlatIds | None = None,
        follows: Integer[Tensor, " sequences"] | None = None,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """See `BertForMaskedLM`; a pair is read off its first token."""
        assert follows is not None, "a network that learns from pairs needs pairs"
        vectors, table = look_up_tied(ids, self.bert.embeddings.tokens)
        read = torch.cat([at, sequences.offsets[:-1]])
        x = self.bert.outputs_at(read, ids, sequences, segments, vectors)
        of_tokens, firsts = x.split([len(targets), len(follows)])
        loss, right = self.token_loss(of_tokens, table, targets)
        of_pairs = self.next_sentence(self.bert.pool(firsts))
        exact = of_pairs.float() if of_pairs.dtype == torch.bfloat16 else of_pairs
        pair_loss = nn.functional.cross_entropy(exact, follows, reduction="sum")
        return loss, right, pair_loss, (of_pairs.detach().argmax(-1) == follows).sum()

    def head(self, x: Float[Tensor, "batch tokens width"]) -> Tensor | tuple[Tensor, Tensor]:
        """(batch, tokens, vocabulary), and (batch, 2): follows, doesn't follow."""
        of_tokens = self.tokens(x, self.bert.embeddings.tokens.weight)
        return of_tokens, self.next_sentence(self.bert.pool(x[:, 0]))


class BertWithReadout(BertWithHead):
    """A linear layer over classes; subclasses say what it reads."""

    def __init__(self, shape: BertShape, num_classes: int):
        super().__init__(shape)
        self.dropout = Dropout(shape.dropout)
        self.readout = nn.Linear(shape.width, num_classes)
        initialise(self.readout)


class BertForSequenceClassification(BertWithReadout):
    """One class per sequence, read off the pooler."""

    pooler = True

    def head(self, x: Float[Tensor, "batch tokens width"]) -> Tensor | tuple[Tensor, Tensor]:
        """(batch, classes) logits."""
        return self.readout(self.dropout(self.bert.pool(x[:, 0])))


class BertForTokenClassification(BertWithReadout):
    """One class per token."""

    def head(self, x: Float[Tensor, "batch tokens width"]) -> Tensor | tuple[Tensor, Tensor]:
        """(batch, tokens, classes) logits."""
        return self.readout(self.dropout(x))
