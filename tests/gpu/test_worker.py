"""Runs of all sizes and structures of a learner in one batch, as a GPU's worker gets them."""

import numpy as np
import pytest
import torch

from priorscope.runs import worker
from priorscope.runs.backends.local import LocalBackend
from priorscope.runs.backends.thread import WorkerThreads
from priorscope.runs.execute import execute
from priorscope.runs.planner import Question, batches
from priorscope.runs.store import Store
from priorscope.structures import parse_structure
from priorscope.tasks import Examples
from priorscope.train.population import Population
from priorscope.train.populations import PopulationTraining
from priorscope.train.recipe import Recipe, parse_learner

RECIPE = Recipe(steps=20, epochs=1, batch=16)


@pytest.fixture
def data():
    stream = np.random.default_rng(0)
    x = stream.standard_normal((90, 3)).astype(np.float32)
    return Examples(
        x[:60], (x[:60, 0] > 0).astype(np.int64), x[60:], (x[60:, 0] > 0) * 1, ("a", "b")
    )


def question(data, store, learners=("linear", "mlp:width=4", "knn")):
    return Question(
        learners=tuple(parse_learner(name, RECIPE) for name in learners),
        structures=tuple(parse_structure(name) for name in ("intact", "permuted")),
        sizes=(10, 20, 40),
        repeats=2,
        seed=0,
        tune=2,
        data=store.save_data(data),
    )


def test_a_gpus_batch_holds_all_runs_of_a_learner_and_estimators_stay_on_the_cpu(data, tmp_path):
    runs = question(data, Store(tmp_path)).runs()
    groups = batches(runs, 3, together=True)
    assert [len(group) for group in groups[:2]] == [12, 12]
    assert all(run.learner.text == "knn" for group in groups[2:] for run in group)
    hurried = batches(runs, 3, together=True, hurried=True)
    assert {len({(r.learner, r.size) for r in group}) for group in hurried} == {1}
    assert sum(map(len, hurried)) == sum(map(len, groups)) == len(runs)


def test_rows_are_those_of_the_cpu(data, tmp_path, device, monkeypatch):
    runs = question(data, Store(tmp_path), ("mlp:width=4+dropout",)).runs()
    expected = execute(runs, Store(tmp_path), LocalBackend(0))
    store = Store(tmp_path)
    if device.type == "cpu":  # as a GPU's worker does it, on the CPU
        monkeypatch.setattr(worker, "trainer", PopulationTraining)
        arrays, signature = store.load_data(runs[0].data)
        parts = worker.data_together(runs, arrays, signature)
        results = worker.evaluate(runs, parts, signature, device)
    else:
        results = worker.do(runs, store, device)
    for row, result in zip(expected, results, strict=True):
        assert result.row["digest"] == row["digest"]
        assert {"steps", "best_step", "planned_steps", "learning_rate"} <= row.keys()
        assert (result.row["steps"], result.row["best_step"]) == (row["steps"], row["best_step"])
        for part in ("block", "test", "train"):
            assert (part in row) == (part in result.row)
            if part in row:
                assert result.row[part]["bits"] == pytest.approx(row[part]["bits"], rel=2e-3)
        stored = store.load_examples(row["digest"])
        for name, values in result.examples.items():
            np.testing.assert_allclose(values, stored[name], atol=0.02, rtol=0.02)


def test_learners_that_take_turns_equal_each_alone(data, tmp_path, device, monkeypatch):
    """Bit for bit on a CPU; they change places at every evaluation."""
    names = ("linear", "mlp:width=4+dropout", "gru:width=4")
    runs = question(data, Store(tmp_path), names).runs()
    groups = batches(runs, 3, together=True)
    monkeypatch.setattr(worker, "trainer", PopulationTraining)
    store, at_work, changes = Store(tmp_path), [], []
    improved = Population._improved

    def watched(self, *args):
        if at_work[-1:] != [id(self)]:
            changes.append(id(self))
        at_work.append(id(self))
        return improved(self, *args)

    monkeypatch.setattr(Population, "_improved", watched)

    def do(group):
        arrays, signature = store.load_data(group[0].data)
        parts = worker.data_together(group, arrays, signature)
        return worker.evaluate(group, parts, signature, device)

    alone = [do(group) for group in groups]
    populations = len(set(changes))
    assert len(changes) == populations  # one after the other
    changes.clear()
    threads = WorkerThreads(3)
    together = [future.result(200) for future in [threads.submit(do, group) for group in groups]]
    threads.stop()
    assert len(changes) > 2 * populations
    rel = 0 if device.type == "cpu" else 1e-4
    for mine, expected in zip(together, alone, strict=True):
        for one, other in zip(mine, expected, strict=True):
            for part in ("block", "test", "train"):
                if part in other.row:
                    bits = other.row[part]["bits"]
                    assert one.row[part]["bits"] == pytest.approx(bits, rel=rel, abs=0)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_two_workers_on_one_gpu_equal_one(data, tmp_path):
    rows = []
    for workers in (1, 2):
        store = Store(tmp_path / str(workers))
        runs = question(data, store, ("linear", "mlp:width=4")).runs()
        rows.append(execute(runs, store, LocalBackend(workers, "cuda")))
    bits = [[row["test"]["bits"] for row in some] for some in rows]
    assert bits[0] == pytest.approx(bits[1], rel=1e-5)
