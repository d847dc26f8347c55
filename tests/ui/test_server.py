"""The command: what it needs, what it refuses in one sentence, what it leaves."""

import socket
import sys

import pytest

from priorscope.cli import main
from priorscope.cli.exit_codes import Exit
from priorscope.ui.server import serve


def leave(*arguments):
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return left.value.code


def refused(capsys, *arguments):
    """The one sentence of a refusal."""
    assert leave("ui", *arguments) == Exit.BAD_INPUT
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


@pytest.mark.parametrize("package", ["starlette", "uvicorn"])
def test_without_the_extra_it_says_what_installs_it(package, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    assert "pip install 'priorscope[ui]'" in refused(capsys, str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_and_a_port_that_is_taken(tmp_path, capsys):
    assert "There is no folder" in refused(capsys, str(tmp_path / "nowhere"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"Port {port} is taken" in refused(capsys, str(tmp_path), "--port", port)
    assert not (tmp_path / "ui" / "server.json").exists()


def test_nothing_of_others_is_written_over(tmp_path, capsys):
    (tmp_path / "ui").mkdir()
    (tmp_path / "ui" / "mine.txt").write_text("mine", encoding="utf-8")
    assert "mine.txt" in refused(capsys, str(tmp_path))
    assert [path.name for path in (tmp_path / "ui").iterdir()] == ["mine.txt"]


def test_one_server_for_a_folder_and_a_key_of_its_own_each_time(tmp_path):
    addresses = []

    def opened(address):
        addresses.append(address)
        with pytest.raises(ValueError, match="is open already"):
            serve(tmp_path, 0, "en", opened)
        raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            serve(tmp_path, 0, "ko", opened)
    assert len(addresses) == 2
    keys = [address.split("/")[3] for address in addresses]
    assert keys[0] != keys[1]
    assert all(len(key) >= 32 for key in keys)
    assert all(address.startswith("http://127.0.0.1:") for address in addresses)
    assert all(address.endswith("/ko/") for address in addresses)
    assert not (tmp_path / "ui" / "server.json").exists()
