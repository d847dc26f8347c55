"""Clusters of three workers of Dask or Ray on loopback, and what goes wrong with them.

After each fault: the rows are those of a run on this machine, none is lost, no process stays.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads Linux's /proc"),
]


TINY = ["--learners", "linear,mlp:width=8", "--sizes", "40,80", "--structures", "permuted"]
TINY += ["--repeats", "2", "--steps", "400", "--epochs", "0", "--quiet"]
RUNS = 16
LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_USAGE_STATS_ENABLED": "0"}
LOOPBACK["RAY_AUTH_MODE"] = "disabled"  # whatever token this user's own clusters have
DEADLY = """
import dataclasses, os, signal, sys
from torch import nn
from priorscope.models import MODELS, ModelConfig

@MODELS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Deadly(ModelConfig):
    def build(self, signature):
        if "compare" not in sys.argv:  # in a worker
            os.kill(os.getpid(), signal.SIGKILL)
        return nn.Sequential(nn.Flatten(), nn.Linear(64, signature.output_size))
"""
MARK = "PRIORSCOPE_TEST_PROCESS"
TOMORROW = "import time\n_now = time.time\ntime.time = lambda: _now() + 2 * 24 * 3600\n"


def free_port():
    with contextlib.closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def start(command, path=None, mark=""):
    environment = dict(os.environ) | LOOPBACK | {MARK: mark}
    if path is not None:
        before = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = os.pathsep.join([str(path), *([before] if before else [])])
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=environment,
    )


def end(process):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def compare(out, *more, extra="", mark=""):
    tiny = [TINY[0], TINY[1] + extra, *TINY[2:]]
    command = [sys.executable, "-m", "priorscope", "compare", "digits", *tiny]
    return start([*command, "--out", str(out), *more], mark=mark)


def finish(process, code=0):
    _, errors = process.communicate(timeout=800)
    assert process.returncode == code, errors
    return errors


def wait_for_rows(out, count=1, seconds=800):
    ends = time.monotonic() + seconds
    while len(list((out / "runs").glob("*.json"))) < count and time.monotonic() < ends:
        time.sleep(0.05)


def rows(out):
    return [json.loads(path.read_text()) for path in (out / "runs").glob("*.json")]


def scores(out):
    return {
        row["digest"]: {part: row[part] for part in ("block", "test") if part in row}
        for row in rows(out)
        if row["status"] == "done"
    }


def descendants(pid):
    """Process numbers of a process's children and theirs."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            if status[0] != "Z":
                parents[int(folder.name)] = int(status[1])
    family = {pid}
    while more := {p for p, parent in parents.items() if parent in family} - family:
        family |= more
    return family - {pid}


def alive(pids):
    states = {}
    for pid in pids:
        with contextlib.suppress(OSError):
            states[pid] = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return {pid for pid, state in states.items() if state != "Z"}


def marked(mark):
    """Process numbers of all that were started with a mark, whoever their parents are now."""
    wanted, pids = f"{MARK}={mark}".encode(), set()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                pids.add(int(folder.name))
    return alive(pids)


def none_left(mark, family=(), seconds=60):
    """Whether those with a mark, and others, end; zombies have ended."""
    ends = time.monotonic() + seconds
    while (left := marked(mark) | alive(family)) and time.monotonic() < ends:
        time.sleep(0.2)
    return not left


def kill(pids):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class Dask:
    """A scheduler and its workers."""

    def __init__(self, port=None):
        self.port = port or free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard"]
        self.scheduler = start([sys.executable, "-m", "dask", "scheduler", *options])
        self.workers = []

    def add(self, folder, path=None):
        options = ["--nthreads", "1", "--host", "127.0.0.1", "--no-dashboard"]
        options += ["--nanny" if path else "--no-nanny"]
        options += ["--local-directory", str(folder / f"scratch{len(self.workers)}")]
        command = [sys.executable, "-m", "dask", "worker", self.address, *options]
        self.workers.append(start(command, path))

    def end(self):
        for process in (*self.workers, self.scheduler):
            end(process)


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    out = tmp_path_factory.mktemp("local") / "out"
    finish(compare(out, "--workers", "0"))
    return scores(out)


