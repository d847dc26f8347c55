import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest
from small_runs import Flaky, numbers, question, run_all

from priorscope.runs.backends.local import LocalBackend
from priorscope.runs.execute import execute, missing
from priorscope.runs.rows import failed_row
from priorscope.runs.store import Store
from priorscope.runs.worker import RunData, TestSplits
from priorscope.structures import parse_structure
from priorscope.structures.intact import Intact
from priorscope.tasks import Examples


def test_what_is_missing_is_done_with_the_same_numbers(data, tmp_path):
    """As after a kill: half of a group's rows are gone, and the other runs' replicas with them."""
    store = Store(tmp_path)
    runs = question(data, store, repeats=4).runs()
    run_all(store, runs)
    before = numbers(store, runs)
    lost = runs[::3]
    for run in lost:
        store.path(run.digest).unlink()
    run_all(store, lost)
    after = numbers(store, runs)
    for name in before:
        for part, scores in before[name].items():
            assert scores == pytest.approx(after[name][part], rel=1e-5)


def test_what_the_budget_does_not_reach_leaves_no_row(data, tmp_path):
    store = Store(tmp_path)
    runs = question(data, store).runs()
    rows = run_all(store, runs, seconds=0.0)
    assert rows == []
    assert store.finished() == set()


def test_nothing_is_handed_over_after_the_budget(data, tmp_path):
    store, backend = Store(tmp_path), Flaky({10, 20, 40})
    assert execute(question(data, store).runs(), store, backend, budget_seconds=0.0) == []
    assert backend.lost == []  # every batch that it got would be here
    assert backend.stopped


def test_nan_is_recorded_with_its_step(data, tmp_path):
    broken = data.inputs.copy()
    broken[:, 1] = np.nan
    store = Store(tmp_path)
    runs = question(dataclasses.replace(data, inputs=broken), store, ("linear",), 1).runs()[:1]
    run_all(store, runs)
    row = store.load(runs[0].digest)
    assert row["status"] == "failed"
    assert "NaN" in row["reason"]


def test_tuning_chooses_inside_the_prefix_and_pays_for_it(data, tmp_path):
    """So low a rate learns nothing; three times it, the second trial, learns a little more."""
    store = Store(tmp_path)
    asked = dataclasses.replace(question(data, store, ("linear:learning_rate=1e-4",), 1), tune=2)
    rows = run_all(store, asked.runs())
    assert [*{row["learning_rate"] for row in rows}] == [pytest.approx(3e-4)]
    alone = dataclasses.replace(asked, tune=1).runs()
    assert [*{row["learning_rate"] for row in run_all(store, alone)}] == [pytest.approx(1e-4)]


def test_a_run_sees_its_prefix_its_block_and_nothing_else(data, tmp_path):
    store = Store(tmp_path)
    asked = dataclasses.replace(question(data, store, ("linear",)), sizes=(10, 25, 60))
    arrays, signature = store.load_data(asked.data)
    intact = [run for run in asked.runs() if run.structure.name() == "intact"]
    own = {(run.size, run.repeat): RunData.of(run, arrays, signature) for run in intact}
    for size, stop in ((10, 25), (25, 60), (60, 60)):
        first, second = own[size, 0], own[size, 1]
        assert len(first.prefix.inputs) == size
        assert len(first.block[0]) == len(first.block[1]) == stop - size
        seen = np.concatenate([first.prefix.inputs, first.block[0]])
        assert len(np.unique(seen, axis=0)) == stop  # no example twice
        np.testing.assert_array_equal(first.test[0], data.test_inputs)
        assert first.prefix.seed != second.prefix.seed
        assert not np.array_equal(first.prefix.inputs, second.prefix.inputs)
    np.testing.assert_array_equal(own[25, 0].prefix.inputs[:10], own[10, 0].prefix.inputs)
    np.testing.assert_array_equal(own[25, 0].prefix.inputs[10:], own[10, 0].block[0])


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
    run_all(store, runs)
    for run in runs:
        row = store.load(run.digest)
        assert row["status"] == "done"
        taken = [f"{m['measure']} {m['quantity']}" for m in row["measures"]]
        if run.structure.name() == "intact":
            symmetries = ["symmetry shift", "symmetry mirror", "symmetry rotation"]
            assert taken == ["frequency low", "frequency middle", "frequency high", *symmetries]
        else:
            assert taken == []


