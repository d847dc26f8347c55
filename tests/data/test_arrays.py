import numpy as np
import pytest

from priorscope.data.layout import arranged
from priorscope.data.readers.arrays import Arrays, examples_from_arrays

STREAM = np.random.default_rng(0)
LABELS = np.arange(40) % 4
VECTORS = STREAM.standard_normal((40, 5))


def saved(folder, **arrays):
    path = folder / "data.npz"
    np.savez(path, **arrays)
    return str(path)


@pytest.mark.parametrize("train", ["_train", ""])
def test_a_given_split_stays_in_order(tmp_path, train):
    path = saved(
        tmp_path,
        **{f"x{train}": VECTORS[:30], f"y{train}": LABELS[:30]},
        x_test=VECTORS[30:],
        y_test=LABELS[30:],
        t=np.arange(5),
    )
    examples = Arrays(path=path).load()
    assert (examples.inputs == VECTORS[:30].astype(np.float32)).all()
    assert (examples.test_targets == LABELS[30:]).all()
    assert examples.class_names == ("0", "1", "2", "3")


@pytest.mark.parametrize("names", [("X", "Y"), ("data", "labels"), ("images", "target")])
def test_common_names_are_known(tmp_path, names):
    path = saved(tmp_path, **dict(zip(names, (VECTORS, LABELS), strict=True)))
    examples = Arrays(path=path).load()
    assert (len(examples.inputs), len(examples.test_inputs)) == (32, 8)


def test_extra_arrays_give_split_and_class_names(tmp_path):
    is_test = np.arange(40) >= 32
    path = saved(
        tmp_path, x=VECTORS, y=LABELS, is_test=is_test, classes=np.array(["a", "b", "c", "d"])
    )
    examples = Arrays(path=path).load()
    assert examples.class_names == ("a", "b", "c", "d")
    assert (examples.test_targets == LABELS[32:]).all()


def test_a_test_split_without_labels_is_refused(tmp_path):
    path = saved(tmp_path, x_train=VECTORS, y_train=LABELS, x_test=VECTORS)
    with pytest.raises(ValueError, match=r"such as x_test and y_test, but there is x_test"):
        Arrays(path=path).load()