@pytest.fixture
def cluster(tmp_path):
    made = Dask()
    try:
        for _ in range(3):
            made.add(tmp_path)
        yield made
    finally:
        family = {p for one in made.workers for p in descendants(one.pid)}
        made.end()
        ends = time.monotonic() + 30
        while alive(family) and time.monotonic() < ends:
            time.sleep(0.2)
        assert not alive(family)


def engine(cluster):
    return ["--backend", "dask", "--scheduler", cluster.address]


def same(out, local):
    done = scores(out)
    assert done.keys() == local.keys()
    for name, parts in local.items():
        for part, numbers in parts.items():
            assert done[name][part] == pytest.approx(numbers, rel=1e-5)
    assert not list(out.rglob("*.part"))
    assert (out / "summary.json").exists()


@pytest.mark.parametrize("rows", ["shared", "returned"])
def test_a_worker_is_killed_in_the_middle(tmp_path, cluster, local, rows):
    """And another, that joins late, has a clock two days ahead."""
    out, ahead = tmp_path / "out", tmp_path / "ahead"
    ahead.mkdir()
    (ahead / "sitecustomize.py").write_text(TOMORROW)
    process = compare(out, *engine(cluster), "--rows", rows)
    wait_for_rows(out)
    victim = cluster.workers[0]
    family = descendants(victim.pid)
    os.kill(victim.pid, signal.SIGKILL)
    cluster.add(tmp_path, path=ahead)
    finish(process)
    same(out, local)
    assert not alive(family)


def test_the_scheduler_is_killed_and_the_same_command_resumes(tmp_path, cluster, local):
    out = tmp_path / "out"
    process = compare(out, *engine(cluster))
    wait_for_rows(out)
    os.kill(cluster.scheduler.pid, signal.SIGKILL)
    errors = finish(process, code=2)
    assert errors.count("\n") == 1, errors
    assert "The Dask scheduler tcp://127.0.0.1" in errors
    assert "the same command continues" in errors
    kept = scores(out)
    again = Dask(cluster.port)
    try:
        again.add(tmp_path)
        finish(compare(out, *engine(again)))
    finally:
        again.end()
    same(out, local)
    assert kept.items() <= scores(out).items()


def test_a_poisoned_run_fails_after_two_deaths_and_the_others_go_on(tmp_path, cluster, local):
    out, plug_in = tmp_path / "out", tmp_path / "deadly.py"
    plug_in.write_text(DEADLY)
    process = compare(out, *engine(cluster), "--include", str(plug_in), extra=",deadly")
    finish(process, code=1)
    failed = [row for row in rows(out) if row["status"] == "failed"]
    assert len(failed) == RUNS // 2
    assert {row["run"]["text"] for row in failed} == {"deadly"}
    assert all("died twice" in row["reason"] for row in failed)
    assert scores(out).keys() == local.keys()
    assert all(worker.poll() is None for worker in cluster.workers)


def test_a_worker_of_another_version_is_refused(tmp_path, cluster):
    out = tmp_path / "out"
    cluster.add(tmp_path, path=_another_version(tmp_path))
    _wait_for_workers(cluster, 4)
    errors = finish(compare(out, *engine(cluster)), code=2)
    assert errors.count("\n") == 1, errors
    assert "has priorscope 0.0.1, and this is" in errors
    assert "install the same version on all workers" in errors


def _another_version(tmp_path):
    """What a worker's PYTHONPATH begins with, so that its priorscope seems to be 0.0.1."""
    facts = tmp_path / "other" / "priorscope-0.0.1.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: priorscope\nVersion: 0.0.1\n")
    return tmp_path / "other"


def _wait_for_workers(cluster, count):
    code = f"from distributed import Client\nc = Client({cluster.address!r}, timeout=60)\n"
    code += f"c.wait_for_workers({count}, timeout=120)\n"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=200, capture_output=True)


