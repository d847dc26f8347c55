"""Runs of small learners on a few examples."""

import math
from concurrent.futures import Future

import numpy as np

from priorscope.runs.backends.local import LocalBackend
from priorscope.runs.execute import execute
from priorscope.runs.planner import Question
from priorscope.structures import parse_structure
from priorscope.tasks import Examples
from priorscope.train.recipe import Recipe, parse_learner

RECIPE = Recipe(steps=20, epochs=1, batch=16)


def four_examples(value=0):
    """Two classes, all inputs alike, to be stored rather than learned from."""
    x = np.full((4, 3), value, dtype=np.float32)
    y = np.array([0, 1, 0, 1])
    return Examples(x, y, x[:2], y[:2], ("a", "b"))


def question(data, store, learners=("linear", "mlp:width=4"), repeats=2):
    return Question(
        learners=tuple(parse_learner(name, RECIPE) for name in learners),
        structures=tuple(parse_structure(name) for name in ("intact", "permuted")),
        sizes=(10, 20, 40),
        repeats=repeats,
        seed=0,
        tune=1,
        data=store.save_data(data),
    )


def run_all(store, runs, workers=0, seconds=math.inf, include=()):
    return execute(runs, store, LocalBackend(workers), seconds, include=include)


def numbers(store, runs):
    rows = {run.digest: store.load(run.digest) for run in runs}
    return {
        name: {k: row[k] for k in ("block", "test", "train") if k in row}
        for name, row in rows.items()
    }


class Flaky:
    """A back end that loses every batch of some sizes, as a machine out of memory would."""

    lanes, device, together, isolates = 2, "cpu", False, False

    def __init__(self, too_large):
        self.too_large, self.lost, self.restarts, self.stopped = too_large, [], 0, False

    def submit(self, batch):
        from priorscope.runs.worker import work

        future = Future()
        if {run["size"] for run in batch.runs} & self.too_large:
            self.lost.append(future)
        else:
            work(batch)
        future.set_result(None)
        return future

    def was_lost(self, future):
        return future in self.lost

    def restart(self):
        self.restarts += 1

    def stop(self):
        self.stopped = True
