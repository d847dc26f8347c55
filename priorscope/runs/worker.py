"""What a worker does with runs of one learner: train, predict, write the rows."""

import dataclasses
import importlib
import math
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from priorscope.core.deadline import Deadline, DeadlinePassed
from priorscope.core.registry import include
from priorscope.core.seeds import derive
from priorscope.core.signature import Signature
from priorscope.core.turns import TURNS
from priorscope.measures import EXAMPLES, MeasuredRow
from priorscope.nn.gemm import use_exact_products, use_fast_gemm
from priorscope.nn.live_modules import LIVE
from priorscope.runs.backends.local import use_device
from priorscope.runs.batch import Batch
from priorscope.runs.cost import describe_network
from priorscope.runs.draws import draw_order, kept_together
from priorscope.runs.measuring import measures_of
from priorscope.runs.recent import Recent
from priorscope.runs.rows import Row, done_row, failed_row
from priorscope.runs.run import Run
from priorscope.runs.store import EXTRA, GROUPS, TIMES, Store
from priorscope.train.prefix import Prefix, SplitPrefix, TrainingResult
from priorscope.train.recipe import Learner
from priorscope.train.scoring import Part, Scores, are_finite, score
from priorscope.train.trainer import trainer
from priorscope.train.tuning import is_better, trials

TRAIN_EXAMPLES = 2000  # of the training part that its loss is measured on
SMALL = 2**20  # bytes of an array that is copied rather than mapped
GPU_THREADS = 4  # of the CPU, for what is scored beside a GPU


def work(
    batch: Batch, store: Store | None = None, keep: "Callable[[RunResult], None] | None" = None
) -> None:
    """Do the runs and write their rows; what the budget didn't reach leaves no row.

    An error of one replica is recorded as the failure of its run. An error that stops all of
    them is, for several runs, left to be located by doing them one by one.

    Args:
        store: where the data are; by default in the batch's folder.
        keep: takes each result; by default it is written into the store.
    """
    deadline = Deadline(batch.seconds)
    device = torch.device(use_device(batch.device))
    prepare_process(batch.threads if device.type == "cpu" else GPU_THREADS)
    for path in batch.include:
        include(Path(path))
    LIVE.update(batch.modules)
    store = store or Store(Path(batch.root))
    keep = keep or partial(save, store)
    waiting = [batch]
    while waiting:
        current = waiting.pop(0)
        try:
            runs = [Run.from_json(data) for data in current.runs]
            warm_up(runs)
            started = time.monotonic()
            results = do(runs, store, device, deadline)
        except DeadlinePassed:
            return
        except Exception as error:  # plug-ins and hardware fail in any way; the row says how
            if len(current.runs) > 1:
                waiting = current.alone() + waiting
                continue
            for row in failed_rows(current, f"{type(error).__name__}: {error}"):
                keep(RunResult(row, {}))
        else:
            seconds = (time.monotonic() - started) / len(results)
            with TURNS.given():
                for result in results:
                    row = {**result.row, "wall_seconds": seconds}
                    keep(RunResult(row, result.examples))


def warm_up(runs: Sequence[Run]) -> None:
    """Import what the first of such runs would, so that its seconds are those of any other."""
    if any(run.learner.model.trains_itself for run in runs):
        importlib.import_module("sklearn.ensemble")


def save(store: Store, result: "RunResult") -> None:
    """Write what is stored of a run."""
    store.save(result.row["digest"], result.row, result.examples)


def failed_rows(batch: Batch, reason: str) -> list[Row]:
    """The rows of a batch whose runs failed."""
    return [failed_row(run, reason) for run in batch.runs]


def fail(batch: Batch, reason: str, store: Store) -> None:
    """Record that the runs of a batch failed."""
    for row in failed_rows(batch, reason):
        store.save(row["digest"], row)


def prepare_process(threads: int | None = 1) -> None:
    """Kernels of so many threads (None: as they are) and the fast matrix product.

    On a GPU products and convolutions are exact float32: the numbers are those of a CPU.
    """
    if threads is not None and torch.get_num_threads() != threads:
        torch.set_num_threads(threads)
    use_fast_gemm()
    use_exact_products()


@dataclasses.dataclass(frozen=True)
class RunResult:
    """What is stored of a run: its row, and its results example by example."""

    row: Row
    examples: dict[str, np.ndarray]