class Ray:
    """A head without cores, and nodes of one core each: its workers."""

    def __init__(self, port=None):
        self.port = port or free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.mark, self.nodes = f"ray {os.getpid()} {free_port()}", []
        self._start("--head", "--port", str(self.port), "--include-dashboard=false", cores=0)
        ends = time.monotonic() + 200
        while time.monotonic() < ends:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.2)
        self.end()
        raise TimeoutError(f"no head of Ray listens at {self.port}")

    def add(self, path=None):
        self._start("--address", self.address, cores=1, path=path)
        return self.nodes[-1]

    def _start(self, *where, cores, path=None):
        options = ["--num-cpus", str(cores), "--object-store-memory", "80000000"]
        several = (
            "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER=1"  # nodes; 0 keeps what isn't told to 127.0.0.1
        )
        command = ["env", several, sys.executable, "-m", "ray.scripts.scripts", "start", "--block"]
        command += [*where, *options, "--node-ip-address", "127.0.0.1", "--disable-usage-stats"]
        self.nodes.append(start(command, path, f"{self.mark} {len(self.nodes)}"))

    def kill(self, number):
        """A node with all that belongs to it; 0 is the head."""
        mark, pid = f"{self.mark} {number}", self.nodes[number].pid
        family = descendants(pid) | marked(mark) | {pid}  # workers hide their environment
        kill(family)
        assert none_left(mark, family)

    def end(self):
        for number, process in reversed(list(enumerate(self.nodes))):
            self.kill(number)
            process.communicate()


@pytest.fixture
def ray_cluster():
    pytest.importorskip("ray")
    made = Ray()
    try:
        for _ in range(3):
            made.add()
        yield made
    finally:
        made.end()


def ray_engine(cluster):
    return ["--backend", "ray", "--address", cluster.address]


@pytest.mark.parametrize("rows", ["shared", "returned"])
def test_a_ray_node_is_killed_in_the_middle(tmp_path, ray_cluster, local, rows):
    """And another, that joins late, has a clock two days ahead."""
    out, ahead = tmp_path / "out", tmp_path / "ahead"
    ahead.mkdir()
    (ahead / "sitecustomize.py").write_text(TOMORROW)
    process = compare(out, *ray_engine(ray_cluster), "--rows", rows)
    wait_for_rows(out)
    ray_cluster.kill(1)
    ray_cluster.add(path=ahead)
    finish(process)
    same(out, local)


def test_rays_head_is_killed_and_the_same_command_resumes(tmp_path, ray_cluster, local):
    out = tmp_path / "out"
    process = compare(out, *ray_engine(ray_cluster))
    wait_for_rows(out)
    ray_cluster.kill(0)
    errors = finish(process, code=2)
    assert errors.count("\n") == 1, errors
    assert "The Ray cluster 127.0.0.1" in errors
    assert "the same command continues" in errors
    kept = scores(out)
    ray_cluster.end()
    again = Ray(ray_cluster.port)
    try:
        again.add()
        finish(compare(out, *ray_engine(again)))
    finally:
        again.end()
    same(out, local)
    assert kept.items() <= scores(out).items()


def test_a_ray_node_of_another_version_is_refused(tmp_path):
    pytest.importorskip("ray")
    cluster = Ray()
    try:
        cluster.add(path=_another_version(tmp_path))
        errors = finish(compare(tmp_path / "out", *ray_engine(cluster)), code=2)
    finally:
        cluster.end()
    assert errors.count("\n") == 1, errors
    assert "has priorscope 0.0.1, and this is" in errors


def test_a_poisoned_run_fails_on_ray_too(tmp_path, local):
    pytest.importorskip("ray")
    out, plug_in = tmp_path / "out", tmp_path / "deadly.py"
    plug_in.write_text(DEADLY)
    engine = ["--backend", "ray", "--workers", "2", "--rows", "returned"]
    mark = f"own ray {os.getpid()}"
    process = compare(out, *engine, "--include", str(plug_in), extra=",deadly", mark=mark)
    wait_for_rows(out)
    family = descendants(process.pid) | marked(mark)
    assert len(family) > 3
    finish(process, code=1)
    failed = [row for row in rows(out) if row["status"] == "failed"]
    assert len(failed) == RUNS // 2
    assert all("died twice" in row["reason"] for row in failed)
    assert scores(out).keys() == local.keys()
    assert none_left(mark, family)  # the cluster that the command started ends with it
