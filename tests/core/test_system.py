"""Other systems, as they can be tried here: names that they lack are taken away."""

import ctypes
import os
import re
from pathlib import Path

import pytest

import priorscope
from priorscope.core import system

ROOT = Path(priorscope.__file__).parent
# what the Python of Windows or macOS lacks, or does otherwise
ELSEWHERE = re.compile(
    r"os\.(fork|getuid|geteuid|killpg|setsid|getpgid|chown|mkfifo|waitpid|nice|sched_\w+)\b"
    r"|os\.kill\(\w+, 0\)|import (fcntl|resource|pwd|grp|termios)\b|signal\.(SIGKILL|SIGHUP|SIGUSR)"
)


def test_what_systems_do_differently_is_asked_in_one_module():
    used = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted(ROOT.rglob("*.py"))
        if path != Path(system.__file__)
        for match in ELSEWHERE.finditer(path.read_text(encoding="utf-8"))
    ]
    assert used == []


def test_without_the_names_of_unix(monkeypatch, tmp_path):
    for name in ("sched_getaffinity", "getuid"):
        monkeypatch.delattr(os, name, raising=False)
    assert system.available_cores() == os.cpu_count()
    path = tmp_path / "mine"
    path.write_text("x")
    path.chmod(0o666)
    assert not system.may_be_anothers(path.stat())
    assert system.may_be_anothers(tmp_path.stat())  # no file


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="owners are Unix's")
def test_files_that_others_may_write_are_not_believed(monkeypatch, tmp_path):
    path = tmp_path / "mine"
    path.write_text("x")
    path.chmod(0o600)
    assert not system.may_be_anothers(path.stat())
    path.chmod(0o620)
    assert system.may_be_anothers(path.stat())
    path.chmod(0o600)
    monkeypatch.setattr(os, "getuid", lambda: path.stat().st_uid + 1)
    assert system.is_anothers(path.stat())


class Kernel32:
    """Windows' answers for three processes: at work, ended, somebody else's."""

    def __init__(self):
        self.closed, self.error = [], 0

    def OpenProcess(self, rights, inherit, pid):
        self.error = {1: 0, 2: 0, 3: 5}.get(pid, 87)
        return 0 if self.error else pid

    def GetLastError(self):
        return self.error

    def GetExitCodeProcess(self, handle, code):
        code._obj.value = 259 if handle == 1 else 0
        return 1

    def CloseHandle(self, handle):
        self.closed.append(handle)


def test_on_windows_nobody_is_sent_a_signal(monkeypatch):
    """Signal 0 is Ctrl-C there."""
    kernel = Kernel32()
    monkeypatch.setattr(os, "name", "nt")
    monkeypatch.setattr(ctypes, "windll", type("Dlls", (), {"kernel32": kernel}), raising=False)
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("a signal was sent"))
    assert [system.is_running(pid) for pid in (1, 2, 3, 4)] == [True, False, True, False]
    assert kernel.closed == [1, 2]


def test_here():
    assert system.is_running(os.getpid())
    assert not system.is_running(2**22 + 1)
