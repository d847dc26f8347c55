"""Training on a prefix, and on nothing beyond it: validation split, early stopping, calibration."""

import time
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from priorscope.core.deadline import Deadline
from priorscope.core.precision import with_float64
from priorscope.core.seeds import GlobalStream, global_seed
from priorscope.core.signature import Signature
from priorscope.train.optimizers import replica_optimizer
from priorscope.train.prefix import Prefix, TrainingResult
from priorscope.train.recipe import Learner
from priorscope.train.replica import Replica, to_tensor
from priorscope.train.replicas import Replicas, Snapshot

EVALUATION_BATCH = 512  # examples predicted at once, of all replicas together


class Training:
    """One learner trained on several prefixes at once, a replica for each.

    Args:
        learner: the architecture and its recipe.
        signature: what the data feed it, and what is to be predicted.
        prefixes: what each replica may use; all of one length.
        device: where to train.
        deadline: `DeadlinePassed` is raised afterwards; none by default.
    """

    def __init__(
        self,
        learner: Learner,
        signature: Signature,
        prefixes: Sequence[Prefix],
        device: torch.device,
        deadline: Deadline | None = None,
    ):
        self.learner, self.recipe = learner, learner.recipe
        self.target, self.device = signature.target, device
        self.deadline = deadline or Deadline()
        self.replicas = [Replica.of(p, signature, self.recipe, device) for p in prefixes]
        self.active = list(self.replicas)  # those whose parameters are rows of `networks`
        networks = []
        for prefix in prefixes:
            with global_seed(prefix.seed, "init"):
                networks.append(learner.model.build(self.replicas[0].reader.network_signature))
        together = learner.model.vectorises or len(prefixes) > 1
        self.networks = Replicas(networks, device, together)
        self.optimizer = replica_optimizer(self.recipe, self.networks.parameters)
        self.noise = GlobalStream(prefixes[0].seed, "noise")  # of networks that draw their own

    def run(self) -> list[TrainingResult]:
        """Train, restore each replica's best step, calibrate.

        Raises:
            DeadlinePassed: if the time is over before the training is.
        """
        started = self._clock()
        with self.noise:
            for _ in self.turns():
                pass
        seconds = (self._clock() - started) / len(self.replicas)
        for replica in self.replicas:
            replica.result.seconds = seconds
        return [replica.result for replica in self.replicas]

    def turns(self) -> Iterator[None]:
        """What `run` does, one update or one evaluation a turn, for several that take turns.

        Between an evaluation and what is read off it there is a turn: a GPU isn't waited for.
        """
        best = self.networks.snapshot()
        yield from self._train(best)
        self.networks.restore(best)
        self.active = list(self.replicas)
        outputs = list(map(with_float64, self._validation_outputs()))
        for replica, own in zip(self.replicas, outputs, strict=True):
            result, targets = replica.result, with_float64(replica.validation_targets)
            if result.problem is None:
                result.calibration = self.target.calibrate(own, targets, replica.split.marginal)

    def step(self, step: int, shares: Sequence[float]) -> None:
        """One update of the active replicas, on the batches planned for `step`.

        shares: of the peak learning rate, one for each of them.
        """
        pairs = [replica.batch(step, self.recipe.augment) for replica in self.active]
        x, y = (torch.stack(tensors) for tensors in zip(*pairs, strict=True))
        self.networks.train(True)
        loss = self.target.loss(self.networks(x), y).sum() / y.shape[1]
        self.networks.backward(loss)
        parameters, gradients = self.networks.parameters, self.networks.gradients
        if self.networks.together:
            rates = self.learner.learning_rate * torch.tensor(shares)
            self.optimizer.step_rows(parameters, gradients, rates.to(parameters))
        else:
            self.optimizer.step(parameters, gradients, self.learner.learning_rate * shares[0])

    def time_steps(self, count: int) -> float:
        """Seconds of one update of all replicas: the median of `count`, after one to warm up."""
        seconds = []
        for _ in range(count + 1):
            started = time.perf_counter()
            self.step(0, [0.0] * len(self.active))
            seconds.append(time.perf_counter() - started)
        return sorted(seconds[1:])[count // 2]

    def _train(self, best: Snapshot) -> Iterator[None]:
        """Until no replica goes on; `best` becomes each one's parameters at its best evaluation."""
        done, training = 0, list(self.replicas)
        while training:
            until = min(replica.plan.next_evaluation(done) for replica in training)
            for step in range(done, until):
                self.step(step, [replica.plan.rate(step) for replica in self.active])
                yield
            done = until
            self.deadline.check()
            due = [r for r in training if r.plan.next_evaluation(done - 1) == done]
            losses = self._losses()
            yield
            self._evaluated(due, losses.tolist(), done, best)
            training = [replica for replica in training if replica.continues(done)]
            if training and len(training) <= len(self.active) // 2:
                self._keep(training)

    def _losses(self) -> Float[Tensor, " active"]:
        """On the validation parts of the active replicas."""
        outputs = torch.stack(self._validation_outputs())
        encoded = torch.stack([replica.validation_targets for replica in self.active])
        marginals = [replica.split.marginal for replica in self.active]
        return self.target.validation_loss(outputs, encoded, marginals)

    def _evaluated(
        self, due: list[Replica], losses: Sequence[float], done: int, best: Snapshot
    ) -> None:
        """Record the losses of those that are due; who improved is copied into `best`."""
        improved = [
            row
            for row, (replica, loss) in enumerate(zip(self.active, losses, strict=True))
            if replica in due and replica.evaluated(loss, done)
        ]
        best.update(
            [self.replicas.index(self.active[row]) for row in improved], self.networks, improved
        )

    def _keep(self, training: list[Replica]) -> None:
        """Compute nothing for the others any more."""
        rows = [row for row, replica in enumerate(self.active) if replica in training]
        self.networks.keep(rows)
        self.optimizer.keep(rows)
        self.active = training

    def _clock(self) -> float:
        return time.process_time() if self.device.type == "cpu" else time.perf_counter()

    @torch.no_grad()
    def _validation_outputs(self) -> list[Float[Tensor, "examples outputs"]]:
        """Of the active replicas."""
        self.networks.train(False)
        inputs = torch.stack([replica.validation_inputs for replica in self.active])
        size = _evaluation_batch(len(inputs))
        return list(torch.cat([self.networks(part) for part in inputs.split(size, dim=1)], dim=1))

    @torch.no_grad()
    def outputs(self, inputs: Sequence[np.ndarray]) -> list[Tensor]:
        """Each replica's outputs on inputs of its own, on the CPU; all of one length."""
        self.networks.train(False)
        parts, size = [], _evaluation_batch(len(inputs))
        for start in range(0, len(inputs[0]), size):
            read = [
                replica.reader(to_tensor(x[start : start + size], self.device))
                for replica, x in zip(self.replicas, inputs, strict=True)
            ]
            parts.append(self.networks(torch.stack(read)).cpu())
        return list(torch.cat(parts, dim=1)) if parts else []

    def network(self, index: int, inputs: np.ndarray) -> tuple[nn.Module, Tensor, Signature]:
        """A replica alone, `inputs` as it reads them, and their signature."""
        reader = self.replicas[index].reader
        read = reader(to_tensor(inputs, self.device))
        return self.networks.network(index), read, reader.network_signature


def _evaluation_batch(replicas: int) -> int:
    """Examples of each replica that are predicted at once."""
    return max(1, EVALUATION_BATCH // replicas)
