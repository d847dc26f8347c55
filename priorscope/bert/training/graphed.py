"""The training step as one CUDA graph for all batches of nearly one size.

A compiled step of BERT-Base is a thousand launches, and a host that compiles or reads text beside
it can't keep up with the device. A batch is copied to fixed addresses, filled up to its bucket with
tokens that count for nothing, and one launch computes it.
"""

import dataclasses

import numpy as np
import torch
from torch import Tensor

from priorscope.bert.data.packing import MaskedBatch
from priorscope.bert.model.heads import BertForMaskedLM, BertForPreTraining
from priorscope.bert.training.step import COUNTS_FOR_NOTHING, StepResult, train_step
from priorscope.nn.sequences import Sequences
from priorscope.train.adamw import ClippedAdamW
from priorscope.train.deck import send
from priorscope.train.graph import Repeated

PARTS = 64  # of a step's tokens: buckets are multiples of one
MOST = 8  # buckets, each a graph; batches of other sizes are computed as they are


@dataclasses.dataclass(frozen=True)
class Bucket:
    """What batches of one graph share. longest: of a sequence; equal: all are as long."""

    tokens: int
    masked: int
    sequences: int
    longest: int
    equal: bool
    has_segments: bool


class GraphedStep:
    """`train_step` of one process on batches of one part.

    Args:
        network: in training mode, without next sentences, on its device.
        optimizer: of the network.
        tokens: of a batch at most, about.
        longest: tokens of a sequence at most.
        capture: whether the step becomes a graph; on a CPU it never does.
    """

    def __init__(
        self,
        network: BertForMaskedLM,
        optimizer: ClippedAdamW,
        tokens: int,
        longest: int,
        capture: bool = True,
    ):
        assert not isinstance(network, BertForPreTraining), "pairs have no graph"
        self._network, self._optimizer = network, optimizer
        self._part, self._longest, self._capture = max(1, tokens // PARTS), longest, capture
        self.device = next(network.parameters()).device
        self._slots: dict[Bucket, _Slot] = {}
        self._stream = torch.cuda.Stream(self.device) if self.device.type == "cuda" else None
        optimizer.make_capturable(self.device)

    def __call__(self, batch: MaskedBatch, learning_rate: float) -> StepResult:
        """See `train_step`."""
        bucket = self._bucket(batch)
        if not len(batch.positions) or (bucket not in self._slots and len(self._slots) == MOST):
            return train_step(self._network, self._optimizer, [batch], learning_rate)
        if bucket not in self._slots:
            made = _Slot(bucket, self._network, self._optimizer, self.device, self._capture)
            self._slots[bucket] = made
        if self._stream is None:
            return self._slots[bucket](batch, learning_rate)
        before = torch.cuda.current_stream(self.device)
        self._stream.wait_stream(before)
        with torch.cuda.stream(self._stream):
            result = self._slots[bucket](batch, learning_rate)
        before.wait_stream(self._stream)
        return result

    @property
    def captured(self) -> bool:
        """Whether every bucket that was used three times is a graph by now."""
        return all(slot.again.problem is None for slot in self._slots.values())

    def _bucket(self, batch: MaskedBatch) -> Bucket:
        lengths = np.diff(batch.offsets)
        longest, part = int(lengths.max()), self._part
        equal = longest * len(lengths) == len(batch.tokens)
        if equal:  # nothing to fill up: filling would make them unequal
            tokens, sequences = len(batch.tokens), len(lengths)
        else:
            tokens, longest = _up(len(batch.tokens), part), max(longest, self._longest)
            filling = -(-(tokens - len(batch.tokens)) // longest)
            sequences = _up(len(lengths) + filling, part)
        masked = _up(len(batch.positions), part)
        return Bucket(tokens, masked, sequences, longest, equal, batch.segments is not None)


class _Slot:
    """A bucket's tensors at fixed addresses, and the step that reads them."""

    def __init__(
        self,
        bucket: Bucket,
        network: BertForMaskedLM,
        optimizer: ClippedAdamW,
        device: torch.device,
        capture: bool,
    ):
        self._bucket, self._network, self._optimizer = bucket, network, optimizer
        self._ids, self._at, self._targets = (
            torch.zeros(count, dtype=torch.int64, device=device)
            for count in (bucket.tokens, bucket.masked, bucket.masked)
        )
        self._segments = torch.zeros_like(self._ids) if bucket.has_segments else None
        self._sequences = FixedSequences(bucket, network.shape.causal, device)
        self._tokens, self._rate = (torch.ones((), device=device) for _ in range(2))
        self._sums = torch.zeros(2, dtype=torch.float64, device=device)
        self.again = Repeated(self._step, device, capture)

    def __call__(self, batch: MaskedBatch, learning_rate: float) -> StepResult:
        """Fill in and compute; the host doesn't wait."""
        masked = self._bucket.masked
        send(_filled(batch.tokens, self._bucket.tokens, 0), self._ids)
        send(_filled(batch.positions, masked, 0), self._at)
        send(_filled(batch.targets, masked, COUNTS_FOR_NOTHING), self._targets)
        if self._segments is not None and batch.segments is not None:
            send(_filled(batch.segments, self._bucket.tokens, 0), self._segments)
        self._sequences.fill(batch.offsets)
        self._tokens.fill_(len(batch.positions))
        self._rate.fill_(learning_rate)
        self.again()
        self._optimizer.set_rate(learning_rate)  # as a number, for who stores it
        total, right = self._sums.clone().unbind()
        return StepResult(total, right, len(batch.positions))

    def _step(self) -> None:
        loss, right, _, _ = self._network.loss_parts(
            self._ids, self._at, self._targets, self._sequences, self._segments
        )
        (loss / self._tokens).backward()
        self._sums.copy_(torch.stack([loss.detach().double(), right.double()]))
        self._optimizer.step(self._rate)


class FixedSequences(Sequences):
    """Sequences whose offsets and positions lie at fixed addresses; of one bucket."""

    def __init__(self, bucket: Bucket, causal: bool, device: torch.device):
        start = np.minimum(np.arange(bucket.sequences + 1) * bucket.longest, bucket.tokens)
        super().__init__(
            torch.from_numpy(np.unique(np.append(start, bucket.tokens))),
            causal=causal,
            device=device,
        )
        self.longest, self.equal = bucket.longest, bucket.equal
        self.offsets = torch.zeros(bucket.sequences + 1, dtype=torch.int64, device=device)
        self.positions = torch.zeros(bucket.tokens, dtype=torch.int64, device=device)

    def fill(self, offsets: np.ndarray) -> None:
        """Become these sequences, sequences of filling after them, and empty ones at the end."""
        filling = np.arange(int(offsets[-1]), self.tokens, self.longest)[1:]
        ends = np.concatenate([offsets, filling, [self.tokens]])
        self._starts = np.unique(ends)  # for a CPU, where attention is planned for each batch
        self._plans.clear()
        lengths = np.diff(self._starts)
        positions = np.arange(self.tokens) - np.repeat(self._starts[:-1], lengths)
        send(torch.from_numpy(positions), self.positions)
        send(_filled(self._starts, len(self.offsets), self.tokens), self.offsets)


def _filled(values: np.ndarray, count: int, by: int) -> Tensor:
    filled = np.full(count, by, np.int64)
    filled[: len(values)] = values
    return torch.from_numpy(filled)


def _up(count: int, part: int) -> int:
    """To a multiple."""
    return -(-count // part) * part
