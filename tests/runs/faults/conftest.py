"""What is done to clusters of workers on loopback, whoever makes them: Dask or Ray.

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

TINY = ["--learners", "linear,mlp:width=8", "--sizes", "40,80", "--structures", "permuted"]
TINY += ["--repeats", "2", "--epochs", "0", "--full-grid", "--quiet"]
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
# Its runs go on in workers until a file named `open` lies beside this one.
HELD = """
import dataclasses, sys, time
from pathlib import Path
from torch import nn
from priorscope.models import MODELS, ModelConfig

@MODELS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Held(ModelConfig):
    def build(self, signature):
        latest = time.monotonic() + 600
        while "compare" not in sys.argv and not Path(__file__).with_name("open").exists():
            if time.monotonic() > latest:
                raise TimeoutError("nobody opened")
            time.sleep(0.1)
        return nn.Sequential(nn.Flatten(), nn.Linear(64, signature.output_size))
"""
MARK = "PRIORSCOPE_TEST_PROCESS"
TOMORROW = "import time\n_now = time.time\ntime.time = lambda: _now() + 2 * 24 * 3600\n"
OTHER = "Metadata-Version: 2.1\nName: priorscope\nVersion: 0.0.1\n"


class Shell:
    """Commands, and the processes that they leave; what is marked is found again by its mark."""

    def start(self, command, path=None, mark=""):
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

    def end(self, process):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    def compare(self, out, *more, extra="", mark=""):
        tiny = [TINY[0], TINY[1] + extra, *TINY[2:], "--steps", "400"]
        command = [sys.executable, "-m", "priorscope", "compare", "digits", *tiny]
        return self.start([*command, "--out", str(out), *more], mark=mark)

    def finish(self, process, code=0):
        _, errors = process.communicate(timeout=800)
        assert process.returncode == code, errors
        return errors

    def free_port(self):
        with contextlib.closing(socket.socket()) as one:
            one.bind(("127.0.0.1", 0))
            return one.getsockname()[1]

    def family(self, pid):
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

    def marked(self, mark):
        """Process numbers of all that were started with a mark, whoever their parents are now."""
        wanted, pids = f"{MARK}={mark}".encode(), set()
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    pids.add(int(folder.name))
        return _alive(pids)

    def kill(self, pids):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def ends(self, pids=(), mark=None, seconds=60):
        """Whether these, and those with a mark, end in time; zombies have ended."""
        latest = time.monotonic() + seconds
        while left := _alive(pids) | (self.marked(mark) if mark else set()):
            if time.monotonic() > latest:
                return False
            time.sleep(0.2)
        return not left


def _alive(pids):
    states = {}
    for pid in pids:
        with contextlib.suppress(OSError):
            states[pid] = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return {pid for pid, state in states.items() if state != "Z"}


class Faults:
    """A comparison on a cluster while something happens to it, and what must be true after it.

    out: the comparison's folder. local: scores of the same runs done without a cluster.
    """

    def __init__(self, shell, folder, local):
        self.shell, self.folder, self.local = shell, folder, local
        self.out = folder / "out"

    def begin(self, *engine, extra=""):
        """A command that has its first row."""
        process = self.shell.compare(self.out, *engine, extra=extra)
        self.wait_for_a_row(process)
        return process

    def wait_for_a_row(self, process):
        while process.poll() is None and not list((self.out / "runs").glob("*.json")):
            time.sleep(0.05)

    def assert_all_is_there(self):
        done = _scores(self.out)
        assert done.keys() == self.local.keys()
        for name, parts in self.local.items():
            for part, numbers in parts.items():
                assert done[name][part] == pytest.approx(numbers, rel=1e-5)
        assert not list(self.out.rglob("*.part"))
        assert (self.out / "summary.json").exists()

    def loses_its_head(self, *engine, kill, again):
        """It ends with a sentence; the same command with the head that `again` makes continues.

        One learner's runs aren't done before the head is dead, however fast the machine is.
        """
        plug_in, local = self.folder / "held.py", self.folder / "local"
        plug_in.write_text(HELD)
        engine = (*engine, "--include", str(plug_in))
        self.shell.finish(self.shell.compare(local, "--workers", "0", *engine[-2:], extra=",held"))
        self.local = _scores(local)
        process = self.begin(*engine, extra=",held")
        kill()
        errors = self.shell.finish(process, code=2)
        assert errors.count("\n") == 1, errors
        assert "the same command continues" in errors
        kept = _scores(self.out)
        assert len(kept) < len(self.local)
        (self.folder / "open").touch()
        head = again()
        try:
            self.shell.finish(self.shell.compare(self.out, *engine, extra=",held"))
        finally:
            head.end()
        self.assert_all_is_there()
        assert kept.items() <= _scores(self.out).items()
        return errors

    def refuses_another_version(self, *engine):
        errors = self.shell.finish(self.shell.compare(self.out, *engine), code=2)
        assert errors.count("\n") == 1, errors
        assert "has priorscope 0.0.1, and this is" in errors
        assert "install the same version on all workers" in errors

    def poison(self, *engine, mark=""):
        """A command some of whose runs kill their process."""
        plug_in = self.folder / "deadly.py"
        plug_in.write_text(DEADLY)
        more = [*engine, "--include", str(plug_in)]
        return self.shell.compare(self.out, *more, extra=",deadly", mark=mark)

    def assert_others_went_on(self):
        failed = [row for row in _rows(self.out) if row["status"] == "failed"]
        assert len(failed) == RUNS // 2
        assert {row["run"]["text"] for row in failed} == {"deadly"}
        assert all("died twice" in row["reason"] for row in failed)
        assert _scores(self.out).keys() == self.local.keys()


def _rows(out):
    return [json.loads(path.read_text()) for path in (out / "runs").glob("*.json")]


def _scores(out):
    return {
        row["digest"]: {part: row[part] for part in ("block", "test") if part in row}
        for row in _rows(out)
        if row["status"] == "done"
    }


@pytest.fixture(scope="session")
def shell():
    return Shell()


@pytest.fixture(scope="module")
def local(tmp_path_factory, shell):
    out = tmp_path_factory.mktemp("local") / "out"
    shell.finish(shell.compare(out, "--workers", "0"))
    return _scores(out)


@pytest.fixture
def faults(shell, tmp_path, local):
    return Faults(shell, tmp_path, local)


@pytest.fixture
def clock_ahead(tmp_path):
    """What a worker's PYTHONPATH begins with, so that its clock is two days ahead."""
    (tmp_path / "ahead").mkdir()
    (tmp_path / "ahead" / "sitecustomize.py").write_text(TOMORROW)
    return tmp_path / "ahead"


@pytest.fixture
def another_version(tmp_path):
    """What a worker's PYTHONPATH begins with, so that its priorscope seems to be 0.0.1."""
    facts = tmp_path / "other" / "priorscope-0.0.1.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text(OTHER)
    return tmp_path / "other"
