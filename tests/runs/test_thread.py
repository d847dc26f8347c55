"""The thread that does a GPU's batches."""

import subprocess
import sys
import tempfile
import threading
from pathlib import Path

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


def test_the_process_waits_for_the_batch_in_hand():
    code = """
import pathlib, sys, time
from priorscope.runs.backends.thread import WorkerThread
def batch():
    time.sleep(0.5)
    pathlib.Path(sys.argv[1]).write_text("done")
WorkerThread().submit(batch)
time.sleep(0.1)
sys.exit(3)
"""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "result")
        ended = subprocess.run([sys.executable, "-c", code, str(file)], check=False)
        assert ended.returncode == 3
        assert file.read_text() == "done"
