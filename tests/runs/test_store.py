import contextlib
import json
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorscope.core.files import is_own
from priorscope.runs.store import Store
from priorscope.tasks import Examples


def examples(value=0):
    x = np.full((4, 3), value, dtype=np.float32)
    y = np.array([0, 1, 0, 1])
    return Examples(x, y, x[:2], y[:2], ("a", "b"))


def test_a_row_comes_back(tmp_path):
    store = Store(tmp_path)
    store.save("abc", {"status": "done"})
    assert store.load("abc") == {"status": "done"}
    assert store.finished() == {"abc"}
    assert store.load("missing") is None


def test_what_was_being_written_does_not_count(tmp_path, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    store = Store(tmp_path)
    monkeypatch.setattr(os, "fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        store.save("abc", {"status": "done"})
    assert store.finished() == set()
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_disk_that_fills_up_names_the_file(tmp_path):
    resource = pytest.importorskip("resource", reason="limits of a process are Unix's")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    x = np.zeros((100, 300), dtype=np.float32)
    y = np.arange(100) % 2
    data = Examples(x, y, x, y, ("a", "b"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(OSError, match="File too large") as raised:
            Store(tmp_path).save_data(data)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert raised.value.filename.endswith("inputs.npy")


def test_nan_is_no_result(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        Store(tmp_path).save("abc", {"bits": float("nan")})


def test_data_come_back_under_their_fingerprint(tmp_path):
    store, data = Store(tmp_path), examples()
    fingerprint = store.save_data(data)
    arrays, signature = store.load_data(fingerprint)
    np.testing.assert_array_equal(arrays["inputs"], data.inputs)
    assert signature == data.signature
    assert store.save_data(examples(1)) != fingerprint


def test_no_object_array_is_ever_read(tmp_path):
    store = Store(tmp_path)
    fingerprint = store.save_data(examples())
    bad = np.array([{"a": 1}], dtype=object)
    np.save(tmp_path / "data" / fingerprint / "inputs.npy", bad, allow_pickle=True)
    with pytest.raises(ValueError, match="Python objects in dtype"):
        store.load_data(fingerprint)


def test_rows_are_plain_json(tmp_path):
    store = Store(tmp_path)
    store.save("abc", {"b": 1, "a": "한글"})
    assert json.loads(store.path("abc").read_text()) == {"a": "한글", "b": 1}


DIGEST = "0123456789abcdef"


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def earlier_store(folder):
    """As version 1 left it: rows and arrays, no marker."""
    row = {"schema": 1, "digest": DIGEST, "status": "done"}
    (folder / "runs").mkdir(parents=True)
    (folder / "runs" / f"{DIGEST}.json").write_text(json.dumps(row))
    (folder / "runs" / f".{DIGEST}.json.123.part").write_text("half")
    return folder


def test_clearing_removes_runs_and_data_and_nothing_else(tmp_path):
    store = Store(tmp_path)
    store.save_data(examples())
    store.save(DIGEST, {"status": "done"})
    for name in ("report.html", "runs/notes.txt", "runs/other.json", "data/mine.csv"):
        (tmp_path / name).write_text("mine")
    store.clear()
    left = {"report.html", "runs/notes.txt", "runs/other.json", "data/mine.csv", ".priorscope"}
    assert contents(tmp_path).keys() == left
    assert store.finished() == {"other"}


def test_a_store_of_version_1_is_recognised_claimed_and_cleared(tmp_path):
    store = Store(earlier_store(tmp_path))
    (tmp_path / "runs" / ("f" * 16 + ".json")).write_text('{"not": "a row"}')
    store.clear()
    assert contents(tmp_path).keys() == {"runs/" + "f" * 16 + ".json"}
    other = Store(earlier_store(tmp_path / "other"))
    other.save_data(examples())
    assert is_own(other.root, "comparison")


@pytest.mark.parametrize("name", ["runs", "data"])
def test_a_folder_of_ours_that_is_a_link_is_refused(tmp_path, name):
    away, out = tmp_path / "away", tmp_path / "out"
    away.mkdir()
    (away / f"{DIGEST}.json").write_text("{}")
    Store(out).save_data(examples())
    Store(out).clear()
    (out / name).symlink_to(away)
    with pytest.raises(ValueError, match=f"{name} is a link"):
        Store(out).save_data(examples())
    Store(out).clear()
    assert contents(away) == {f"{DIGEST}.json": b"{}"}


FOREIGN_NAMES = (
    "a.csv",
    "data/a.png",
    "runs/x.json",
    f"runs/{DIGEST}.json",
    f"runs/{DIGEST}.npz",
    f"data/{DIGEST}/inputs.npy",
    "report.html",
    "summary.json",
    "figures/a.svg",
)
FOREIGN = st.dictionaries(
    st.sampled_from(FOREIGN_NAMES), st.sampled_from([b"mine", b"{}", b"[1]"]), min_size=1
)


@settings(max_examples=40, deadline=None)
@given(foreign=FOREIGN, fresh=st.booleans())
def test_whatever_folder_is_chosen_no_foreign_file_changes(tmp_path_factory, foreign, fresh):
    folder = tmp_path_factory.mktemp("out")
    for name, content in foreign.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    store = Store(folder)
    if fresh:
        store.clear()
    with contextlib.suppress(ValueError):  # refused
        fingerprint = store.save_data(examples())
        store.save(fingerprint, {"status": "done"})
        store.clear()
    after = contents(folder)
    after.pop(".priorscope", None)
    assert after == foreign
