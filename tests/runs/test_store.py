import json
import os

import numpy as np
import pytest

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
