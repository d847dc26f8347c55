import numpy as np
import pytest

from priorscope.data.readers.arrays import Arrays
from priorscope.data.readers.images import Images
from priorscope.data.readers.series import Series
from priorscope.data.readers.tables import Tables
from priorscope.data.readers.texts import Texts
from priorscope.data.resolve import resolve
from priorscope.tasks.digits import Digits
from priorscope.tasks.mnist1d import Mnist1d
from priorscope.tasks.noise_labels import NoiseLabels

TEXT = "text\tlabel\n" + "".join(
    f"a film that is number {i} of many\t{i % 2}\n" for i in range(100)
)
MANY = "number\t" + TEXT.replace("\na", "\n1\ta")


def touch(folder, name, text=""):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_registered_names_with_values():
    assert resolve("digits") == Digits()
    assert resolve("digits", test_share=0.5) == Digits(test_share=0.5)
    assert resolve("mnist1d:num_train=800,num_test=50") == Mnist1d(num_train=800, num_test=50)
    assert resolve("noise-labels:flip=0.3") == NoiseLabels(flip=0.3)


@pytest.mark.parametrize(
    ("name", "text", "options", "expected"),
    [
        ("a.npz", "", {}, Arrays),
        ("a.npy", "", {"target": "y.npy"}, Arrays),
        ("a.ts", "", {}, Series),
        ("a.csv", "a,label\n1,0\n", {}, Tables),
        ("a.tsv", TEXT, {}, Texts),
        ("a.tsv", MANY, {}, Texts),
        ("a.tsv", MANY, {"kind": "vector"}, Tables),
        ("a.tsv", MANY, {"kind": "text"}, Texts),
        ("a.tsv", MANY, {"input": ("number",)}, Tables),
        ("folder/cat/a.png", "", {}, Images),
        ("folder/x.npy", "", {}, Arrays),
        ("folder/train.tsv", TEXT, {}, Texts),
        ("folder/A_TRAIN.ts", "", {}, Series),
    ],
)
def test_paths_are_told_apart(tmp_path, name, text, options, expected):
    path = touch(tmp_path, name, text)
    data = tmp_path / "folder" if name.startswith("folder") else path
    config = resolve(str(data), **options)
    assert type(config) is expected
    assert config.path == str(data)
    for option, value in options.items():
        if option != "kind":
            assert getattr(config, option) in (value, value[0] if option == "input" else value)


def test_what_is_resolved_can_be_stored_and_read_again(tmp_path):
    config = resolve(str(touch(tmp_path, "a.csv", "a,b,label\n1,2,0\n")), input=("b", "a"))
    assert type(config).from_json(config.to_json()) == config


def test_arrays_take_a_kind(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.arange(40.0).reshape(8, 5), y=np.arange(8) % 2)
    assert resolve(str(path), kind="series").load().signature.layout == "series"


@pytest.mark.parametrize(
    ("data", "options", "error", "sentence"),
    [
        ("digts", {}, LookupError, r"neither a path nor a task.*Did you mean 'digits'"),
        ("missing/folder", {}, LookupError, r"There is no file or folder missing/folder"),
        ("missing.csv", {}, LookupError, r"There is no file or folder missing.csv"),
        ("mnist1d:num_trian=5", {}, ValueError, r"Did you mean 'num_train'"),
        ("mnist1d:800", {}, ValueError, r"'800' has no ="),
        ("mnist1d:num_train=many", {}, ValueError, r"num_train must be int"),
        ("images", {}, ValueError, r"The task images needs path"),
        ("digits", {"target": "y"}, ValueError, r"The task digits takes no --target"),
        ("digits", {"kind": "serie"}, ValueError, r"Did you mean 'series'"),
    ],
)
def test_mistakes_are_named(data, options, error, sentence):
    with pytest.raises(error, match=sentence):
        resolve(data, **options)


def test_files_of_no_known_kind_and_empty_folders_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"of no (known )?kind"):
        resolve(str(touch(tmp_path, "a.xls")))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"is empty"):
        resolve(str(tmp_path / "empty"))
    with pytest.raises(ValueError, match=r"There is no test file"):
        resolve(str(touch(tmp_path, "a.csv", "a,label\n1,0\n")), test="nowhere.csv")
