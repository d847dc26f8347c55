"""What `priorscope compare` refuses in one sentence, and what it leaves alone."""

import contextlib
import json
import resource
from pathlib import Path

import numpy as np
import pytest
from compare_command import TINY, compare

from priorscope.cli import main


def npz(path: Path, **arrays):
    np.savez(path, **arrays)
    return path.name


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["digist"], "Did you mean 'digits'"),
        (["no/such/folder"], "There is no file or folder no/such/folder"),
        (["digits", "--learners", "linear,mpl"], "Did you mean 'mlp'"),
        (["digits", "--structures", "permutd"], "Did you mean 'permuted'"),
        (["digits", "--sizes", "100,5000"], "--sizes goes up to 5,000, but the training split has"),
        (["digits", "--sizes", "4,100"], "The smallest size is 4, but there are 10 classes"),
        (["digits", "--sizes", "200,100"], "sizes must be positive and increasing"),
        (["digits", "--sizes", "1e3"], "sizes are whole numbers separated by commas, but"),
        (["digits", "--sizes", "-5,10"], "sizes"),
        (["digits", "--metric", "rmse"], "'rmse' doesn't fit targets that are classes"),
        (["digits", "--seed", "-1"], "seed must be int from 0 to"),
        (["digits", "--repeats", "1e12"], "--repeats"),
        (["digits", "--repeats", "1000000000000"], "repeats must be int from 1 to 1,000"),
        (["digits", "--workers", "-1"], "workers must be int from 0 to"),
        (["digits", "--test-share", "nan"], "test_share must be"),
        (["digits", "--learners", ""], "learners must name one or more"),
        (["digits", "--learners", "mlp:width=-1"], "mlp: width must be int from 1 to 65,536"),
        (["digits", "--learners", "mlp:depth=-3"], "mlp: depth must be int from 0 to 1,000"),
        (["digits", "--learners", "mlp:width=1e400"], "mlp: width must be int"),
        (["digits", "--learners", "linear,mlp:batch=-1"], "batch must be int from 1"),
        (["digits", "--learners", "estimator:path=sklearn.svm.SVCC"], "Did you mean 'SVC'"),
        (["digits", "--learners", "estimator:path=os.system,command=ls"], "the path of a class"),
        (["mnist1d:num_train=-5"], "mnist1d: num_train must be int from 1 to"),
        (["digits", "--budget", "nan"], "A duration is written 90s, 10m, 1h30m"),
        (["digits", "--budget", "inf"], "A duration is written 90s, 10m, 1h30m"),
        (["digits", "--budget=-5m"], "A duration is written 90s, 10m, 1h30m"),
        (["digits", "--config", "endless.toml"], "A duration is written 90s, 10m, 1h30m"),
        (["digits", "--config", "attack.toml"], "the path of a class"),
        (["digits", "--config", "misspelt.toml"], "Did you mean --learners?"),
        (["digits", "--config", "odd.toml"], '[tune] from odd.toml: unable to convert "x"'),
        (["digits", "--budget", "soon"], "A duration is written 90s, 10m, 1h30m"),
        (
            ["digits", "--repeats", "-1"],
            "repeats must be int from 1 to 1,000 or None, but it is -1",
        ),
        (["digits", "--presett", "quick"], "presett"),
        (["digits", "--learners", "linear,linear"], "is the same as"),
        (
            ["digits", "--learners", "cnn:kernel=x"],
            "kernel must be int from 1 to 65,536, but it is 'x'",
        ),
        (["one-class.npz"], "class"),
        (["nan.npz"], "NaN"),
        (["empty"], "empty"),
        (["digits", "--include", "nothing.py"], "takes a Python file"),
        (["digits", "--include", "ends.py"], "ends.py failed (SystemExit: 0)"),
        (["digits", "--config", "nothing.toml"], "nothing.toml can't be read"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    arguments, message, tmp_path, monkeypatch, capsys
):
    stream = np.random.default_rng(0)
    x = stream.standard_normal((50, 4)).astype(np.float32)
    npz(tmp_path / "one-class.npz", x=x, y=np.zeros(50, dtype=int))
    spoilt = x.copy()
    spoilt[3, 2] = np.nan
    npz(tmp_path / "nan.npz", x=spoilt, y=np.arange(50) % 2)
    (tmp_path / "empty").mkdir()
    attack = f"estimator:path=subprocess.getoutput,cmd=touch {tmp_path / 'harmed'}"
    files = {
        "endless.toml": "budget = inf",
        "attack.toml": f'learners = ["{attack}"]',
        "misspelt.toml": 'learnrs = ["linear"]',
        "odd.toml": 'tune = "x"',
        "ends.py": "import sys\nsys.exit(0)",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        main(["compare", *arguments])
    said = capsys.readouterr()
    assert left.value.code == 2
    assert message in " ".join(said.err.split())
    assert "Traceback" not in said.err
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1
    assert not (tmp_path / "harmed").exists()


def test_debug_shows_the_traceback(tmp_path):
    process = compare("digist", "--debug", cwd=tmp_path)
    assert process.returncode == 2
    assert "Traceback" in process.stderr


@contextlib.contextmanager
def largest_file(size):
    """Files can't grow beyond so many bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_or_unfit_output_folder_is_one_sentence_and_loses_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    process = compare("digits", *TINY, "--out", tmp_path / "file", cwd=tmp_path)
    assert process.returncode == 2
    assert "can't be read or written (Not a directory)" in process.stderr
    assert "Traceback" not in process.stderr
    command = ["digits", *TINY, "--out", tmp_path / "out"]
    with largest_file(50_000):  # the digits take more
        full = compare(*command, cwd=tmp_path)
    assert full.returncode == 2
    assert "(File too large)" in full.stderr
    assert len(full.stderr.strip().splitlines()) == 1
    again = compare(*command, cwd=tmp_path)
    assert again.returncode == 0, again.stderr


FRESH = [*TINY, "--fresh", "--out"]


def contents(folder):
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_fresh_removes_neither_the_users_data_nor_anybody_elses_runs(tmp_path):
    from PIL import Image

    stream = np.random.default_rng(0)
    for label in ("cat", "dog"):
        (tmp_path / "data" / label).mkdir(parents=True)
        for i in range(30):
            pixels = stream.integers(0, 256, (4, 4), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "data" / label / f"{i}.png")
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "mine.txt").write_text("results of another program")
    before = contents(tmp_path)
    for out in (".", "data", "data/cat"):
        process = compare("data", *FRESH, out, cwd=tmp_path)
        assert process.returncode == 2, process.stdout
        assert (
            "which priorscope didn't write" in process.stderr
            or "lies inside the data" in process.stderr
        )
        assert len(process.stderr.strip().splitlines()) == 1
        assert contents(tmp_path) == before


def test_two_files_of_one_name_do_not_share_a_folder(tmp_path):
    stream = np.random.default_rng(0)
    outs = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        x = stream.standard_normal((60, 3)).astype(np.float32)
        np.savez(tmp_path / folder / "same.npz", x=x, y=np.arange(60) % 2)
    for folder in ("one", "two", "one"):
        process = compare(f"{folder}/same.npz", *TINY, "--json", cwd=tmp_path)
        assert process.returncode == 0, process.stderr
        outs.append(json.loads(process.stdout)["report"])
    assert outs[0] == outs[2] == "priorscope-runs/same/report.html"
    assert outs[1].startswith("priorscope-runs/same-")
