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
from torch import Tensor

from priorscope.core.class_metrics import class_metrics
from priorscope.core.config import digest
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
from priorscope.train.loop import DeadlinePassed, Fitted, Prefix, Training, split_validation
from priorscope.train.recipe import Learner

TRIALS = ((1.0, 1.0), (1 / 3, 1.0), (3.0, 1.0), (1.0, 30.0), (1 / 3, 30.0), (3.0, 30.0))
Part = tuple[np.ndarray, np.ndarray]
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
        rows = do(runs, store, torch.device(batch.device), batch.deadline)
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
    runs: Sequence[Run], store: Store, device: torch.device, deadline: float = math.inf
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
    deadline: float = math.inf,
) -> list[dict[str, Any]]:
    """Train on each run's prefix, choose the best trial inside it, score what comes after."""
    best: list[Champion | None] = [None] * len(runs)
    seconds = [0.0] * len(runs)
    for trial in _trials(runs[0].learner, runs[0].tune):
        kind = EstimatorTraining if trial.model.trains_itself else Training
        training = kind(trial, signature, [d.prefix for d in data], device, deadline)
        fitted = training.run()
        scores = None
        for r, result in enumerate(fitted):
            seconds[r] += result.seconds
            champion = best[r]
            if champion is None or _better(result, champion.fitted):
                scores = scores or _scores(training, fitted, data)
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

    fitted: Fitted
    learner: Learner
    scores: dict[str, Any]
    measures: list[dict[str, str | float]] = dataclasses.field(default_factory=list)

    @property
    def problem(self) -> str | None:
        """Why its network is useless, or None."""
        finite = all(math.isfinite(v) for part in self.scores.values() for v in part.values())
        return self.fitted.problem or (None if finite else "its predictions are not finite")


def _better(result: Fitted, champion: Fitted) -> bool:
    if result.problem or champion.problem:
        return champion.problem is not None and result.problem is None
    return result.validation_loss < champion.validation_loss


def _trials(learner: Learner, tune: int) -> list[Learner]:
    """The same list of multiples of learning rate and weight decay for every learner."""
    trials = []
    for rate, decay in TRIALS[:tune]:
        recipe = dataclasses.replace(
            learner.recipe,
            learning_rate=learner.learning_rate * rate,
            weight_decay=learner.recipe.weight_decay * decay,
        )
        trials.append(dataclasses.replace(learner, recipe=recipe))
    return trials


@dataclasses.dataclass(frozen=True)
class RunData:
    """The examples of one run under its structure, each part as (inputs, targets)."""

    prefix: Prefix
    block: Part
    test: Part
    train: Part

    @classmethod
    def of(cls, run: Run, arrays: dict[str, np.ndarray], signature: Signature) -> "RunData":
        """Only the order's first `stop` examples are touched."""
        order = draw_order(np.asarray(arrays["targets"]), run.draw, run.seed, run.first)
        seen = order[: run.stop]
        seed = derive(run.seed, "structure", run.draw)
        inputs, targets = run.structure.apply(
            arrays["inputs"][seen], arrays["targets"][seen], signature, seed, "train"
        )
        size = run.size
        prefix = Prefix(inputs[:size], targets[:size], derive(run.seed, "network", run.draw))
        shown = split_validation(prefix.targets, prefix.seed)[0][:TRAIN_SHOWN]
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


def _scores(
    training: Training | EstimatorTraining, fitted: list[Fitted], data: Sequence[RunData]
) -> list[dict[str, Any]]:
    """Each replica's scores on its next block, its test split and its training part."""
    scores: list[dict[str, Any]] = [{} for _ in data]
    for part in ("block", "test", "train"):
        pairs = [getattr(d, part) for d in data]
        if len(pairs[0][0]) == 0:
            continue
        for r, logits in enumerate(training.logits([inputs for inputs, _ in pairs])):
            targets = torch.from_numpy(np.array(pairs[r][1]))
            scores[r][part] = _score(logits, targets, fitted[r])
            if part == "test":
                p = logits.double().softmax(dim=-1).numpy()
                scores[r][part] |= class_metrics(p, targets.numpy())
    return scores


def _score(logits: Tensor, targets: Tensor, fitted: Fitted) -> dict[str, Any]:
    bits = fitted.calibration.bits(logits, targets)
    plain = torch.nn.functional.cross_entropy(logits.double(), targets) / math.log(2)
    correct = (logits.argmax(dim=-1) == targets).double()
    return {
        "examples": len(targets),
        "bits": float(bits.mean()),
        "bits_spread": float(bits.std(correction=0)),
        "uncalibrated_bits": float(plain),
        "accuracy": float(correct.mean()),
    }


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
    fitted, learner = champion.fitted, champion.learner
    return {
        **_head(run),
        "status": "done",
        **champion.scores,
        "measures": champion.measures,
        "temperature": fitted.calibration.temperature,
        "mixture": fitted.calibration.mixture,
        "steps": fitted.steps,
        "seconds": seconds,
        "learning_rate": learner.learning_rate,
        "weight_decay": learner.recipe.weight_decay,
        **cost,
    }