def do(
    runs: Sequence[Run], store: Store, device: torch.device, deadline: Deadline | None = None
) -> list[RunResult]:
    """Results of `runs`, which share learner and data, and on a CPU their size.

    Raises:
        DeadlinePassed: if the time is over before they are done.
    """
    arrays, signature = store.load_data(runs[0].data)
    if device.type == "cpu":
        data = [RunData.of(run, arrays, signature) for run in runs]
    else:
        data = data_together(runs, arrays, signature)
    return evaluate(runs, data, signature, device, deadline)


def data_together(
    runs: Sequence[Run], arrays: Mapping[str, np.ndarray], signature: Signature
) -> list["RunData"]:
    """The examples of each run; runs that share repeat and structure share arrays in memory.

    So do later calls with the same repeats and structures, as the next learner's will be: what
    was copied to a device for one learner is there for all.
    """
    last: dict[tuple[Any, ...], Run] = {}
    for run in runs:
        key = _order(run)
        if key not in last or run.stop > last[key].stop:
            last[key] = run
    return [
        RunData.of(run, arrays, signature, ORDERED.of(last[_order(run)], arrays, signature))
        for run in runs
    ]


def _order(run: Run) -> tuple[Any, ...]:
    """What decides the order of the examples and what is done to them."""
    return (run.data, run.structure, run.seed, run.repeat, run.first)


def evaluate(
    runs: Sequence[Run],
    data: Sequence["RunData"],
    signature: Signature,
    device: torch.device,
    deadline: Deadline | None = None,
) -> list[RunResult]:
    """Train on each run's prefix, choose the best trial inside it, score what comes after.

    Raises:
        DeadlinePassed: if the time is over before they are done.
    """
    candidates = [Candidate(run, own) for run, own in zip(runs, data, strict=True)]
    for trial in trials(runs[0].learner, runs[0].tune):
        training = trainer(trial, signature, [own.prefix for own in data], device, deadline)
        results = training.run()
        improved = [
            candidate.improves(result)
            for candidate, result in zip(candidates, results, strict=True)
        ]
        if not any(improved):
            continue
        scores = score(training, results, [own.parts for own in data])
        better = [int(index) for index in np.flatnonzero(improved)]
        for index in better:
            candidates[index].champion = Champion(trial, results[index], scores[index])
        wanted = {i: candidates[i].measured_on for i in better if candidates[i].is_measured}
        for index, rows in measures_of(training, wanted).items():
            candidates[index].take(rows)
    learner = runs[0].learner
    cost = describe_network(learner.model, learner.recipe.network_signature(signature))
    return [candidate.finish(cost) for candidate in candidates]


@dataclasses.dataclass
class Champion:
    """The best of a run's trials so far, with what was read off it."""

    learner: Learner
    result: TrainingResult
    scores: Scores
    measures: list[MeasuredRow] = dataclasses.field(default_factory=list)

    @property
    def problem(self) -> str | None:
        """Why its network is useless, or None."""
        finite = are_finite(self.scores.metrics)
        return self.result.problem or (None if finite else "its predictions are not finite")


@dataclasses.dataclass
class Candidate:
    """A run while its trials are made. seconds: of all of them."""

    run: Run
    data: "RunData"
    champion: Champion | None = None
    seconds: float = 0.0

    def improves(self, result: TrainingResult) -> bool:
        """Count a trial's time; whether it is the best of this run so far."""
        self.seconds += result.seconds
        return self.champion is None or is_better(result, self.champion.result)

    @property
    def is_measured(self) -> bool:
        """Whether the network of its best trial is to be measured: the data are intact."""
        fine = self.champion is not None and self.champion.problem is None
        return fine and self.run.structure.name() == "intact"

    @property
    def measured_on(self) -> np.ndarray:
        """Inputs for the measures."""
        return self.data.test[0][:EXAMPLES]

    def take(self, measures: list[MeasuredRow]) -> None:
        """Measures of its best trial's network."""
        assert self.champion is not None, "what was measured is a trial's network"
        self.champion.measures = measures

    def finish(self, cost: Mapping[str, Any]) -> RunResult:
        """What is stored; a run whose network is useless is a failed one."""
        champion = self.champion
        assert champion is not None, "a run needs a trial"
        if champion.problem:
            return RunResult(failed_row(self.run.to_json(), champion.problem), {})
        result, learner = champion.result, champion.learner
        assert result.calibration is not None
        facts = {
            "measures": champion.measures,
            "calibration": result.calibration.to_json(),
            "steps": result.steps,
            "planned_steps": result.planned_steps,
            "best_step": result.best_step,
            "at_limit": int(result.at_limit),
            "validation_loss": _finite(result.validation_loss),
            "seconds": self.seconds,
            "learning_rate": learner.learning_rate,
            "weight_decay": learner.recipe.weight_decay,
            **cost,
        }
        row = done_row(self.run.to_json(), champion.scores.metrics, facts)
        return RunResult(row, champion.scores.examples)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


