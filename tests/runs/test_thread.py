"""The threads that do a GPU's batches."""

import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from priorscope.core.turns import TURNS
from priorscope.runs.backends.thread import WorkerThreads


def test_tasks_are_done_in_order_and_errors_come_back():
    thread, done = WorkerThreads(), []
    futures = [thread.submit(done.append, number) for number in range(3)]
    broken = thread.submit(int, "x")
    assert [future.result(5) for future in futures] == [None] * 3
    assert done == [0, 1, 2]
    with pytest.raises(ValueError, match="invalid literal"):
        broken.result(5)
    thread.stop()


def test_after_a_stop_nothing_more_is_begun():
    thread, gate, done = WorkerThreads(), threading.Event(), []
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
from priorscope.runs.backends.thread import WorkerThreads
def batch():
    time.sleep(0.5)
    pathlib.Path(sys.argv[1]).write_text("done")
WorkerThreads().submit(batch)
time.sleep(0.1)
sys.exit(3)
"""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "result")
        ended = subprocess.run([sys.executable, "-c", code, str(file)], check=False)
        assert ended.returncode == 3
        assert file.read_text() == "done"


def test_of_several_threads_one_works_and_others_go_on_where_it_waits():
    threads, told, at_work, gate = WorkerThreads(2), [], [], threading.Event()

    def batch(name, is_first):
        for step in range(3):
            at_work.append(name)
            told.append((name, step))
            assert at_work == [name]
            at_work.remove(name)
            with TURNS.given():
                if is_first and step == 0:
                    assert gate.wait(5)  # until the other one is done

    first, second = threads.submit(batch, "a", True), threads.submit(batch, "b", False)
    second.result(5)
    gate.set()
    first.result(5)
    assert told == [("a", 0), *(("b", step) for step in range(3)), ("a", 1), ("a", 2)]
    threads.stop()


def test_who_wants_to_be_alone_waits_for_the_others_and_lets_nobody_begin():
    threads, told = WorkerThreads(3), []
    gates = {True: threading.Event(), False: threading.Event()}

    def batch(name, wants_it):
        told.append(f"{name} begins")
        with TURNS.given():
            gates[wants_it].wait(5)
        if wants_it:
            assert TURNS.are_shared
            with TURNS.alone() as others_ended:
                assert others_ended
                assert not TURNS.are_shared
                with TURNS.alone() as again:
                    assert not again
                told.append(f"{name} alone")
                with TURNS.given():  # nobody comes in here
                    threading.Event().wait(0.05)
                told.append(f"{name} shared")
        told.append(f"{name} ends")

    futures = [threads.submit(batch, *one) for one in (("a", True), ("b", True), ("c", False))]
    while len(told) < 3:
        threading.Event().wait(0.01)
    gates[True].set()
    while TURNS._waiting < 2:
        threading.Event().wait(0.01)
    gates[False].set()
    late = threads.submit(batch, "d", False)
    for future in (*futures, late):
        future.result(5)
    for name in "ab":
        at = told.index(f"{name} alone")
        assert told[at + 1] == f"{name} shared"
        assert "c ends" in told[:at]
        assert "d begins" not in told[:at]
    threads.stop()


def test_threads_that_take_no_turns_are_not_concerned():
    with TURNS.given(), TURNS.alone() as others_ended:
        assert not others_ended
    assert not TURNS.are_shared