def test_what_is_done_is_not_done_again(data, tmp_path, monkeypatch):
    store = Store(tmp_path)
    runs = question(data, store, ("linear",), 1).runs()
    rows = run_all(store, runs)
    assert [row["digest"] for row in rows] == [run.digest for run in runs]
    assert missing(runs, store) == []

    def never(*_):
        raise AssertionError("a finished run was handed to a worker")

    monkeypatch.setattr(LocalBackend, "submit", never)
    assert run_all(store, runs) == rows


def test_failed_and_damaged_runs_are_done_again(data, tmp_path):
    store = Store(tmp_path)
    runs = question(data, store, ("linear",), 1).runs()
    rows = run_all(store, runs)
    store.save(runs[0].digest, failed_row(runs[0].to_json(), "the disk was full"))
    store.path(runs[1].digest).write_text("{")
    row = json.loads(store.path(runs[2].digest).read_text())
    row["test"]["accuracy"] = 2.0
    store.path(runs[2].digest).write_text(json.dumps(row))
    assert missing(runs, store) == runs[:3]
    again = run_all(store, runs)
    assert [row["status"] for row in again] == ["done"] * len(runs)
    assert [row["test"] for row in again] == [row["test"] for row in rows]


LOCKED = """
import multiprocessing
from priorscope.runs.backends.loky_pool import kill, make_pool

def lock():
    multiprocessing.kept = multiprocessing.RLock()  # as tqdm does for its bars

if __name__ == "__main__":
    pool = make_pool(2)
    for done in [pool.submit(lock) for _ in range(4)]:
        done.result()
    kill(pool)
"""


def test_locks_of_killed_workers_leave_no_semaphores(tmp_path):
    script = tmp_path / "locked.py"
    script.write_text(LOCKED)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_measure_that_raises_costs_no_run(data, tmp_path, monkeypatch):
    from priorscope.measures.symmetry import Symmetry

    def raises(self, one):
        raise RuntimeError("a bug in a measure")

    monkeypatch.setattr(Symmetry, "measure", raises)
    store = Store(tmp_path)
    stream = np.random.default_rng(0)
    x = stream.standard_normal((90, 8, 1)).astype(np.float32)
    examples = Examples(x[:60], data.targets, x[60:], data.test_targets, ("a", "b"))
    (row,) = run_all(store, question(examples, store, ("linear",), 1).runs()[:1])
    error = {"measure": "symmetry", "quantity": None, "error": "RuntimeError: a bug in a measure"}
    assert row["status"] == "done"
    assert error in row["measures"]


def test_results_are_stored_example_by_example(data, tmp_path):
    """Bits come out of them again, to float16's precision."""
    store = Store(tmp_path)
    runs = question(data, store).runs()
    for run, row in zip(runs, run_all(store, runs), strict=True):
        stored = store.load_examples(run.digest)
        assert stored is not None
        assert stored.keys() == {f"{part}.log2_p" for part in ("block", "test") if part in row}
        log2_p = stored["test.log2_p"]
        assert log2_p.dtype == np.float16
        assert log2_p.shape == (30, 2)
        np.testing.assert_allclose(np.exp2(log2_p.astype(float)).sum(axis=1), 1, atol=2e-2)
        if run.structure.name() == "intact":
            bits = -log2_p[np.arange(30), data.test_targets].astype(float)
            assert bits.mean() == pytest.approx(row["test"]["bits"], abs=5e-3)
        assert store.examples_path(run.digest).stat().st_size < 4000


def test_test_splits_are_shared_between_batches_and_forgotten_in_time(data, tmp_path, monkeypatch):
    seeds = []
    apply = Intact.apply
    monkeypatch.setattr(
        Intact, "apply", lambda self, *args: (seeds.append(args[3]), apply(self, *args))[1]
    )
    splits = TestSplits(most=2)
    arrays = {"test_inputs": data.test_inputs, "test_targets": data.test_targets}
    run = question(data, Store(tmp_path)).runs()[0]
    for seed in (1, 1, 2, 1, 3, 1, 2):
        splits.of(run, arrays, data.signature, seed)
    assert seeds == [1, 2, 3, 2]
    permuted = dataclasses.replace(run, structure=parse_structure("permuted"))
    changed, intact = (splits.of(r, arrays, data.signature, 1)[0] for r in (permuted, run))
    assert not np.array_equal(changed, intact)
