import dataclasses
import os
import signal
import time

import numpy as np
import pytest

from priorscope.core.config import digest
from priorscope.runs.executors import local_executor
from priorscope.runs.planner import Question, batches
from priorscope.runs.run import Run
from priorscope.runs.runner import Plan, Progress, run_batches
from priorscope.runs.store import Store
from priorscope.runs.worker import Batch
from priorscope.structures import parse_structure
from priorscope.tasks import Examples
from priorscope.train.recipe import Recipe, parse_learner

RECIPE = Recipe(steps=20, epochs=1, batch=16)
DEADLY = """
import dataclasses, os, signal
from torch import nn
from priorscope.models import MODELS, ModelConfig

@MODELS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Deadly(ModelConfig):
    how: str = "kill"

    def build(self, signature):
        if self.how == "kill" and signature.input_shape == (3,):
            os.kill(os.getpid(), signal.SIGKILL)
        raise RuntimeError("a bug in a plug-in")
"""


@pytest.fixture
def data():
    stream = np.random.default_rng(0)
    x = stream.standard_normal((90, 3)).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.int64)
    return Examples(x[:60], y[:60], x[60:], y[60:], ("a", "b"))


def question(data, store, learners=("linear", "mlp:width=4"), draws=2):
    return Question(
        learners=tuple(parse_learner(name, RECIPE) for name in learners),
        structures=tuple(parse_structure(name) for name in ("intact", "permuted")),
        sizes=(10, 20, 40),
        draws=draws,
        seed=0,
        tune=1,
        data=store.save_data(data),
    )


def plan(store, runs, workers=0, deadline=float("inf"), include=()):
    made = [
        Batch(
            root=str(store.root),
            runs=tuple(run.to_json() for run in group),
            include=include,
            deadline=deadline,
        )
        for group in batches(runs, example_values=3, together=False)
    ]
    return Plan(made, lambda: local_executor(workers), max(1, workers), deadline)


def numbers(store, runs):
    rows = {run.digest: store.load(run.digest) for run in runs}
    return {
        name: {k: row[k] for k in ("block", "test", "train") if k in row}
        for name, row in rows.items()
    }


def test_a_run_comes_back_from_json(data, tmp_path):
    for run in question(data, Store(tmp_path)).runs():
        again = Run.from_json(run.to_json())
        assert again.digest == run.digest
        assert again.learner.text == run.learner.text
        stored = {k: v for k, v in run.to_json().items() if k != "text"}
        assert digest(stored) == run.digest


def test_every_cell_is_planned_once(data, tmp_path):
    runs = question(data, Store(tmp_path), draws=3).runs()
    cells = {(r.learner.text, r.structure.label, r.size, r.draw) for r in runs}
    assert len(runs) == len(cells) == 2 * 2 * 3 * 3
    assert [r.draw for r in runs[: 2 * 3 * 2]] == [0, 1] * 6  # two intact draws of all come first
    assert {r.structure.label for r in runs[: 2 * 3 * 2]} == {"intact"}


def test_without_a_budget_structures_and_draws_train_together(data, tmp_path):
    hurried = question(data, Store(tmp_path), draws=3)
    runs = dataclasses.replace(hurried, first_draws=3).runs()
    assert {run.digest for run in runs} == {run.digest for run in hurried.runs()}
    assert [len(group) for group in batches(runs, 3, together=False)] == [6] * 6


def test_batches_are_of_nearly_one_length(data, tmp_path):
    runs = dataclasses.replace(question(data, Store(tmp_path), draws=9), first_draws=9).runs()
    assert [len(group) for group in batches(runs, 3, together=False)] == [9] * 12  # not 16 and 2


def test_the_time_left_counts_updates():
    progress = Progress(runs=3, updates=1000, started=time.time() - 10)
    assert progress.left() is None
    progress.updated = 200
    assert progress.left() == pytest.approx(40, abs=1)


def test_batches_hold_one_learner_and_size(data, tmp_path):
    runs = question(data, Store(tmp_path), draws=4).runs()
    for group in batches(runs, example_values=3, together=False):
        assert len({(run.learner, run.size) for run in group}) == 1
    grouped = batches(runs, example_values=3, together=False)
    assert sum(map(len, grouped)) == len(runs)
    big = batches(runs, example_values=10**9, together=False)
    assert {len(group) for group in big} == {1}


def test_same_numbers_in_one_process_and_in_two(data, tmp_path):
    alone, spread = Store(tmp_path / "a"), Store(tmp_path / "b")
    runs = question(data, alone).runs()
    spread.save_data(data)
    run_batches(plan(alone, runs), alone, lambda progress: None)
    run_batches(plan(spread, runs, workers=2), spread, lambda progress: None)
    first, second = numbers(alone, runs), numbers(spread, runs)
    assert first.keys() == second.keys()
    for name in first:
        for part, scores in first[name].items():
            assert scores == pytest.approx(second[name][part], rel=1e-5)


