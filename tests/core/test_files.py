import json
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorscope.core import files
from priorscope.core.files import (
    MARKER,
    is_own,
    own,
    read_regular,
    refuse_links,
    remove_own,
    sweep,
    whole,
    write,
)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_text_and_bytes_come_back_and_folders_are_made(tmp_path):
    write(tmp_path / "a" / "b.txt", "낱말\n")
    write(tmp_path / "a" / "b.bin", b"\x00\xff")
    assert (tmp_path / "a" / "b.txt").read_bytes() == "낱말\n".encode()
    assert (tmp_path / "a" / "b.bin").read_bytes() == b"\x00\xff"


def test_a_name_of_255_bytes_can_be_written(tmp_path):
    path = tmp_path / ("한" * 85)
    write(path, "long")
    assert path.read_text() == "long"


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


def test_writers_of_one_file_have_temporary_files_of_their_own(tmp_path):
    path = tmp_path / "row.json"
    with whole(path) as first, whole(path) as second:
        assert first != second
        second.write_text("{}")
        first.write_text("[]")
    assert path.read_text() == "[]"


def _write_often(path: Path, letter: str) -> None:
    for _ in range(100):
        write(path, letter * 10_000)


def test_two_processes_at_one_file_never_show_a_part_of_it(tmp_path):
    path = tmp_path / "row.json"
    write(path, "a" * 10_000)
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_often, args=(path, letter)) for letter in "ab"]
    for writer in writers:
        writer.start()
    reads = 0
    while any(writer.is_alive() for writer in writers):
        text = path.read_text()
        assert len(text) == 10_000
        assert len(set(text)) == 1
        reads += 1
    assert reads > 10
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert [p.name for p in tmp_path.iterdir()] == ["row.json"]


@pytest.mark.parametrize("name", ["report.html", ".report.html.part", "elsewhere"])
def test_links_are_replaced_and_never_followed(tmp_path, name):
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    out = tmp_path / "out"
    out.mkdir()
    (out / name).symlink_to(precious)
    write(out / "report.html", "page")
    assert precious.read_text() == "mine"
    assert (out / "report.html").read_text() == "page"
    assert not (out / "report.html").is_symlink()


def test_a_temporary_file_is_new_even_where_its_name_can_be_guessed(tmp_path, monkeypatch):
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    monkeypatch.setattr(files.secrets, "token_hex", lambda count: "0" * 2 * count)
    with whole(tmp_path / "a") as part:
        guessed = part.name
        part.write_text("x")
    (tmp_path / guessed).symlink_to(precious)
    with pytest.raises(FileExistsError):
        write(tmp_path / "a", "y")
    assert precious.read_text() == "mine"


def test_folders_below_the_root_may_not_be_links_and_the_root_may(tmp_path):
    away, out = tmp_path / "away", tmp_path / "out"
    away.mkdir()
    out.mkdir()
    (out / "figures").symlink_to(away)
    with pytest.raises(ValueError, match="figures is a link to another folder"):
        write(out / "figures" / "a.svg", "x", root=out)
    assert list(away.iterdir()) == []
    linked = tmp_path / "linked"
    linked.symlink_to(away)
    write(linked / "a.svg", "x", root=linked)
    assert (away / "a.svg").read_text() == "x"
    with pytest.raises(ValueError, match="isn't in the folder"):
        refuse_links(out / ".." / "a", out)
    with pytest.raises(ValueError, match="isn't in the folder"):
        refuse_links(away / "a", out)


KILLED = """
import os, sys
from pathlib import Path
from priorscope.core.files import whole
with whole(Path(sys.argv[1])) as part:
    part.write_text("half")
    os._exit(1)
"""


def test_what_a_killed_writer_left_is_swept_by_the_next_and_nothing_else(tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "a")], check=False)
    left = [p.name for p in tmp_path.iterdir()]
    assert len(left) == 1
    dead, own_part = left[0], left[0].rpartition("-")[2]
    machine = dead.split(".")[-2].split("-")[0]
    alive = f".a.{machine}-{os.getpid()}-{own_part}"
    other_machine = f".a.00000000-1-{own_part}"
    old = f".b.00000000-1-{own_part}"
    foreign = [".a.part", "a.part", ".a.1234.part", "notes.txt", f".x{dead}.bak"]
    for name in [alive, other_machine, old, *foreign]:
        (tmp_path / name).write_text("x")
    day_ago = time.time() - 25 * 3600
    os.utime(tmp_path / old, (day_ago, day_ago))
    linked = dead.replace(".a.", ".link.")
    (tmp_path / linked).symlink_to(tmp_path / "notes.txt")
    (tmp_path / dead.replace(".a.", ".folder.")).mkdir()
    write(tmp_path / "b", "new")  # the first write of this process here sweeps
    kept = {alive, other_machine, *foreign, linked, dead.replace(".a.", ".folder."), "b"}
    assert {p.name for p in tmp_path.iterdir()} == kept
    assert sweep(tmp_path) == 0
    assert sweep(tmp_path / "missing") == 0


