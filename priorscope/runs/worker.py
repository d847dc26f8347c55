"""What a worker does with runs of one learner and size: train, predict, write the rows."""

import dataclasses
import math
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from priorscope.core.config import digest
from priorscope.core.deadline import Deadline, DeadlinePassed
from priorscope.core.registry import include
from priorscope.core.seeds import derive
from priorscope.core.signature import Signature
from priorscope.measures import EXAMPLES, measured
from priorscope.nn.gemm import use_fast_gemm
from priorscope.runs.cost import describe_network
from priorscope.runs.draws import draw_order
from priorscope.runs.run import Run
from priorscope.runs.store import Store
from priorscope.train.estimator import EstimatorTraining
from priorscope.train.loop import Training
from priorscope.train.prefix import Prefix, TrainingResult, split_validation
from priorscope.train.recipe import Learner
from priorscope.train.scoring import Part, are_finite, score
from priorscope.train.tuning import is_better, trials

TRAIN_SHOWN = 2000  # examples of the training part that its loss is measured on


@dataclasses.dataclass(frozen=True)
class Batch:
    """Runs of one learner and size that one worker does together; plain values, so it travels.

    root: the store's folder. runs: as JSON. include: plug-in files. deadline: `time.time()`.
    updates: optimiser updates planned, of all its runs.
    """

    root: str
    runs: tuple[dict[str, Any], ...]
    device: str = "cpu"
    include: tuple[str, ...] = ()
    deadline: float = math.inf
    threads: int = 1
    updates: int = 0


def work(batch: Batch) -> None:
    """Do the runs and write their rows; what the budget didn't reach leaves no row.

    An error of one replica is recorded as the failure of its run. An error that stops all of
    them is, for several runs, left to be found by doing them one by one.
    """
    prepare_process(batch.threads)
    for path in batch.include:
        include(Path(path))
    store = Store(Path(batch.root))
    try:
        runs = [Run.from_json(data) for data in batch.runs]
        deadline = Deadline(batch.deadline - time.time())
        rows = do(runs, store, torch.device(batch.device), deadline)
    except DeadlinePassed:
        return
    except Exception as error:  # plug-ins and hardware fail in any way; the row says how
        if len(batch.runs) > 1:
            for run in batch.runs:
                work(dataclasses.replace(batch, runs=(run,)))
            return
        for run in batch.runs:
            fail(run, f"{type(error).__name__}: {error}", store)
        return
    for run, row in zip(runs, rows, strict=True):
        store.save(run.digest, row)


def fail(run: dict[str, Any], reason: str, store: Store) -> None:
    """Record that a run, as JSON, failed."""
    identity = {k: v for k, v in run.items() if k != "text"}
    row = {"schema": 1, "run": run, "digest": digest(identity), "finished": time.time()}
    store.save(row["digest"], {**row, "status": "failed", "reason": reason.strip()[:2000]})


def prepare_process(threads: int) -> None:
    """Single-threaded kernels and the fast matrix product, once a process."""
    if torch.get_num_threads() != threads:
        torch.set_num_threads(threads)
    use_fast_gemm()


def do(
    runs: Sequence[Run], store: Store, device: torch.device, deadline: Deadline | None = None
) -> list[dict[str, Any]]:
    """The rows of `runs`, which share learner, data and size."""
    arrays, signature = store.load_data(runs[0].data)
    data = [RunData.of(run, arrays, signature) for run in runs]
    return evaluate(runs, data, signature, device, deadline)


def evaluate(
    runs: Sequence[Run],
    data: Sequence["RunData"],
    signature: Signature,
    device: torch.device,
    deadline: Deadline | None = None,
) -> list[dict[str, Any]]:
    """Train on each run's prefix, choose the best trial inside it, score what comes after."""
    best: list[Champion | None] = [None] * len(runs)
    seconds = [0.0] * len(runs)
    for trial in trials(runs[0].learner, runs[0].tune):
        kind = EstimatorTraining if trial.model.trains_itself else Training
        training = kind(trial, signature, [d.prefix for d in data], device, deadline)
        results = training.run()
        scores = None
        for r, result in enumerate(results):
            seconds[r] += result.seconds
            champion = best[r]
            if champion is None or is_better(result, champion.result):
                scores = scores or score(training, results, [d.parts for d in data])
                best[r] = champion = Champion(result, trial, scores[r])
                if champion.problem is None and runs[r].structure.name() == "intact":
                    shown = training.network(r, data[r].test[0][:EXAMPLES])
                    champion.measures = measured(*shown)
    cost = describe_network(runs[0].learner.model, signature)
    rows = []
    for r, run in enumerate(runs):
        champion = best[r]
        assert champion is not None
        rows.append(_row(run, champion, seconds[r], cost))
    return rows


