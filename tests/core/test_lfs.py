import pytest

from priorscope.core.lfs import refuse_pointer
from priorscope.data.resolve import resolve
from priorscope.models.external import transformers_model
from priorscope.nn.checkpoint import read_tensors

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 12345\n" % (b"4d" * 32)


@pytest.mark.parametrize(
    "name", ["a.csv", "a.npz", "a.parquet", "a.mat", "a.zip", "a.tar.gz", "a.ts", "a.xlsx"]
)
def test_data_that_were_not_pulled_are_said_to_be_so(tmp_path, name):
    (tmp_path / name).write_bytes(POINTER)
    with pytest.raises(ValueError, match=rf"{name} is a pointer of Git LFS, .* `git lfs pull`"):
        resolve(str(tmp_path / name)).load()


def test_so_are_files_of_a_folder(tmp_path):
    for name in ("train.parquet", "test.parquet"):
        (tmp_path / name).write_bytes(POINTER)
    with pytest.raises(ValueError, match="pointer of Git LFS"):
        resolve(str(tmp_path)).load()


def test_so_are_images(tmp_path):
    for k in range(8):
        (tmp_path / "uv"[k % 2]).mkdir(exist_ok=True)
        (tmp_path / "uv"[k % 2] / f"{k}.png").write_bytes(POINTER)
    with pytest.raises(ValueError, match=r"None of the 8 images .* Git LFS; `git lfs pull`"):
        resolve(str(tmp_path)).load()


def test_so_are_weights(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    (tmp_path / "model.safetensors").write_bytes(POINTER)
    for load in (read_tensors, transformers_model):
        with pytest.raises(ValueError, match=r"model\.safetensors is a pointer of Git LFS"):
            load(tmp_path)


def test_other_files_are_left_alone(tmp_path):
    (tmp_path / "a").write_bytes(POINTER[:20])
    (tmp_path / "b").write_bytes(b"a,b\n1,2\n" * 20)
    (tmp_path / "c").write_bytes(POINTER + b"x" * 2000)
    for name in ("a", "b", "c", "none"):
        refuse_pointer(tmp_path / name)
