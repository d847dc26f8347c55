"""Commands that need no network use none, and nobody else may write what they write."""

import os
import socket
import stat

import pytest

from priorscope.cli import main

TINY = ["--learners", "linear", "--sizes", "40,80", "--structures", "permuted", "--repeats", "2"]
TINY += ["--steps", "5", "--epochs", "0", "--workers", "0", "--quiet", "--json"]


@pytest.fixture
def no_network(monkeypatch):
    """Every attempt to reach another address, or to look one up, is recorded and refused."""
    tried = []
    connect = socket.socket.connect

    def refused(self, address):
        if self.family == socket.AF_UNIX:
            return connect(self, address)
        tried.append(address)
        raise OSError("no network")

    def unresolved(*arguments, **_):
        tried.append(arguments)
        raise OSError("no network")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket.socket, "connect_ex", refused)
    monkeypatch.setattr(socket, "getaddrinfo", unresolved)
    return tried


def leave(*arguments):
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return ended.value.code


def test_no_command_reaches_the_network(tmp_path, no_network, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert leave("compare", "digits", *TINY, "--out", "out") == 0
    for command in (["report", "out"], ["status", "out"], ["inspect", "digits"], ["ls", "tasks"]):
        assert leave(*command) == 0, command
    assert no_network == []
    with pytest.raises(OSError, match="no network"):  # the doors are closed indeed
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    assert len(no_network) == 1


@pytest.mark.skipif(os.name != "posix", reason="modes are Unix's")
def test_what_is_written_is_not_writable_by_everybody(tmp_path, monkeypatch, capsys):
    before = os.umask(0)
    try:
        assert leave("compare", "digits", *TINY, "--out", str(tmp_path / "out")) == 0
    finally:
        os.umask(before)
    written = [tmp_path / "out", *(tmp_path / "out").rglob("*")]
    assert len(written) > 20
    open_to_all = [p for p in written if p.lstat().st_mode & stat.S_IWOTH]
    assert open_to_all == []