@dataclasses.dataclass
class Champion:
    """The best of a run's trials so far, and what was seen of it."""

    result: TrainingResult
    learner: Learner
    scores: dict[str, Any]
    measures: list[dict[str, str | float]] = dataclasses.field(default_factory=list)

    @property
    def problem(self) -> str | None:
        """Why its network is useless, or None."""
        finite = are_finite(self.scores)
        return self.result.problem or (None if finite else "its predictions are not finite")


@dataclasses.dataclass(frozen=True)
class RunData:
    """The examples of one run under its structure, each part as (inputs, targets)."""

    prefix: Prefix
    block: Part
    test: Part
    train: Part

    @property
    def parts(self) -> dict[str, Part]:
        """What is scored, by name."""
        return {"block": self.block, "test": self.test, "train": self.train}

    @classmethod
    def of(cls, run: Run, arrays: dict[str, np.ndarray], signature: Signature) -> "RunData":
        """Only the order's first `stop` examples are touched."""
        target = signature.target
        strata = target.strata(np.asarray(arrays["targets"]), most=run.first)
        order = draw_order(strata, run.draw, run.seed, run.first)
        seen = order[: run.stop]
        seed = derive(run.seed, "structure", run.draw)
        inputs, targets = run.structure.apply(
            arrays["inputs"][seen], arrays["targets"][seen], signature, seed, "train"
        )
        size = run.size
        prefix = Prefix(inputs[:size], targets[:size], derive(run.seed, "network", run.draw))
        shown = split_validation(target.strata(prefix.targets), prefix.seed)[0][:TRAIN_SHOWN]
        return cls(
            prefix=prefix,
            block=(inputs[size:], targets[size:]),
            test=_test_split(run, arrays, signature),
            train=(inputs[shown], targets[shown]),
        )


def _test_split(run: Run, arrays: dict[str, np.ndarray], signature: Signature) -> Part:
    seed = derive(run.seed, "structure", run.draw)
    key = (run.data, run.structure, seed)
    return _transformed_test(_Keyed(key, arrays, signature))


@dataclasses.dataclass(frozen=True)
class _Keyed:
    """A cache key that carries what is needed to compute the value."""

    key: tuple
    arrays: dict[str, np.ndarray] = dataclasses.field(compare=False)
    signature: Signature = dataclasses.field(compare=False)


@lru_cache(maxsize=8)
def _transformed_test(keyed: _Keyed) -> Part:
    _, structure, seed = keyed.key
    inputs, targets = keyed.arrays["test_inputs"], keyed.arrays["test_targets"]
    return structure.apply(np.asarray(inputs), np.asarray(targets), keyed.signature, seed, "test")


def _head(run: Run) -> dict[str, Any]:
    return {
        "schema": 1,
        "run": run.to_json(),
        "digest": run.digest,
        "finished": time.time(),
    }


def _row(run: Run, champion: Champion, seconds: float, cost: dict[str, Any]) -> dict[str, Any]:
    """The stored fact; a run whose network is useless is a failed one."""
    if champion.problem:
        return {**_head(run), "status": "failed", "reason": champion.problem}
    result, learner = champion.result, champion.learner
    assert result.calibration is not None
    return {
        **_head(run),
        "status": "done",
        **champion.scores,
        "measures": champion.measures,
        "calibration": result.calibration.to_json(),
        "steps": result.steps,
        "planned_steps": result.planned_steps,
        "best_step": result.best_step,
        "seconds": seconds,
        "learning_rate": learner.learning_rate,
        "weight_decay": learner.recipe.weight_decay,
        **cost,
    }
