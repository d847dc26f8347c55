"""What handing runs over costs: simulated runs that sleep, on each back end.

    python benchmarks/scheduling.py [local] [dask] [ray] [--runs 200] [--seconds 0.5] [--workers 2]

Everything is real but the training, which sleeps: batches, queue, engine, data, scores, rows. Timed
is from the first row to the last, so without the workers' start, which is printed beside it.
Overhead is all that isn't sleep, as a share of workers x time; "of it waiting" is what of it lies
between two batches of a worker, and so isn't loading data, scoring, or computing what is written.
Asked are less than 5% at 2,000 runs of .5 s, which `local --runs 2000 --workers 2` measures in 10
minutes and 5 minutes of CPU time (0.13 s a run where two busy hyperthreads did it); the ends of 400
runs say the same in a fifth of that.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from priorscope.core.registry import include
from priorscope.runs.backends import Backend
from priorscope.runs.backends.local import LocalBackend
from priorscope.runs.crew import Crew
from priorscope.runs.execute import execute
from priorscope.runs.planner import Question
from priorscope.runs.store import Store
from priorscope.structures import parse_structure
from priorscope.tasks import Examples
from priorscope.train.recipe import Recipe, parse_learner

SLEEPER = """
import time
from dataclasses import dataclass

from sklearn.dummy import DummyClassifier
from torch import nn

from priorscope.models import MODELS, SelfTrained


class Slow(DummyClassifier):
    def __init__(self, seconds=0.5):
        super().__init__()
        self.seconds = seconds

    def fit(self, X, y, sample_weight=None):
        time.sleep(self.seconds)
        return super().fit(X, y, sample_weight)


@MODELS.register
@dataclass(frozen=True, kw_only=True)
class Sleeper(SelfTrained):
    seconds: float = 0.5

    def stem(self, signature):
        return nn.Flatten()

    def estimator(self, signature, seed):
        return Slow(self.seconds)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("backend", nargs="*", default=["local", "dask", "ray"])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    print(
        "| back end | runs | s each | workers | first row, s | then, s | overhead | of it waiting |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name in asked.backend:
        with tempfile.TemporaryDirectory() as folder:
            measure(name, asked.runs, asked.seconds, asked.workers, Path(folder))


def measure(name: str, runs: int, seconds: float, workers: int, folder: Path) -> None:
    """One line of the table."""
    plug_in = folder / f"sleeper_{name}.py"
    plug_in.write_text(SLEEPER.replace("class Sleeper", f"class Sleeper{name.title()}"))
    include(plug_in)
    store = Store(folder / "out")
    todo, started = question(f"sleeper-{name}", seconds, runs, store).runs(), time.time()
    with Crew(store.root) as crew:
        execute(todo, store, back_end(name, workers), include=(str(plug_in),), crew=crew)
    rows = {run.digest: store.load(run.digest) or {} for run in todo}
    order = sorted(rows, key=lambda digest: store.path(digest).stat().st_mtime)
    ends = [store.path(digest).stat().st_mtime for digest in order]
    took = ends[-1] - ends[workers - 1]
    counted = order[workers:]
    worked = sum(rows[digest]["wall_seconds"] for digest in counted)
    overhead = 1 - len(counted) * seconds / (workers * took)
    waiting = 1 - worked / (workers * took)
    cells = [name, f"{runs:,}", seconds, workers, f"{ends[0] - started:.1f}", f"{took:.1f}"]
    print(f"| {' | '.join(map(str, cells))} | {overhead:.1%} | {waiting:.1%} |", flush=True)


def question(learner: str, seconds: float, runs: int, store: Store) -> Question:
    """Runs of a learner that sleeps, on data that are tiny."""
    stream = np.random.default_rng(0)
    x = stream.standard_normal((60, 3)).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.int64)
    data = Examples(x[:40], y[:40], x[40:], y[40:], ("a", "b"))
    return Question(
        learners=(parse_learner(f"{learner}:seconds={seconds}", Recipe()),),
        structures=(parse_structure("intact"),),
        sizes=(10, 20),
        repeats=runs // 2,
        first_repeats=runs // 2,
        seed=0,
        tune=1,
        data=store.save_data(data),
    )


def back_end(name: str, workers: int) -> Backend:
    """By name; engines start workers of their own here."""
    if name == "dask":
        from priorscope.runs.backends.dask import DaskBackend

        return DaskBackend(workers=workers)
    if name == "ray":
        from priorscope.runs.backends.ray import RayBackend

        return RayBackend(workers=workers)
    return LocalBackend(workers)


if __name__ == "__main__":
    main()
