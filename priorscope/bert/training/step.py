"""The one training step of masked language models; pre-training, benchmarks and tests call it.

Nothing is spent on padding, nor on logits of tokens that aren't masked.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from priorscope.bert.data.packing import MaskedBatch
from priorscope.bert.model.heads import BertForMaskedLM, BertForPreTraining
from priorscope.bert.training.processes import Processes
from priorscope.nn.sequences import Sequences
from priorscope.train.adamw import ClippedAdamW

ALONE = Processes()
COUNTS_FOR_NOTHING = -100  # as a target, see `token_loss`


@dataclasses.dataclass(frozen=True)
class LossSums:
    """Sums over a batch; divide by `tokens` and `pairs` for means.

    loss: cross-entropy of the masked tokens, nats. right: how many were predicted.
    pair_loss, pairs_right: the same of the pairs, if there are pairs.
    tokens, pairs: how many there are.
    """

    loss: Tensor
    right: Tensor
    tokens: int
    pair_loss: Tensor
    pairs_right: Tensor
    pairs: int


@dataclasses.dataclass(frozen=True)
class StepResult:
    """What a step saw before it changed the parameters, of all processes together.

    loss: sum over the masked tokens, nats. right: how many were predicted. tokens: masked ones.
    """

    loss: Tensor
    right: Tensor
    tokens: int

    @property
    def mean_loss(self) -> float:
        """Nats per masked token; waits for the device."""
        return float(self.loss) / self.tokens


def train_step(
    network: BertForMaskedLM,
    optimizer: ClippedAdamW,
    batches: Sequence[MaskedBatch],
    learning_rate: float,
    processes: Processes = ALONE,
) -> StepResult:
    """Forward, backward, clipping, AdamW.

    Args:
        network: in training mode; a `BertForPreTraining` learns from pairs as well.
        optimizer: of the network.
        batches: this process's parts of the step, computed one after the other.
        learning_rate: of this step.
        processes: that take the step together.
    """
    device = next(network.parameters()).device
    counts = torch.tensor(
        [sum(len(b.positions) for b in batches), sum(len(b.offsets) - 1 for b in batches)]
    )
    if processes.count > 1:
        counts = processes.add(counts.to(device))
    tokens, pairs = (max(1, int(count)) for count in counts)
    sums = torch.zeros(2, dtype=torch.float64, device=device)
    for batch in batches:
        part = loss_sums(network, batch)
        loss = part.loss / tokens + part.pair_loss / pairs
        if loss.requires_grad:
            loss.backward()
        sums += torch.stack([part.loss.detach(), part.right])
    processes.add_gradients(network)
    optimizer.step(learning_rate)
    total, right = processes.add(sums).unbind()
    return StepResult(total, right, tokens)


def loss_sums(network: BertForMaskedLM, batch: MaskedBatch) -> LossSums:
    """Run the network on a batch; without a masked token the sums are 0.

    Logits are float32, or float64 for such a network. The batch is moved to the network's device.
    """
    device = next(network.parameters()).device
    at, targets = batch.positions, batch.targets
    if not len(at) and network.sharded:  # all processes run it together, whatever they have
        at, targets = np.zeros(1, np.int64), np.full(1, COUNTS_FOR_NOTHING)
    learns_pairs = isinstance(network, BertForPreTraining)
    if not len(at) and not learns_pairs:
        zero = torch.zeros((), device=device)
        return LossSums(zero, zero, 0, zero, zero, 0)
    loss, right, pair_loss, pairs_right = network.loss_parts(
        _send(batch.tokens, device),
        _send(at, device),
        _send(targets, device),
        Sequences(torch.from_numpy(batch.offsets), causal=network.shape.causal, device=device),
        None if batch.segments is None else _send(batch.segments, device),
        _send(batch.follows, device) if learns_pairs and batch.follows is not None else None,
    )
    pairs = len(batch.offsets) - 1 if learns_pairs else 0
    return LossSums(loss, right, len(batch.targets), pair_loss, pairs_right, pairs)


def _send(array: np.ndarray, device: torch.device) -> Tensor:
    """To the device; the host doesn't wait for what the device is doing."""
    tensor = torch.from_numpy(array)
    if device.type != "cuda":
        return tensor.to(device)
    return tensor.pin_memory().to(device, non_blocking=True)
