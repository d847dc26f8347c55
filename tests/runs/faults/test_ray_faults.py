"""Clusters of three nodes of Ray on loopback, and what goes wrong with them."""

import contextlib
import importlib.util
import os
import socket
import sys
import time
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="ray is not installed"),
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads Linux's /proc"),
]
# several nodes on one machine; 0 keeps what isn't told an address to 127.0.0.1
SEVERAL = "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER=1"


class Ray:
    """A head without cores, and nodes of one core each: its workers."""

    def __init__(self, shell, port=None):
        self.shell, self.port = shell, port or shell.free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.engine = ["--backend", "ray", "--address", self.address]
        self.mark, self.nodes = f"ray {os.getpid()} {shell.free_port()}", []
        self._start("--head", "--port", str(self.port), "--include-dashboard=false", cores=0)
        latest = time.monotonic() + 200
        while time.monotonic() < latest:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.2)
        self.end()
        raise TimeoutError(f"no head of Ray listens at {self.port}")

    def add(self, path=None):
        """One after the other: two that start at once choose one name for their sockets."""
        self._start("--address", self.address, cores=1, path=path)
        node, latest = self.nodes[-1], time.monotonic() + 200
        while not self._listens(node.pid):
            assert node.poll() is None, "the node ended"
            assert time.monotonic() < latest, "the node doesn't listen"
            time.sleep(0.2)

    def _listens(self, pid):
        """Whether the node's own process has its socket."""
        option = "--raylet_socket_name="
        for child in self.shell.family(pid):
            with contextlib.suppress(OSError):
                for part in Path(f"/proc/{child}/cmdline").read_text().split("\0"):
                    if part.startswith(option):
                        return Path(part.removeprefix(option)).exists()
        return False

    def _start(self, *where, cores, path=None):
        options = ["--num-cpus", str(cores), "--object-store-memory", "80000000"]
        command = ["env", SEVERAL, sys.executable, "-m", "ray.scripts.scripts", "start", "--block"]
        command += [*where, *options, "--node-ip-address", "127.0.0.1", "--disable-usage-stats"]
        self.nodes.append(self.shell.start(command, path, f"{self.mark} {len(self.nodes)}"))

    def kill(self, number):
        """A node with all that belongs to it; 0 is the head."""
        mark, pid = f"{self.mark} {number}", self.nodes[number].pid
        family = self.shell.family(pid) | self.shell.marked(mark) | {pid}
        self.shell.kill(family)  # workers hide their environment
        assert self.shell.ends(family, mark)

    def end(self):
        for number, process in reversed(list(enumerate(self.nodes))):
            self.kill(number)
            process.communicate()


@pytest.fixture
def cluster(shell):
    made = Ray(shell)
    try:
        for _ in range(3):
            made.add()
        yield made
    finally:
        made.end()


@pytest.mark.parametrize("rows", ["shared", "returned"])
def test_a_node_is_killed_in_the_middle(faults, cluster, shell, clock_ahead, rows):
    """And another, that joins late, has a clock two days ahead."""
    process = faults.begin(*cluster.engine, "--rows", rows)
    cluster.kill(1)
    cluster.add(clock_ahead)
    shell.finish(process)
    faults.assert_all_is_there()


def test_the_head_is_killed_and_the_same_command_resumes(faults, cluster, shell):
    def again():
        cluster.end()
        made = Ray(shell, cluster.port)
        made.add()
        return made

    errors = faults.loses_its_head(*cluster.engine, kill=lambda: cluster.kill(0), again=again)
    assert "The Ray cluster 127.0.0.1" in errors


def test_a_node_of_another_version_is_refused(faults, shell, another_version):
    cluster = Ray(shell)
    try:
        cluster.add(another_version)
        faults.refuses_another_version(*cluster.engine)
    finally:
        cluster.end()


def test_a_poisoned_run_fails_and_the_others_go_on(faults, shell):
    """On a cluster that the command starts, which ends with it."""
    mark = f"own ray {os.getpid()}"
    process = faults.poison("--backend", "ray", "--workers", "2", "--rows", "returned", mark=mark)
    faults.wait_for_a_row(process)
    family = shell.family(process.pid) | shell.marked(mark)
    assert len(family) > 3
    shell.finish(process, code=1)
    faults.assert_others_went_on()
    assert shell.ends(family, mark)
