"""The thread that does a GPU's batches."""

import threading

import pytest

from priorscope.runs.backends.thread import WorkerThread


def test_tasks_are_done_in_order_and_errors_come_back():
    thread, done = WorkerThread(), []
    futures = [thread.submit(done.append, number) for number in range(3)]
    broken = thread.submit(int, "x")
    assert [future.result(5) for future in futures] == [None] * 3
    assert done == [0, 1, 2]
    with pytest.raises(ValueError, match="invalid literal"):
        broken.result(5)
    thread.stop()


def test_after_a_stop_nothing_more_is_begun():
    thread, gate, done = WorkerThread(), threading.Event(), []
    thread.submit(gate.wait, 5)
    thread.submit(done.append, 1)
    thread.stop()
    gate.set()
    for other in threading.enumerate():
        if other.name == "device":
            other.join(5)
    assert done == []