def test_what_is_missing_is_done_with_the_same_numbers(data, tmp_path):
    """As after a kill: half of a group's rows are gone, and the other runs' replicas with them."""
    store = Store(tmp_path)
    runs = question(data, store, draws=4).runs()
    run_batches(plan(store, runs), store, lambda progress: None)
    before = numbers(store, runs)
    lost = runs[::3]
    for run in lost:
        store.path(run.digest).unlink()
    run_batches(plan(store, lost), store, lambda progress: None)
    after = numbers(store, runs)
    for name in before:
        for part, scores in before[name].items():
            assert scores == pytest.approx(after[name][part], rel=1e-5)


def test_a_bug_in_a_plug_in_fails_its_own_runs(data, tmp_path):
    path = tmp_path / "deadly_bug.py"
    path.write_text(DEADLY.replace("class Deadly", "class DeadlyBug"))
    from priorscope.core.registry import include

    include(path)
    store = Store(tmp_path / "out")
    asked = question(data, store, learners=("linear", "deadly-bug:how=raise"), draws=1)
    runs = asked.runs()
    run_batches(plan(store, runs, include=(str(path),)), store, lambda progress: None)
    rows = [store.load(run.digest) for run in runs]
    failed = [row for row in rows if row["status"] == "failed"]
    assert len(failed) == 6
    assert {row["reason"] for row in failed} == {"RuntimeError: a bug in a plug-in"}
    assert {row["status"] for row in rows if row not in failed} == {"done"}


def test_a_run_that_kills_its_worker_is_found_and_the_others_go_on(data, tmp_path):
    path = tmp_path / "deadly.py"
    path.write_text(DEADLY)
    from priorscope.core.registry import include

    include(path)
    store = Store(tmp_path / "out")
    runs = [r for r in question(data, store, ("linear", "deadly"), draws=1).runs() if r.size == 20]
    run_batches(plan(store, runs, workers=2, include=(str(path),)), store, lambda progress: None)
    rows = {run.title: store.load(run.digest) for run in runs}
    for title, row in rows.items():
        if title.startswith("deadly"):
            assert row["status"] == "failed"
            assert "worker process died" in row["reason"]
        else:
            assert row["status"] == "done"


def test_what_the_budget_does_not_reach_leaves_no_row(data, tmp_path):
    store = Store(tmp_path)
    runs = question(data, store).runs()
    run_batches(plan(store, runs, deadline=time.time() - 1), store, lambda progress: None)
    assert store.finished() == set()


def test_nan_is_recorded_with_its_step(data, tmp_path):
    broken = data.inputs.copy()
    broken[:, 1] = np.nan
    store = Store(tmp_path)
    runs = question(dataclasses.replace(data, inputs=broken), store, ("linear",), 1).runs()[:1]
    run_batches(plan(store, runs), store, lambda progress: None)
    row = store.load(runs[0].digest)
    assert row["status"] == "failed"
    assert "NaN" in row["reason"]


def test_tuning_chooses_inside_the_prefix_and_pays_for_it(data, tmp_path):
    store = Store(tmp_path)
    runs = [dataclasses.replace(r, tune=3) for r in question(data, store, ("linear",), 1).runs()]
    run_batches(plan(store, runs), store, lambda progress: None)
    chosen = {store.load(run.digest)["learning_rate"] for run in runs}
    peak = runs[0].learner.learning_rate
    assert chosen <= {peak, peak / 3, peak * 3}


def test_workers_are_gone_afterwards(data, tmp_path):
    store = Store(tmp_path)
    runs = question(data, store, ("linear",), 1).runs()[:1]
    pids = []

    def make():
        executor = local_executor(1)
        pids.append(executor.submit(os.getpid).result())
        return executor

    run_batches(dataclasses.replace(plan(store, runs, workers=1), make_executor=make), store, print)
    time.sleep(0.5)
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], signal.SIG_DFL)


@pytest.mark.parametrize(
    "learner", ["linear", "cnn:width=4", "estimator:path=sklearn.naive_bayes.GaussianNB"]
)
def test_networks_trained_on_intact_data_are_measured(tmp_path, learner):
    stream = np.random.default_rng(0)
    x = stream.standard_normal((90, 8, 8, 1)).astype(np.float32)
    y = (x[:, 2, 2, 0] > 0).astype(np.int64)
    store = Store(tmp_path)
    asked = question(Examples(x[:60], y[:60], x[60:], y[60:], ("a", "b")), store, [learner])
    runs = dataclasses.replace(asked, tune=2).runs()
    run_batches(plan(store, runs), store, lambda progress: None)
    for run in runs:
        row = store.load(run.digest)
        assert row["status"] == "done"
        taken = [f"{m['measure']} {m['quantity']}" for m in row["measures"]]
        if run.structure.name() == "intact":
            symmetries = ["symmetry shift", "symmetry mirror", "symmetry turn"]
            assert taken == ["frequency low", "frequency middle", "frequency high", *symmetries]
        else:
            assert taken == []
