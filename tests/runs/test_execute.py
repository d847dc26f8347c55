import contextlib
import dataclasses
import json
import math
import os
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest

from priorscope.core.config import digest
from priorscope.runs.backends import Backend
from priorscope.runs.backends.local import LocalBackend, choose_device
from priorscope.runs.execute import execute, missing
from priorscope.runs.planner import Question, batches
from priorscope.runs.progress import Progress
from priorscope.runs.rows import failed_row
from priorscope.runs.run import Run
from priorscope.runs.store import Store
from priorscope.runs.worker import RunData, TestSplits
from priorscope.structures import parse_structure
from priorscope.structures.intact import Intact
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


def test_a_run_comes_back_from_json(data, tmp_path):
    for run in question(data, Store(tmp_path)).runs():
        again = Run.from_json(run.to_json())
        assert again.digest == run.digest
        assert again.learner.text == run.learner.text
        stored = {k: v for k, v in run.to_json().items() if k != "text"}
        assert digest(stored) == run.digest


def test_every_cell_is_planned_once(data, tmp_path):
    runs = question(data, Store(tmp_path), repeats=3).runs()
    cells = {(r.learner.text, r.structure.label, r.size, r.repeat) for r in runs}
    assert len(runs) == len(cells) == 2 * 2 * 3 * 3
    assert [r.repeat for r in runs[: 2 * 3 * 2]] == [
        0,
        1,
    ] * 6  # two intact repeats of all come first
    assert {r.structure.label for r in runs[: 2 * 3 * 2]} == {"intact"}


def test_without_a_budget_structures_and_repeats_train_together(data, tmp_path):
    hurried = question(data, Store(tmp_path), repeats=3)
    runs = dataclasses.replace(hurried, first_repeats=3).runs()
    assert {run.digest for run in runs} == {run.digest for run in hurried.runs()}
    assert [len(group) for group in batches(runs, 3, together=False)] == [6] * 6


def test_batches_are_of_nearly_one_length(data, tmp_path):
    runs = dataclasses.replace(question(data, Store(tmp_path), repeats=9), first_repeats=9).runs()
    assert [len(group) for group in batches(runs, 3, together=False)] == [9] * 12  # not 16 and 2


def test_the_time_left_counts_updates():
    progress = Progress(runs=3, updates=1000, started=time.monotonic() - 10)
    assert progress.left() is None
    progress.updated = 200
    assert progress.left() == pytest.approx(40, abs=1)


def test_batches_hold_one_learner_and_size(data, tmp_path):
    runs = question(data, Store(tmp_path), repeats=4).runs()
    for group in batches(runs, example_values=3, together=False):
        assert len({(run.learner, run.size) for run in group}) == 1
    grouped = batches(runs, example_values=3, together=False)
    assert sum(map(len, grouped)) == len(runs)
    big = batches(runs, example_values=10**9, together=False)
    assert {len(group) for group in big} == {1}


def children():
    """Process numbers of this process's living children, by their command line."""
    mine = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == os.getpid():
                mine.append((int(folder.name), (folder / "cmdline").read_text()))
    return {pid for pid, command in mine if "popen_loky" in command}


def test_same_numbers_in_one_process_and_in_two_which_are_gone_afterwards(data, tmp_path):
    alone, spread = Store(tmp_path / "a"), Store(tmp_path / "b")
    runs = question(data, alone).runs()
    spread.save_data(data)
    run_all(alone, runs)
    seen = set()
    execute(runs, spread, LocalBackend(2), show=lambda progress: seen.update(children()))
    if Path("/proc/self/stat").exists():
        assert len(seen) == 2
    assert children() == set()
    first, second = numbers(alone, runs), numbers(spread, runs)
    assert first.keys() == second.keys()
    for name in first:
        for part, scores in first[name].items():
            assert scores == pytest.approx(second[name][part], rel=1e-5)


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


def test_a_bug_in_a_plug_in_fails_its_own_runs(data, tmp_path):
    path = tmp_path / "deadly_bug.py"
    path.write_text(DEADLY.replace("class Deadly", "class DeadlyBug"))
    from priorscope.core.registry import include

    include(path)
    store = Store(tmp_path / "out")
    asked = question(data, store, learners=("linear", "deadly-bug:how=raise"), repeats=1)
    runs = asked.runs()
    run_all(store, runs, include=(str(path),))
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
    runs = [
        run
        for run in question(data, store, ("linear", "deadly"), repeats=1).runs()
        if run.size == 20 and run.title.startswith(("linear", "deadly, intact"))
    ]
    run_all(store, runs, workers=2, include=(str(path),))
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


def test_blocks_follow_each_other_and_the_last_size_has_none(data, tmp_path):
    runs = question(data, Store(tmp_path)).runs()
    assert {(run.size, run.stop) for run in runs} == {(10, 20), (20, 40), (40, 40)}


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


def test_any_back_end_will_do_and_what_it_loses_is_recorded(data, tmp_path):
    store, backend = Store(tmp_path), Flaky({20})
    assert isinstance(backend, Backend)
    assert isinstance(LocalBackend(0), Backend)
    runs = question(data, store, ("linear",)).runs()
    rows = execute(runs, store, backend)
    lost = {row["run"]["size"] for row in rows if row["status"] == "failed"}
    done = {row["run"]["size"] for row in rows if row["status"] == "done"}
    assert (lost, done) == ({20}, {10, 40})
    assert len(rows) == len(runs)
    assert backend.stopped
    assert backend.restarts > 0


def test_time_left_travels_and_no_clock_reading_does(data, tmp_path):
    store, backend, left = Store(tmp_path), Flaky(set()), []
    submit = backend.submit
    backend.submit = lambda batch: (left.append(batch.seconds), submit(batch))[1]
    runs = question(data, store, ("linear",), 1).runs()
    execute(runs, store, backend, budget_seconds=3600.0)
    assert all(3500 < seconds <= 3600 for seconds in left)
    assert left == sorted(left, reverse=True)


ORPHAN = """
import os, sys, time
from priorscope.runs.backends.loky_pool import make_pool
if __name__ == "__main__":
    pool = make_pool(2)
    print(*{pool.submit(os.getpid).result() for _ in range(8)}, flush=True)
    time.sleep(60)
"""


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


@pytest.mark.skipif(os.name != "posix", reason="process numbers of parents are Unix's")
def test_workers_end_when_their_parent_is_killed(tmp_path):
    script = tmp_path / "orphan.py"
    script.write_text(ORPHAN)
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    try:
        assert parent.stdout is not None
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        assert workers
    finally:
        parent.kill()
        parent.communicate()
    ends = time.monotonic() + 20
    while any(is_alive(pid) for pid in workers) and time.monotonic() < ends:
        time.sleep(0.1)
    assert not any(is_alive(pid) for pid in workers)


def is_alive(pid):
    """Whether a process runs; one that nobody has waited for yet doesn't."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat")
        return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_the_version_of_loky_is_one_whose_inner_parts_were_checked():
    from importlib.metadata import version

    from priorscope.runs.backends.loky_pool import CHECKED

    assert version("loky").startswith(CHECKED), (
        "Another loky: see that test_same_numbers_in_one_process_and_in_two_which_are_gone_"
        "afterwards, test_workers_end_when_their_parent_is_killed and "
        "test_a_run_that_kills_its_worker... pass, then add it to CHECKED."
    )


def test_a_device_that_there_is_not_is_named():
    with pytest.raises(ValueError, match="--device is one of auto, cpu, cuda, mps, not 'gpu'"):
        choose_device("gpu")
    assert choose_device("cpu") == "cpu"


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
