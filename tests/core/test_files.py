import os

import pytest

from priorscope.core.files import whole, write


def test_text_and_bytes_come_back_and_folders_are_made(tmp_path):
    write(tmp_path / "a" / "b.txt", "낱말\n")
    write(tmp_path / "a" / "b.bin", b"\x00\xff")
    assert (tmp_path / "a" / "b.txt").read_bytes() == "낱말\n".encode()
    assert (tmp_path / "a" / "b.bin").read_bytes() == b"\x00\xff"


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_breaks_off_leaves_the_old_file(tmp_path, monkeypatch, error):
    path = tmp_path / "summary.json"
    write(path, "old")

    def broken(*_):
        raise error

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(type(error)) as raised:
        write(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["summary.json"]
    if isinstance(error, OSError):
        assert raised.value.filename == str(path)


def test_those_who_share_a_file_write_in_places_of_their_own(tmp_path):
    path = tmp_path / "row.json"
    with whole(path) as alone, whole(path, shared=True) as shared:
        assert alone != shared
        shared.write_text("{}")
        alone.write_text("[]")
    assert path.read_text() == "[]"
