"""Networks that can't share a replica axis, several at a time, each on a stream of the GPU."""

from collections.abc import Sequence

import torch

from priorscope.train.graph import side_stream
from priorscope.train.loop import Training
from priorscope.train.prefix import TrainingResult

_END = object()


def train_in_turn(trainings: Sequence[Training], device: torch.device) -> list[TrainingResult]:
    """Run them all, one update of each in turn; each computes what it would alone.

    On a GPU each has a stream of its own, so that one's kernels run beside another's and only its
    own results are waited for. On a CPU it is the same turns without streams.

    Raises:
        DeadlinePassed: if the time is over before one of them is done.
        torch.OutOfMemoryError: if they are too many for the device.
    """
    lanes = [(training, training.turns(), side_stream(device)) for training in trainings]
    while lanes:
        going = []
        for training, turns, stream in lanes:
            with stream, training.noise:
                if next(turns, _END) is not _END:
                    going.append((training, turns, stream))
        lanes = going
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return [replica.result for training in trainings for replica in training.replicas]
