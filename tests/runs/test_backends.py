"""Workers: as many as there are, alike, gone afterwards, and replaced where they die."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_runs import Flaky, numbers, question, run_all

from priorscope.runs.backends import Backend
from priorscope.runs.backends.local import LocalBackend, choose_device
from priorscope.runs.execute import execute
from priorscope.runs.store import Store

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


ORPHAN = """
import os, sys, time
from priorscope.runs.backends.loky_pool import make_pool
if __name__ == "__main__":
    pool = make_pool(2)
    print(*{pool.submit(os.getpid).result() for _ in range(8)}, flush=True)
    time.sleep(60)
"""


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
