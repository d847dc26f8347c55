"""Work by Ray, with Ray's part played by this process; real clusters are in faults/."""

import contextlib
import socket
from concurrent.futures import Future
from types import SimpleNamespace

import numpy as np
import pytest

from priorscope.runs.backends import Backend
from priorscope.runs.backends import ray as module
from priorscope.runs.backends.local import LocalBackend
from priorscope.runs.backends.ray import RayBackend
from priorscope.runs.execute import execute
from priorscope.runs.planner import Question
from priorscope.runs.store import Store
from priorscope.structures import parse_structure
from priorscope.tasks import Examples
from priorscope.train.recipe import Recipe, parse_learner


@pytest.fixture(scope="module", autouse=True)
def _installed():
    """Imported by the tests alone, as it takes seconds."""
    pytest.importorskip("ray")


class WorkerCrashedError(Exception):
    """Named as Ray's."""


class Played:
    """What `RayBackend` uses of Ray. crashes: tasks that lose their worker, by number."""

    def __init__(self, port, crashes=()):
        self.port, self.crashes, self.tasks, self.puts = port, crashes, 0, []

    def init(self, **options):
        assert options["log_to_driver"] is False

    def get_runtime_context(self):
        return SimpleNamespace(gcs_address=f"127.0.0.1:{self.port}")

    def cluster_resources(self):
        return {"CPU": 2.0}

    def put(self, data):
        self.puts.append(data)
        return data

    def remote(self, serve):
        def options(**asked):
            assert asked["max_retries"] == 0
            return SimpleNamespace(remote=lambda job, data: self.task(serve, job, data))

        return SimpleNamespace(options=options)

    def task(self, serve, job, data):
        future = Future()
        self.tasks += 1
        if self.tasks in self.crashes:
            future.set_exception(WorkerCrashedError())
        else:
            future.set_result(serve(job, data))
        return SimpleNamespace(future=lambda: future)

    def shutdown(self):
        self.port = None


@pytest.fixture
def head():
    with contextlib.closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        yield one


@pytest.fixture
def data():
    stream = np.random.default_rng(0)
    x = stream.standard_normal((60, 3)).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.int64)
    return Examples(x[:40], y[:40], x[40:], y[40:], ("a", "b"))


def question(data, store):
    return Question(
        learners=(parse_learner("linear", Recipe(steps=10, epochs=1, batch=16)),),
        structures=(parse_structure("intact"),),
        sizes=(10, 20),
        repeats=2,
        seed=0,
        tune=1,
        data=store.save_data(data),
    )


def backend(head, rows="auto", crashes=()):
    made = RayBackend("auto", rows=rows)
    made._ray = Played(head.getsockname()[1], crashes)
    return made


def numbers(rows):
    return {row["digest"]: row["test"] for row in rows}


@pytest.mark.parametrize("rows", ["auto", "shared", "returned"])
def test_rows_are_those_of_this_process(data, tmp_path, head, rows):
    here, there = Store(tmp_path / "here"), Store(tmp_path / "there")
    runs = question(data, here).runs()
    there.save_data(data)
    one = backend(head, rows, crashes=(1,))  # which is done again
    assert isinstance(one, Backend)
    done, expected = (
        numbers(execute(runs, there, one)),
        numbers(execute(runs, here, LocalBackend(0))),
    )
    assert done.keys() == expected.keys()
    for name, scores in expected.items():
        assert done[name] == pytest.approx(scores, rel=1e-5)
    assert len(one._ray.puts) == (rows == "returned")  # once, whatever the number of batches
    assert one._ray.port is None
    assert not list(there.root.rglob("*.part"))


def test_data_travel_to_those_who_do_not_see_the_folder(data, tmp_path, head, monkeypatch):
    monkeypatch.setattr("priorscope.runs.backends.ray_worker.shares_folder", lambda job: False)
    store, one = Store(tmp_path), backend(head)
    runs = question(data, store).runs()
    assert {row["status"] for row in execute(runs, store, one)} == {"done"}
    assert len(one._ray.puts) == 1


def test_a_run_that_loses_its_workers_twice_fails(data, tmp_path, head):
    store, one = Store(tmp_path), backend(head, crashes=range(1, 1000))
    runs = question(data, store).runs()
    rows = execute(runs, store, one)
    assert {row["reason"] for row in rows} == {
        "its worker process died twice, perhaps out of memory"
    }
    assert one._ray.tasks == 2 + len(runs)  # a batch per size, then each run once more


def test_another_version_is_refused(data, tmp_path, head, monkeypatch):
    store = Store(tmp_path)
    runs = question(data, store).runs()
    monkeypatch.setattr("priorscope.runs.backends.remote.version", versions("1.0", "0.9"))
    with pytest.raises(ValueError, match=r"A worker has priorscope 0\.9, and this is 1\.0"):
        execute(runs, store, backend(head))


def versions(first, then):
    said = iter([first])
    return lambda name: next(said, then)


def test_a_head_that_is_gone_is_one_sentence(data, tmp_path, head, monkeypatch):
    monkeypatch.setattr(module, "LOOK_EVERY", 0.05)
    store, one = Store(tmp_path), backend(head)
    monkeypatch.setattr(Played, "task", lambda *_: SimpleNamespace(future=Future))
    head.close()
    with pytest.raises(ConnectionError, match="The Ray cluster auto was lost"):
        execute(question(data, store).runs(), store, one)


def test_a_head_without_nodes_is_one_sentence(data, tmp_path, head, monkeypatch):
    """After a while; tasks that no node takes would wait for ever."""
    monkeypatch.setattr(module, "COUNT_EVERY", 0.05)
    monkeypatch.setattr(module, "EMPTY", 0.2)
    monkeypatch.setattr(Played, "task", lambda *_: SimpleNamespace(future=Future))
    monkeypatch.setattr(Played, "cluster_resources", lambda _: {"memory": 1.0})
    store = Store(tmp_path)
    with pytest.raises(ConnectionError, match="auto has had no node with a CPU for 0 s; start one"):
        execute(question(data, store).runs(), store, backend(head))


def test_nodes_that_end_with_their_head_fail_no_run(data, tmp_path, head):
    store, one = Store(tmp_path), backend(head, crashes=range(1, 1000))
    head.close()
    with pytest.raises(ConnectionError, match="The Ray cluster auto was lost"):
        execute(question(data, store).runs(), store, one)
    assert not store.finished()
    assert not list(tmp_path.glob("runs/*.json"))