def test_npy_files_are_read_from_a_folder_or_with_a_target(tmp_path):
    np.save(tmp_path / "x.npy", VECTORS)
    np.save(tmp_path / "y.npy", LABELS)
    np.save(tmp_path / "other.npy", LABELS // 2)
    folder, file = Arrays(path=str(tmp_path)), Arrays(path=str(tmp_path / "x.npy"))
    assert folder.load().fingerprint == file.load().fingerprint
    other = Arrays(path=str(tmp_path / "x.npy"), target=str(tmp_path / "other.npy")).load()
    assert len(other.class_names) == 2


@pytest.mark.parametrize(
    ("shape", "dtype", "kind", "layout", "input_shape"),
    [
        ((40, 5), "float64", None, "vector", (5,)),
        ((40, 5), "float64", "series", "series", (5, 1)),
        ((40, 8, 8), "uint8", None, "image", (8, 8, 1)),
        ((40, 48, 32), "float16", None, "image", (48, 32, 1)),
        ((40, 64, 32), "float16", "series", "series", (64, 32)),
        ((40, 128, 9), "float32", None, "series", (128, 9)),
        ((40, 9, 128), "float32", None, "series", (128, 9)),
        ((40, 1, 24), "float32", "series", "series", (24, 1)),
        ((40, 128, 9), "uint8", None, "image", (128, 9, 1)),
        ((40, 8, 8, 3), "uint8", None, "image", (8, 8, 3)),
        ((40, 3, 8, 9), "float32", None, "image", (8, 9, 3)),
        ((40, 8, 8), "float32", "vector", "vector", (64,)),
        ((40, 6), "int64", "tokens", "tokens", (6,)),
    ],
)
def test_axes_are_read_by_the_documented_rule(shape, dtype, kind, layout, input_shape):
    x = STREAM.integers(1, 200, size=shape).astype(dtype)
    examples = examples_from_arrays(x, LABELS, kind=kind)
    assert examples.signature.layout == layout
    assert examples.signature.input_shape == input_shape
    assert examples.inputs.dtype == {"tokens": np.int32}.get(
        layout, np.uint8 if dtype == "uint8" and layout == "image" else np.float32
    )


def test_whole_numbers_up_to_255_are_kept_as_bytes():
    images, *_ = arranged(np.full((3, 8, 8), 255, dtype=np.int64))
    assert images.dtype == np.uint8
    deep, *_ = arranged(np.full((3, 8, 8), 256, dtype=np.int64))
    assert deep.dtype == np.float32


def test_the_same_seed_gives_the_same_data():
    def load(seed):
        return examples_from_arrays(VECTORS, LABELS, seed=seed).fingerprint

    assert load(0) == load(0) != load(1)


@pytest.mark.parametrize(
    ("x", "y", "options", "sentence"),
    [
        (VECTORS, LABELS[:-1], {}, r"40 inputs in x but 39 labels in y"),
        (VECTORS, LABELS, {"x_test": VECTORS[:, :4], "y_test": LABELS}, r"\(5,\) and .* \(4,\)"),
        (VECTORS, LABELS, {"x_test": VECTORS}, r"needs both inputs and labels"),
        (np.where(VECTORS > 2, np.inf, VECTORS), LABELS, {}, r"NaN or infinite"),
        (VECTORS * 1e300, LABELS, {}, r"NaN or infinite"),  # beyond float32
        (VECTORS.astype(str), LABELS, {}, r"Inputs must be numbers"),
        (VECTORS, LABELS, {"kind": "tokens"}, r"whole numbers from 0"),
        (np.zeros((40, 0)), LABELS, {}, r"at least one value"),
        (np.zeros((40, 2, 3, 4, 5)), LABELS, {}, r"1 to 4 channels"),
        (np.array([[0, 1]] * 40), LABELS, {"kind": "tokens"}, r"add 1 to every id"),
    ],
)
def test_bad_arrays_are_refused_in_a_sentence(x, y, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        examples_from_arrays(x, y, **options)


def test_pickles_are_never_loaded(tmp_path):
    class Armed:
        def __reduce__(self):
            return (pytest.fail, ("a pickle was loaded",))

    path = saved(tmp_path, x=VECTORS, y=np.array([Armed()] * 40, dtype=object))
    with pytest.raises(ValueError, match=r"'y' of .* holds pickled objects, which are never read"):
        Arrays(path=path).load()
    np.save(tmp_path / "x.npy", np.array([Armed()], dtype=object))
    with pytest.raises(ValueError, match=r"pickled objects, which are never read"):
        Arrays(path=str(tmp_path / "x.npy"), target=str(tmp_path / "x.npy")).load()


@pytest.mark.parametrize("order", "<>")
def test_text_beyond_unicode_is_refused(tmp_path, order):
    labels = np.array(["cat", "dög"] * (len(VECTORS) // 2), f"{order}U3")
    fine = saved(tmp_path, x=VECTORS, y=labels)
    assert [c.name for c in Arrays(path=fine).load().read.classes] == ["cat", "dög"]
    labels.view(f"{order}u4")[4] = 0x110000
    with pytest.raises(ValueError, match=r"array 'y' of .* characters beyond Unicode"):
        Arrays(path=saved(tmp_path, x=VECTORS, y=labels)).load()


def test_files_that_are_no_arrays_are_named(tmp_path):
    path = tmp_path / "data.npz"
    path.write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(ValueError, match=r"data.npz can't be read as .npz"):
        Arrays(path=str(path)).load()
    with pytest.raises(ValueError, match=r"no array of labels \(y\); it has x"):
        Arrays(path=saved(tmp_path, x=VECTORS)).load()
    whole = tmp_path / "x.npy"
    np.save(whole, VECTORS)
    whole.write_bytes(whole.read_bytes()[:-100])
    with pytest.raises(ValueError, match=r"x.npy can't be read as .npy"):
        Arrays(path=str(whole), target=str(whole)).load()
