"""Data in a store: what comes back is what was saved, or it is written again."""

import io

import numpy as np
import pytest
from small_runs import four_examples

from priorscope.runs.store import Store


@pytest.mark.parametrize("name", ["inputs", "targets", "test_inputs", "test_targets"])
@pytest.mark.parametrize("damage", ["value", "cut", "shape", "dtype", "text"])
def test_damaged_arrays_are_noticed_once_per_command_and_replaced(tmp_path, name, damage):
    store, data = Store(tmp_path), four_examples()
    fingerprint = store.save_data(data)
    path = tmp_path / "data" / fingerprint / f"{name}.npy"
    array = np.load(path)
    if damage == "value":
        array = array.copy()
        array.flat[0] += 1
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-1])
    elif damage == "text":
        path.write_text("no array")
    else:
        change = {"shape": array[:-1], "dtype": array.astype(np.float16)}
        np.save(path, change.get(damage, array))
    store.save_data(data)
    np.testing.assert_array_equal(np.load(path), getattr(data, name))


def test_arrays_that_do_not_fit_each_other_are_refused(tmp_path):
    store = Store(tmp_path)
    fingerprint = store.save_data(four_examples())
    np.save(tmp_path / "data" / fingerprint / "targets.npy", np.zeros(3, dtype=np.int64))
    with pytest.raises(ValueError, match=r"are damaged: inputs should have the shape \(3, 3\)"):
        store.load_data(fingerprint)
    with pytest.raises(ValueError, match="A fingerprint has 16 hex digits"):
        store.load_data("../../etc")


def test_data_come_back_under_their_fingerprint(tmp_path):
    store, data = Store(tmp_path), four_examples()
    fingerprint = store.save_data(data)
    arrays, signature = store.load_data(fingerprint)
    np.testing.assert_array_equal(arrays["inputs"], data.inputs)
    assert signature == data.signature
    assert store.save_data(four_examples(1)) != fingerprint


def test_no_object_array_is_ever_read(tmp_path):
    store = Store(tmp_path)
    fingerprint = store.save_data(four_examples())
    bad = np.array([{"a": 1}], dtype=object)
    np.save(tmp_path / "data" / fingerprint / "inputs.npy", bad, allow_pickle=True)
    with pytest.raises(ValueError, match="Python objects in dtype"):
        store.load_data(fingerprint)


@pytest.mark.parametrize("name", ["groups", "times", "extra_inputs", "extra_targets"])
def test_arrays_that_the_data_have_not_are_removed(tmp_path, name):
    store = Store(tmp_path)
    fingerprint = store.save_data(four_examples())
    np.save(tmp_path / "data" / fingerprint / f"{name}.npy", np.arange(4))
    store.save_data(four_examples())
    arrays, _ = store.load_data(fingerprint)
    assert sorted(arrays) == ["inputs", "targets", "test_inputs", "test_targets"]


def archive(**arrays):
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=True, **arrays)
    return stream.getvalue()


@pytest.mark.parametrize("content", [b"", b"PK", archive(a=np.zeros(3)), b"\x93NUMPY\x01\x00"])
def test_an_array_that_is_something_else_is_written_again(tmp_path, content):
    store = Store(tmp_path)
    fingerprint = store.save_data(four_examples(value=1))
    (tmp_path / "data" / fingerprint / "inputs.npy").write_bytes(content)
    store.save_data(four_examples(value=1))
    assert (store.load_data(fingerprint)[0]["inputs"] == 1).all()
