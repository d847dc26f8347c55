"""Several GPUs on one machine, played on a CPU: who gets which batch."""

from concurrent.futures import Future

import pytest

from priorscope.runs.backends import local, loky_pool
from priorscope.runs.backends.local import LocalBackend, available_workers, use_device
from priorscope.runs.batch import Batch


class Pool:
    """Keeps what is handed over; nothing is done."""

    def __init__(self, workers):
        self.workers, self.batches, self.futures = workers, [], []

    def submit(self, work, batch):
        self.batches.append(batch)
        self.futures.append(Future())
        return self.futures[-1]


@pytest.fixture
def pools(monkeypatch):
    made = []
    monkeypatch.setattr(loky_pool, "make_pool", lambda n, *_: made.append(Pool(n)) or made[-1])
    monkeypatch.setattr(loky_pool, "kill", lambda pool: None)
    monkeypatch.setattr(local, "choose_device", lambda name: name)
    monkeypatch.setattr(local, "gpu_count", lambda: 2)
    return made


def batch(device="cuda"):
    return Batch(root="folder", runs=(), device=device)


def test_every_gpu_has_a_worker_and_the_next_batch_goes_where_fewest_wait(pools):
    assert available_workers("cuda") == 2
    backend = LocalBackend(None, "cuda")
    futures = [backend.submit(batch()) for _ in range(3)]
    assert [pool.workers for pool in pools] == [1, 1]
    assert [[b.device for b in pool.batches] for pool in pools] == [["cuda:0"] * 2, ["cuda:1"]]
    futures[1].set_result(None)
    backend.submit(batch())
    assert [b.device for b in pools[1].batches] == ["cuda:1"] * 2
    backend.submit(batch("cpu"))  # an estimator's
    assert pools[2].batches[0].device == "cpu"
    backend.stop()
    backend.submit(batch())
    assert pools[3].batches[0].device == "cuda:0"


@pytest.mark.parametrize(("workers", "shares"), [(3, [2, 1]), (4, [2, 2]), (2, [1, 1])])
def test_workers_are_shared_out(pools, workers, shares):
    backend = LocalBackend(workers, "cuda")
    for _ in range(2):
        backend.submit(batch())
    assert [pool.workers for pool in pools] == shares


def test_a_worker_uses_the_gpu_that_its_batch_names(monkeypatch):
    used = []
    monkeypatch.setattr("torch.cuda.set_device", used.append)
    assert use_device("cuda:1") == "cuda:1"
    assert use_device("cpu") == "cpu"
    assert used == ["cuda:1"]
