"""A learner trained on prefixes of any lengths on a device: as few populations as it can hold."""

import copy
import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from priorscope.core.deadline import Deadline
from priorscope.core.precision import has_float64
from priorscope.core.signature import Signature
from priorscope.core.turns import TURNS
from priorscope.train.deck import Decks, deck_bytes
from priorscope.train.evaluation import by_length
from priorscope.train.in_turn import train_in_turn
from priorscope.train.loop import Training
from priorscope.train.population import Population
from priorscope.train.prefix import Prefix, SplitPrefix, TrainingResult
from priorscope.train.recipe import Learner
from priorscope.train.replica import to_tensor

DECK_SHARE = 0.4  # of the free memory that examples may take
DECKS = Decks(most=4)
IN_TURN = 4  # networks that train on a GPU at once where they can't be one population
MEASURED_VALUES = 2**25  # input values that several networks are measured on at once
Together = tuple[list[int], nn.Module, Tensor, Signature]


class PopulationTraining:
    """One network a prefix, prefixes of any lengths; the interface is that of `Training`.

    Those whose batches have one size train as one population; where the memory doesn't suffice,
    as two halves, and so on. Of an architecture that can't run on a replica axis a few networks
    train at a time, each by itself on a stream of its own.

    Args:
        learner, signature, prefixes, deadline: see `Training`.
        device: a GPU; a CPU, without graphs, for tests.
        capture: whether a step may become a CUDA graph.
    """

    def __init__(
        self,
        learner: Learner,
        signature: Signature,
        prefixes: Sequence[Prefix],
        device: torch.device,
        deadline: Deadline | None = None,
        capture: bool = True,
    ):
        self.learner, self.signature, self.prefixes = learner, signature, list(prefixes)
        self.device, self.deadline = device, deadline or Deadline()
        self.capture = capture
        self.parts: list[tuple[list[int], Population | Training]] = []
        self.captured = True  # whether all steps were graphs
        self.alone: str | None = None  # why networks had to be trained one after another

    def run(self) -> list[TrainingResult]:
        """Train, restore each network's best step, calibrate.

        Raises:
            DeadlinePassed: if the time is over before the training is.
        """
        splits = [SplitPrefix.of(prefix, self.signature.target) for prefix in self.prefixes]
        results: dict[int, TrainingResult] = {}
        for group in self._groups(splits):
            each = self.alone is not None  # what one group can't do no other can
            results |= self._run_each(group) if each else self._run(group, splits)
        return [results[index] for index in range(len(self.prefixes))]

    def _groups(self, splits: Sequence[SplitPrefix]) -> list[list[int]]:
        """Indices by size of the batch, and as many as have their examples in memory."""
        by_batch: dict[int, list[int]] = {}
        for index, split in enumerate(splits):
            size = self.learner.recipe.batch_size(len(split.train))
            by_batch.setdefault(size, []).append(index)
        fitting = []
        for group in by_batch.values():
            places = decks_that_fit([self.prefixes[i].inputs for i in group], self.device)
            fitting += [[group[place] for place in some] for some in places]
        return fitting

    def _run(self, group: list[int], splits: Sequence[SplitPrefix]) -> dict[int, TrainingResult]:
        """Train those together, or halves of them one after the other, or each by itself."""
        started = time.perf_counter()
        try:
            results = self._run_together(group, splits)
        except torch.OutOfMemoryError:
            if len(group) == 1 and not TURNS.are_shared:
                raise
        except (RuntimeError, NotImplementedError) as error:
            if not (is_out_of_memory(error) and len(group) > 1):
                if self.learner.model.vectorises:
                    raise
                self.alone = str(error).splitlines()[0]
        else:
            return self._timed(group, results, started)
        empty_cache(self.device)  # after the handlers, which held the tensors of what failed
        if self.alone is not None:
            return self._run_each(group)
        with TURNS.alone() as others_had_memory:
            if others_had_memory or len(group) == 1:
                return self._run(group, splits)
        return {k: v for half in _halves(group) for k, v in self._run(half, splits).items()}

    def _timed(
        self, group: list[int], results: list[TrainingResult], started: float
    ) -> dict[int, TrainingResult]:
        """By index, each with its share of the time."""
        for result in results:
            result.seconds = (time.perf_counter() - started) / len(group)
        return dict(zip(group, results, strict=True))

    def _run_together(
        self, group: list[int], splits: Sequence[SplitPrefix]
    ) -> list[TrainingResult]:
        deck, starts = DECKS.of([self.prefixes[i].inputs for i in group], self.device)
        population = Population(
            self.learner,
            self.signature,
            [splits[i] for i in group],
            deck,
            starts,
            self.device,
            self.deadline,
            self.capture,
        )
        results = population.run()
        self.captured &= population.captured
        self.parts.append((group, population))
        return results

    def _run_each(self, group: list[int]) -> dict[int, TrainingResult]:
        """Each by itself, a few in turn: of like sizes, so that they end together."""
        self.captured = False
        waiting = sorted(group, key=lambda index: len(self.prefixes[index].inputs))
        results: dict[int, TrainingResult] = {}
        for start in range(0, len(waiting), IN_TURN):
            results |= self._run_in_turn(waiting[start : start + IN_TURN])
        return results

    def _run_in_turn(self, group: list[int]) -> dict[int, TrainingResult]:
        started = time.perf_counter()
        try:
            trainings = [
                Training(
                    self.learner, self.signature, [self.prefixes[i]], self.device, self.deadline
                )
                for i in group
            ]
            results = train_in_turn(trainings, self.device)
        except torch.OutOfMemoryError:
            if len(group) == 1:
                raise
        else:
            self.parts += [([i], one) for i, one in zip(group, trainings, strict=True)]
            return self._timed(group, results, started)
        empty_cache(self.device)
        return {k: v for half in _halves(group) for k, v in self._run_in_turn(half).items()}

    def outputs(self, inputs: Sequence[np.ndarray]) -> list[Tensor]:
        """Each network's outputs on inputs of its own, on the CPU; of any lengths."""
        result: dict[int, Tensor] = {}
        for group, part in self.parts:
            if isinstance(part, Training):
                result[group[0]] = part.outputs([inputs[group[0]]])[0]
                continue
            for places in decks_that_fit([inputs[i] for i in group], self.device):
                some = [group[place] for place in places]
                own = [inputs[i] for i in some]
                outputs = part.outputs(places, *DECKS.of(own, self.device), list(map(len, own)))
                result |= dict(zip(some, outputs, strict=True))
        return [result[index] for index in range(len(self.prefixes))]

    def together(self, inputs: Mapping[int, np.ndarray]) -> Iterator[Together]:
        """Networks of these indices that trained together, on their inputs, as many as fit."""
        for group, part in self.parts:
            if isinstance(part, Training) or not has_float64(self.device):
                continue
            wanted = [index for index in group if index in inputs]
            for same in by_length(wanted, lambda index: len(inputs[index])):
                most = max(1, MEASURED_VALUES // max(1, inputs[same[0]].size))
                for start in range(0, len(same), most):
                    some = same[start : start + most]
                    places = [group.index(index) for index in some]
                    own = [inputs[index] for index in some]
                    yield some, *part.predictions.together(places, own)

    def network(self, index: int, inputs: np.ndarray) -> tuple[nn.Module, Tensor, Signature]:
        """A network alone, `inputs` as it reads them, and their signature.

        On the CPU where the device has no float64, in which networks are measured.
        """
        group, part = next((g, p) for g, p in self.parts if index in g)
        if isinstance(part, Training):
            network, x, signature = part.network(0, inputs)
        else:
            given = to_tensor(inputs, self.device)
            network, x, signature = part.predictions.alone(group.index(index), given)
        if has_float64(self.device):
            return network, x, signature
        return copy.deepcopy(network).cpu(), x.cpu(), signature


def is_out_of_memory(error: Exception) -> bool:
    """Whether a device had too little of it; Apple's allocator raises no error of its own."""
    return isinstance(error, torch.OutOfMemoryError) or "out of memory" in str(error)


def decks_that_fit(arrays: Sequence[np.ndarray], device: torch.device) -> list[list[int]]:
    """Places of those that share a deck: all, or as many as its share of the memory holds."""
    places = sorted(range(len(arrays)), key=lambda i: arrays[i].__array_interface__["data"][0])
    fitting, waiting = [], [places]
    while waiting:
        some = waiting.pop()
        size = deck_bytes([arrays[place] for place in some])
        if len(some) > 1 and size > DECK_SHARE * free_bytes(device):
            waiting += _halves(some)
        else:
            fitting.append(some)
    return fitting


def _halves(group: list[int]) -> list[list[int]]:
    return [group[: len(group) // 2], group[len(group) // 2 :]]


def free_bytes(device: torch.device) -> int:
    """Memory that may still be taken; without a limit on a CPU."""
    if device.type == "mps":
        most = torch.mps.recommended_max_memory()
        return max(0, most - torch.mps.current_allocated_memory())
    if device.type != "cuda":
        return 2**62
    free, _ = torch.cuda.mem_get_info(device)
    cached = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return free + cached


def empty_cache(device: torch.device) -> None:
    """Give the allocator's memory back, for another attempt."""
    DECKS.clear()
    if device.type in ("cuda", "mps"):
        torch.get_device_module(device).empty_cache()