def test_a_folder_is_ours_by_its_marker(tmp_path):
    folder = tmp_path / "a" / "out"
    assert not is_own(folder)
    own(folder, "corpus")
    assert is_own(folder)
    assert is_own(folder, "corpus")
    assert not is_own(folder, "comparison")
    own(folder, "corpus")
    (folder / "tokens").write_text("x")
    own(folder, "corpus")
    with pytest.raises(ValueError, match="holds a corpus made by priorscope, and this is a comp"):
        own(folder, "comparison")
    assert json.loads((folder / MARKER).read_text()) == {"priorscope": 1, "kind": "corpus"}


def test_a_folder_that_holds_something_is_foreign(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match=r"holds 'notes.txt', which priorscope didn't write"):
        own(tmp_path, "corpus")
    own(tmp_path, "corpus", names=["tokens"])  # nothing of ours is in the way
    assert is_own(tmp_path, "corpus")


def test_a_name_that_is_taken_is_never_ours(tmp_path):
    (tmp_path / "tokens").mkdir()
    with pytest.raises(ValueError, match="holds 'tokens'"):
        own(tmp_path, "corpus", names=["tokens", "vocabulary"])
    assert not is_own(tmp_path)
    own(tmp_path, "corpus", names=["tokens"], earlier=lambda folder: folder == tmp_path)
    assert is_own(tmp_path)


@pytest.mark.parametrize(
    "marker", ["", "[]", "{}", '{"priorscope": 1}', '{"kind": "corpus"}', "[" * 10_000, "\udcff"]
)
def test_what_is_not_our_marker_makes_no_folder_ours(tmp_path, marker):
    (tmp_path / MARKER).write_bytes(marker.encode(errors="surrogateescape"))
    assert not is_own(tmp_path)
    with pytest.raises(ValueError, match="didn't write"):
        own(tmp_path, "corpus", names=["tokens"], earlier=lambda folder: True)
    remove_own(tmp_path, "corpus")
    assert (tmp_path / MARKER).exists()


def test_a_marker_that_is_a_link_a_folder_or_a_pipe_is_none(tmp_path):
    mine = tmp_path / "mine"
    own(mine, "corpus")
    for name in ("link", "folder", "pipe"):
        (tmp_path / name).mkdir()
    (tmp_path / "link" / MARKER).symlink_to(mine / MARKER)
    (tmp_path / "folder" / MARKER).mkdir()
    os.mkfifo(tmp_path / "pipe" / MARKER)
    assert not any(is_own(tmp_path / name) for name in ("link", "folder", "pipe"))


def test_only_a_folder_of_ours_is_removed_and_links_in_it_are_not_followed(tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "a").write_text("mine")
    ours = tmp_path / "ours"
    own(ours, "corpus")
    (ours / "link").symlink_to(precious)
    (ours / "tokens").write_text("x")
    (tmp_path / "linked").symlink_to(ours)
    before = contents(tmp_path)
    remove_own(ours, "comparison")
    remove_own(precious, "corpus")
    remove_own(tmp_path / "missing", "corpus")
    remove_own(tmp_path / "linked", "corpus")
    assert contents(tmp_path) == before
    remove_own(ours, "corpus", names=["link", "missing"])
    assert {p.name for p in ours.iterdir()} == {"tokens", MARKER}
    for name in ("..", MARKER, "a/b", ""):
        with pytest.raises(ValueError, match="isn't the name of something in a folder"):
            remove_own(ours, "corpus", names=[name])
    remove_own(ours, "corpus")
    assert not ours.exists()
    assert (precious / "a").read_text() == "mine"


NAMES = st.sampled_from(["runs", "data", "a.txt", "report.html", ".hidden", MARKER, ".a.part"])
TREES = st.dictionaries(NAMES, st.sampled_from(["file", "folder", "link"]), max_size=5)


@settings(max_examples=40, deadline=None)
@given(tree=TREES, names=st.sets(NAMES.filter(lambda n: n != MARKER), max_size=3))
def test_whatever_is_in_a_folder_before_stays(tmp_path_factory, tree, names):
    """Owned or refused, then cleared: what somebody else wrote is there, byte for byte."""
    tmp_path = tmp_path_factory.mktemp("tree")
    away, folder = tmp_path / "away", tmp_path / "out"
    away.mkdir()
    folder.mkdir()
    (away / "mine").write_text("mine")
    for name, kind in tree.items():
        if kind == "link":
            (folder / name).symlink_to(away)
        elif kind == "folder":
            (folder / name).mkdir()
            (folder / name / "mine").write_text("mine")
        else:
            (folder / name).write_text("mine")
    before = contents(tmp_path)
    try:
        own(folder, "comparison", names=names)
    except ValueError:
        remove_own(folder, "comparison")
    else:
        for name in names:
            write(folder / name / "ours", "ours", root=folder)
        remove_own(folder, "comparison", names=names)
    after = contents(tmp_path)
    after.pop(f"out/{MARKER}", None) if MARKER not in tree else None
    assert after == before


def test_a_file_that_is_none_or_too_large_is_refused_at_once(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read_regular(path, 5) == b"12345"
    with pytest.raises(ValueError, match="more than 4 bytes"):
        read_regular(path, 4)
    with pytest.raises(ValueError, match="not a regular file"):
        read_regular(tmp_path, 5)
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "b", 5)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(ValueError, match="not a regular file"):
            read_regular(tmp_path / "pipe", 5)
