"""Training on a prefix, and on nothing beyond it: validation split, early stopping, calibration."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from priorscope.core.seeds import derive, global_seed, torch_stream
from priorscope.core.signature import Signature
from priorscope.train.adamw import ReplicaAdamW
from priorscope.train.augment import augment
from priorscope.train.calibrate import Calibration, calibrate, validation_loss
from priorscope.train.inputs import Reader, epochs_of_batches
from priorscope.train.recipe import Learner, Recipe
from priorscope.train.replicas import Replicas, Snapshot

VALIDATION_SHARE = 0.2
FEWEST_LOOKS, MOST_LOOKS = 5, 25  # times that the validation split is looked at
LOOK_SHARE = 0.2  # of the training's forward passes that looks may cost beyond the fewest
PASSES = 3  # forward passes that an update costs
CLIP = 1.0
PREPARED_BYTES = 256 * 2**20  # training parts up to this size are standardised once
EVALUATION_BATCH = 512  # examples predicted at once, of all replicas together


class DeadlinePassed(Exception):
    """The budget ended while a network was trained; nothing of it counts."""


@dataclass(frozen=True)
class Prefix:
    """The first examples of one draw under one structure: all that a learner may use.

    inputs: (examples, *input_shape). targets: (examples,).
    seed: decides initial parameters, the validation split, batches, dropout and augmentation.
    """

    inputs: np.ndarray
    targets: np.ndarray
    seed: int


@dataclass
class Fitted:
    """A trained and calibrated network; `problem` says why there is none."""

    calibration: Calibration = field(default_factory=lambda: Calibration(1.0, 1.0))
    validation_loss: float = math.nan
    steps: int = 0
    seconds: float = 0.0
    problem: str | None = None


def split_validation(targets: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Places of the training and validation parts of a prefix.

    A fifth for validation, spread evenly over the classes: examples are shuffled, grouped by
    class, and every fifth of that list is taken.
    """
    shuffled = np.random.default_rng(derive(seed, "validation")).permutation(len(targets))
    grouped = shuffled[np.argsort(targets[shuffled], kind="stable")]
    every = round(1 / VALIDATION_SHARE)
    chosen = np.zeros(len(targets), dtype=bool)
    chosen[grouped[every // 2 :: every]] = True
    if not chosen.any():
        chosen[grouped[-1]] = True
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


class Training:
    """One learner trained on several prefixes at once, a replica for each.

    Args:
        learner: the architecture and its recipe.
        signature: what the data feed it.
        prefixes: what each replica may use.
        device: where to train.
        deadline: `time.time()` after which `DeadlinePassed` is raised.
    """

    def __init__(
        self,
        learner: Learner,
        signature: Signature,
        prefixes: Sequence[Prefix],
        device: torch.device,
        deadline: float = math.inf,
    ):
        self.learner, self.recipe = learner, learner.recipe
        self.device, self.deadline = device, deadline
        self.splits = [split_validation(p.targets, p.seed) for p in prefixes]
        self.readers = [
            Reader(p.inputs[train], signature, self.recipe).to(device)
            for p, (train, _) in zip(prefixes, self.splits, strict=True)
        ]
        self.sources = [
            Source(p, train, reader, device)
            for p, (train, _), reader in zip(prefixes, self.splits, self.readers, strict=True)
        ]
        self.validation = [
            (reader(_tensor(p.inputs[chosen], device)), _tensor(p.targets[chosen], device))
            for p, (_, chosen), reader in zip(prefixes, self.splits, self.readers, strict=True)
        ]
        self.prefixes = prefixes
        networks = []
        for prefix in prefixes:
            with global_seed(prefix.seed, "init"):
                networks.append(learner.model.build(self.readers[0].network_signature))
        together = learner.model.vectorises or len(prefixes) > 1
        self.replicas = Replicas(networks, device, together)

    def run(self) -> list[Fitted]:
        """Train, restore each replica's best step, calibrate."""
        started = time.process_time() if self.device.type == "cpu" else time.perf_counter()
        fitted = [Fitted() for _ in self.prefixes]
        best = self._train(fitted)
        self.replicas.restore(best)
        self.replicas.train(False)
        with torch.no_grad():
            logits = self._validation_logits(range(len(fitted)))
        clock = time.process_time() if self.device.type == "cpu" else time.perf_counter()
        for r, result in enumerate(fitted):
            result.seconds = (clock - started) / len(fitted)
            if result.problem is None:
                result.calibration = calibrate(logits[r], self.validation[r][1])
        return fitted

    def _train(self, fitted: list[Fitted]) -> Snapshot:
        replicas, recipe = self.replicas, self.recipe
        batches = [
            epochs_of_batches(
                len(s), recipe.batch, s.steps(recipe), torch_stream(p.seed, "batches")
            )
            for s, p in zip(self.sources, self.prefixes, strict=True)
        ]
        steps = len(batches[0])
        plan = torch.stack(batches, dim=1)  # (steps, replicas, batch)
        noise = [torch_stream(p.seed, "augment") for p in self.prefixes]
        optimiser = self._optimiser()
        look_every = self._look_every(steps, plan.shape[-1])
        patience = math.ceil(recipe.patience * steps)
        best = replicas.snapshot()
        active = going = list(range(len(fitted)))  # computed; still being trained
        lowest, since = [math.inf] * len(fitted), [0] * len(fitted)
        for step in range(steps):
            self._backward(plan[step, active], active, noise)
            rate = self.learner.learning_rate * _schedule(step, steps)
            optimiser.step(replicas.parameters, replicas.gradients, rate)
            if (step + 1) % look_every and step + 1 < steps:
                continue
            if time.time() > self.deadline:
                raise DeadlinePassed
            losses = dict(zip(active, self._look(active), strict=True))
            improved = [r for r in going if losses[r] < lowest[r]]
            best.update(improved, replicas, [active.index(r) for r in improved])
            for r in improved:
                lowest[r], since[r] = losses[r], step
            for r in going:
                fitted[r].steps, fitted[r].validation_loss = step + 1, lowest[r]
                if math.isnan(losses[r]):
                    fitted[r].problem = f"the validation loss became NaN by step {step + 1}"
            going = [r for r in going if fitted[r].problem is None and step - since[r] < patience]
            if not going:
                break
            if len(going) <= len(active) // 2:
                rows = [active.index(r) for r in going]
                replicas.keep(rows)
                optimiser.keep(rows)
                active = going
        return best

    def _backward(self, places: Tensor, active: list[int], noise: list[torch.Generator]) -> None:
        """Gradients of the active replicas' mean losses; places: (active, batch)."""
        drawn = [self.sources[r].batch(row) for r, row in zip(active, places, strict=True)]
        x = torch.stack(
            [_augmented(x, self.recipe, noise[r]) for r, (x, _) in zip(active, drawn, strict=True)]
        )
        y = torch.stack([y for _, y in drawn])
        self.replicas.train(True)
        logits = self.replicas(x)
        loss = functional.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="sum")
        self.replicas.backward(loss / y.shape[1])

    def time_steps(self, count: int) -> float:
        """Seconds of one update of all replicas: the median of `count`, after one to warm up."""
        plan = [torch.arange(self.recipe.batch) % len(s) for s in self.sources]
        noise = [torch_stream(p.seed, "augment") for p in self.prefixes]
        replicas, optimiser = self.replicas, self._optimiser()
        active = list(range(len(self.prefixes)))
        seconds = []
        for _ in range(count + 1):
            started = time.perf_counter()
            self._backward(torch.stack(plan), active, noise)
            optimiser.step(replicas.parameters, replicas.gradients, 0.0)
            seconds.append(time.perf_counter() - started)
        return sorted(seconds[1:])[count // 2]

    def _optimiser(self) -> ReplicaAdamW:
        return ReplicaAdamW(
            self.replicas.parameters, weight_decay=self.recipe.weight_decay, largest_norm=CLIP
        )

    def _look_every(self, steps: int, batch: int) -> int:
        """Steps between looks: many looks where they are cheap beside the training."""
        passes = PASSES * steps * batch
        affordable = int(LOOK_SHARE * passes / len(self.validation[0][1]))
        return max(1, steps // max(FEWEST_LOOKS, min(MOST_LOOKS, affordable)))

    @torch.no_grad()
    def _look(self, active: list[int]) -> list[float]:
        self.replicas.train(False)
        logits = self._validation_logits(active)
        targets = torch.stack([self.validation[r][1] for r in active])
        return validation_loss(torch.stack(logits), targets).tolist()

    def _validation_logits(self, active: Sequence[int]) -> list[Float[Tensor, "examples classes"]]:
        inputs = torch.stack([self.validation[r][0] for r in active])
        parts = [self.replicas(part) for part in inputs.split(_chunk(len(inputs)), dim=1)]
        return list(torch.cat(parts, dim=1))

    @torch.no_grad()
    def logits(self, inputs: Sequence[np.ndarray]) -> list[Tensor]:
        """Each replica's logits on `inputs` of its own, on the CPU; all of one length."""
        parts, size = [], _chunk(len(inputs))
        for start in range(0, len(inputs[0]), size):
            chunk = [_tensor(x[start : start + size], self.device) for x in inputs]
            x = torch.stack([read(part) for read, part in zip(self.readers, chunk, strict=True)])
            parts.append(self.replicas(x).cpu())
        return list(torch.cat(parts, dim=1)) if parts else []

    def network(self, place: int, inputs: np.ndarray) -> tuple[nn.Module, Tensor, Signature]:
        """A replica alone, `inputs` as it reads them, and what that looks like."""
        reader = self.readers[place]
        read = reader(_tensor(inputs, self.device))
        return self.replicas.network(place), read, reader.network_signature


class Source:
    """The training part of a prefix, ready to give batches."""

    def __init__(self, prefix: Prefix, places: np.ndarray, reader: Reader, device: torch.device):
        self.targets = _tensor(prefix.targets[places], device)
        self.reader = reader
        inputs = _tensor(prefix.inputs[places], device)
        self.prepared = inputs.numel() * 4 <= PREPARED_BYTES
        self.inputs = reader(inputs) if self.prepared else inputs

    def __len__(self) -> int:
        return len(self.targets)

    def steps(self, recipe: Recipe) -> int:
        """Updates planned."""
        return recipe.planned_steps(len(self))

    def batch(self, places: Tensor) -> tuple[Tensor, Tensor]:
        """Inputs as the network reads them, and targets."""
        places = places.to(self.targets.device)
        x = self.inputs[places]
        return (x if self.prepared else self.reader(x)), self.targets[places]


def _augmented(x: Tensor, recipe: Recipe, noise: torch.Generator) -> Tensor:
    return augment(x, recipe.augment, noise) if recipe.augment else x


def _tensor(array: np.ndarray, device: torch.device) -> Tensor:
    writable = array if array.flags.writeable else array.copy()  # torch has no read-only tensors
    return torch.from_numpy(np.ascontiguousarray(writable)).to(device)


def _chunk(replicas: int) -> int:
    """Examples of each replica that are predicted at once."""
    return max(1, EVALUATION_BATCH // replicas)


def _schedule(step: int, steps: int) -> float:
    """Share of the peak learning rate.

    Linear warm-up over 5% of the steps (100 at most), then a half cosine to 1% of the peak.
    """
    warm = max(1, min(100, steps // 20))
    left = 0.5 * (1 + math.cos(math.pi * max(0, step - warm) / max(1, steps - warm)))
    return min((step + 1) / warm, 1.0) * (0.01 + 0.99 * left)