@dataclasses.dataclass(frozen=True)
class RunData:
    """The examples of one run under its structure, each part as (inputs, targets)."""

    prefix: Prefix
    block: Part
    test: Part
    train: Part
    extra: Part | None = None

    @property
    def parts(self) -> dict[str, Part]:
        """What is scored, by name."""
        parts = {"block": self.block, "test": self.test, "train": self.train}
        return parts if self.extra is None else parts | {"extra": self.extra}

    @classmethod
    def of(
        cls,
        run: Run,
        arrays: Mapping[str, np.ndarray],
        signature: Signature,
        ordered: Part | None = None,
    ) -> "RunData":
        """Only the order's first `stop` examples are touched.

        ordered: what `ordered_examples` gives for this run or a longer one like it.
        """
        target = signature.target
        inputs, targets = ordered or ordered_examples(run, arrays, signature)
        inputs, targets = inputs[: run.stop], targets[: run.stop]
        seed, size, groups = structure_seed(run), run.size, arrays.get(GROUPS)
        kept, own = slice(size), None
        if groups is not None:
            order = order_of(run, arrays, signature)
            kept = slice(len(kept_together(order, size, groups)))
            own = groups[order[kept]]
        network_seed = derive(run.seed, "network", run.repeat)
        prefix = Prefix(inputs[kept], targets[kept], network_seed, own, TIMES in arrays)
        train = SplitPrefix.of(prefix, target).train[:TRAIN_EXAMPLES]
        return cls(
            prefix=prefix,
            block=(inputs[size:], targets[size:]),
            test=TEST_SPLITS.of(run, arrays, signature, seed),
            train=(prefix.inputs[train], prefix.targets[train]),
            extra=EXTRA_SPLITS.of(run, arrays, signature, seed) if EXTRA[0] in arrays else None,
        )


def structure_seed(run: Run) -> int:
    """Decides all that is random in its structure."""
    return derive(run.seed, "structure", run.repeat)


def order_of(run: Run, arrays: Mapping[str, np.ndarray], signature: Signature) -> np.ndarray:
    """Indices of the first `stop` examples in the run's order."""
    strata = signature.target.strata(np.asarray(arrays["targets"]), most=run.first)
    by_time = TIMES in arrays
    order = draw_order(strata, run.repeat, run.seed, run.first, arrays.get(GROUPS), by_time)
    return order[: run.stop]


def ordered_examples(run: Run, arrays: Mapping[str, np.ndarray], signature: Signature) -> Part:
    """The first `stop` examples in the run's order, under its structure."""
    order = order_of(run, arrays, signature)
    inputs, targets = arrays["inputs"][order], arrays["targets"][order]
    return run.structure.apply(inputs, targets, signature, structure_seed(run), "train")


class Orders:
    """Examples in the orders of runs, for runs that train together on a device."""

    def __init__(self, most: int, most_bytes: int):
        self._recent = Recent(most, most_bytes)

    def of(self, run: Run, arrays: Mapping[str, np.ndarray], signature: Signature) -> Part:
        """See `ordered_examples`."""
        key = (*_order(run), run.stop)
        return self._recent.of(key, lambda: ordered_examples(run, arrays, signature))


def _in_memory(array: np.ndarray) -> np.ndarray:
    """A copy of what is small: a mapped array that is kept keeps its file open."""
    return np.array(array) if array.nbytes <= SMALL else np.asarray(array)


class TestSplits:
    """Test splits under a structure, the last few that were asked for: batches share them."""

    __test__ = False  # not for pytest

    def __init__(
        self,
        most: int,
        most_bytes: int = 0,
        names: tuple[str, str] = ("test_inputs", "test_targets"),
    ):
        self._recent, self._names = Recent(most, most_bytes), names

    def of(
        self, run: Run, arrays: Mapping[str, np.ndarray], signature: Signature, seed: int
    ) -> Part:
        """The run's test split under its structure."""

        def make() -> Part:
            inputs, targets = (_in_memory(arrays[name]) for name in self._names)
            return run.structure.apply(inputs, targets, signature, seed, "test")

        return self._recent.of((run.data, run.structure, seed), make)


ORDERED = Orders(most=8, most_bytes=4 * 2**30)
TEST_SPLITS = TestSplits(most=8, most_bytes=2**28)
EXTRA_SPLITS = TestSplits(most=8, most_bytes=2**28, names=EXTRA)
