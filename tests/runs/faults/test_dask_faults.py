"""Clusters of three workers of Dask on loopback, and what goes wrong with them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads Linux's /proc"),
]


class Dask:
    """A scheduler and its workers."""

    def __init__(self, shell, folder, port=None):
        self.shell, self.folder = shell, folder
        self.port = port or shell.free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.engine = ["--backend", "dask", "--scheduler", self.address]
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard"]
        self.scheduler = shell.start([sys.executable, "-m", "dask", "scheduler", *options])
        self.workers = []

    def add(self, path=None):
        options = ["--nthreads", "1", "--host", "127.0.0.1", "--no-dashboard"]
        options += ["--nanny" if path else "--no-nanny"]
        options += ["--local-directory", str(self.folder / f"scratch{len(self.workers)}")]
        command = [sys.executable, "-m", "dask", "worker", self.address, *options]
        self.workers.append(self.shell.start(command, path))

    def wait_for_workers(self):
        code = f"from distributed import Client\nc = Client({self.address!r}, timeout=60)\n"
        code += f"c.wait_for_workers({len(self.workers)}, timeout=120)\n"
        subprocess.run([sys.executable, "-c", code], check=True, timeout=200, capture_output=True)

    def end(self):
        for process in (*self.workers, self.scheduler):
            self.shell.end(process)


@pytest.fixture
def cluster(shell, tmp_path):
    made = Dask(shell, tmp_path)
    try:
        for _ in range(3):
            made.add()
        yield made
    finally:
        family = {p for one in made.workers for p in shell.family(one.pid)}
        made.end()
        assert shell.ends(family, seconds=30)


@pytest.mark.parametrize("rows", ["shared", "returned"])
def test_a_worker_is_killed_in_the_middle(faults, cluster, shell, clock_ahead, rows):
    """And another, that joins late, has a clock two days ahead."""
    process = faults.begin(*cluster.engine, "--rows", rows)
    victim = cluster.workers[0]
    family = shell.family(victim.pid)
    os.kill(victim.pid, signal.SIGKILL)
    cluster.add(clock_ahead)
    shell.finish(process)
    faults.assert_all_is_there()
    assert shell.ends(family)


def test_the_scheduler_is_killed_and_the_same_command_resumes(faults, cluster, shell, tmp_path):
    def again():
        made = Dask(shell, tmp_path / "again", cluster.port)
        made.add()
        return made

    def kill():
        os.kill(cluster.scheduler.pid, signal.SIGKILL)

    errors = faults.loses_its_head(*cluster.engine, kill=kill, again=again)
    assert "The Dask scheduler tcp://127.0.0.1" in errors


def test_a_poisoned_run_fails_after_two_deaths_and_the_others_go_on(faults, cluster, shell):
    shell.finish(faults.poison(*cluster.engine), code=1)
    faults.assert_others_went_on()
    assert all(worker.poll() is None for worker in cluster.workers)


def test_a_worker_of_another_version_is_refused(faults, cluster, another_version):
    cluster.add(another_version)
    cluster.wait_for_workers()
    faults.refuses_another_version(*cluster.engine)
