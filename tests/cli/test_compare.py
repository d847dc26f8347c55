"""The main job as a user types it: once in a process of its own, else in this one."""

import contextlib
import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import patch

import jsonschema
import numpy as np
import pytest

from priorscope.cli import main
from priorscope.models import MODELS

COMMAND = [sys.executable, "-m", "priorscope", "compare"]
SMALL = ["--full-grid", "--learners", "linear,mlp:width=8"]
SMALL += ["--structures", "permuted,random-labels"]
SMALL += ["--sizes", "40,80,160", "--repeats", "2", "--steps", "30", "--epochs", "1"]
SCHEMA = Path(__file__).parents[2] / "docs" / "summary.schema.json"
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "COLUMNS": "100"}


def compare_apart(*arguments, cwd, **options):
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=240,
        env=ENVIRONMENT,
        check=False,
        **options,
    )


def no_page(summary, folder):
    """In place of the page, which takes longer than these comparisons; tests/report draws it."""
    return folder / "report.html"


def compare(*arguments, cwd):
    """The same in this process, without a page."""
    out, errors = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(errors),
        patch("priorscope.report.page.write_report", no_page),
        patch.dict(os.environ, {"COLUMNS": "100"}),
        pytest.raises(SystemExit) as ended,
    ):
        main(["compare", *map(str, arguments)])
    code = ended.value.code
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), errors.getvalue())


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """One small comparison, done once for all tests that only look."""
    folder = tmp_path_factory.mktemp("compare")
    return folder, compare_apart("digits", *SMALL, "--json", cwd=folder)


def test_json_alone_is_on_stdout(finished):
    _, process = finished
    assert process.returncode == 0, process.stderr
    assert json.loads(process.stdout)["schema"] == 2
    assert "12 of 36" in process.stderr or "36 of 36" in process.stderr


def test_the_contract_of_schema_2(finished):
    summary = json.loads(finished[1].stdout)
    keys = {"schema", "task", "sizes", "repeats", "tuning", "leaderboard", "curves", "strength"}
    keys |= {"failed", "unresolved", "verdict", "report"}
    keys |= {"equivalence", "crossovers", "audit", "saturation", "switch", "recommendation"}
    assert keys <= summary.keys()
    assert summary["task"].keys() >= {"name", "examples", "classes", "kind"}
    row = summary["leaderboard"][0]
    intervals = ("code_bits_per_label", "fit", "accuracy", "test_bits")
    assert row.keys() >= {"learner", "probability_best", "parameters", "seconds", *intervals}
    for key in intervals:
        assert row[key].keys() == {"center", "low", "high", "n", "method"}
        assert row[key]["low"] <= row[key]["center"] <= row[key]["high"]
    jsonschema.validate(summary, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert summary["answer"].keys() >= {"pick", "tied", "probability", "word", "value"}
    point = summary["curves"][0]
    assert point.keys() >= {"learner", "structure", "n", "repeats", "test_bits", "train_accuracy"}
    assert {r["structure"] for r in summary["strength"]} == {"permuted", "random-labels"}
    assert summary["sizes"] == [40, 80, 160]
    taken = {(r["learner"], r["measure"], r["n"]) for r in summary["measures"]}
    assert ("mlp:width=8", "symmetry", 160) in taken
    assert summary["measured"].keys() == {"frequency", "symmetry"}


def test_the_report_stands_beside_its_figures(finished):
    folder, process = finished
    report = folder / json.loads(process.stdout)["report"]
    assert report == folder / "priorscope-runs" / "digits" / "report.html"
    assert report.stat().st_size < 5e6
    assert list((report.parent / "figures").glob("*.svg"))
    assert list((report.parent / "figures").glob("*.png"))


def test_the_same_command_does_nothing_again_and_says_the_same(finished):
    folder, process = finished
    again = compare("digits", *SMALL, "--json", cwd=folder)
    first, second = json.loads(process.stdout), json.loads(again.stdout)
    assert second["leaderboard"] == first["leaderboard"]
    assert "runs," not in again.stderr  # no progress: nothing was left to do


def test_one_more_draw_keeps_what_is_there(finished):
    folder = finished[0]
    arguments = [a if a != "2" else "3" for a in SMALL]
    rows = set((folder / "priorscope-runs" / "digits" / "runs").iterdir())
    more = compare("digits", *arguments, "--workers", "0", "--json", cwd=folder)
    assert json.loads(more.stdout)["repeats"] == 3
    after = set((folder / "priorscope-runs" / "digits" / "runs").iterdir())
    assert rows < after
    assert len(after) == len(rows) * 3 // 2


def test_a_killed_comparison_continues_with_the_same_numbers(finished, tmp_path):
    process = subprocess.Popen(
        [*COMMAND, "digits", *SMALL, "--workers", "0", "-q"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    runs = tmp_path / "priorscope-runs" / "digits" / "runs"
    deadline = time.time() + 120
    while time.time() < deadline and len(list(runs.glob("*.json"))) < 4:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert list(runs.glob("*.json"))
    for path in runs.glob("*.json"):
        json.loads(path.read_text())  # whole, every one of them
    resumed = compare("digits", *SMALL, "--workers", "0", "--json", cwd=tmp_path)
    resumed = json.loads(resumed.stdout)
    untouched = json.loads(finished[1].stdout)
    for mine, theirs in zip(resumed["curves"], untouched["curves"], strict=True):
        assert mine["test_bits"]["center"] == pytest.approx(theirs["test_bits"]["center"], rel=1e-5)


def alive(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_terminated_comparison_takes_its_workers_along(tmp_path):
    process = subprocess.Popen(
        [*COMMAND, "digits", *SMALL[:-4], "--steps", "100000", "--workers", "2", "-q"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    data = tmp_path / "priorscope-runs" / "digits" / "data"
    deadline = time.time() + 120
    while time.time() < deadline and not list(data.glob("*/signature.json")):
        time.sleep(0.05)
    time.sleep(3)  # workers are at work
    process.terminate()
    assert "the same command continues" in process.communicate(timeout=30)[1]
    assert process.returncode == 130
    while alive(process.pid):
        assert time.time() < deadline, "a worker is left"
        time.sleep(0.1)


def test_an_ended_budget_says_what_is_unresolved(tmp_path):
    endless = [a if a != "30" else "1000000" for a in SMALL]
    process = compare(
        "digits", *endless, "--budget", "6s", "--workers", "0", "--json", cwd=tmp_path
    )
    summary = json.loads(process.stdout)
    answered = summary["answer"]["pick"] is not None
    assert process.returncode == (0 if answered else 3), process.stderr
    assert summary["unresolved"]
    assert summary["answer"]["stopped_by"] == "budget"


def test_flags_win_over_a_file(tmp_path):
    (tmp_path / "ask.toml").write_text(
        'learners = ["linear"]\nstructures = ["permuted"]\nsizes = [40, 80]\ndraws = 1\n'
        'steps = 10\nepochs = 1\nbudget = "5m"\n'
    )
    flags = ["--repeats", "2", "--workers", "0", "--json"]
    process = compare("digits", "--config", "ask.toml", *flags, cwd=tmp_path)
    assert process.returncode == 0, process.stderr
    assert json.loads(process.stdout)["repeats"] == 2
    assert json.loads(process.stdout)["sizes"] == [40, 80]
    assert "ask.toml: draws is now repeats" in process.stderr  # the name of one version ago


def test_a_dry_run_trains_nothing(tmp_path):
    process = compare("digits", *SMALL, "--dry-run", cwd=tmp_path)
    assert process.returncode == 0, process.stderr
    assert "36 runs (0 done already)" in " ".join(process.stdout.split())
    assert not (tmp_path / "priorscope-runs").exists()


def test_a_plug_in_that_fails_leaves_exit_code_1_and_the_others(tmp_path):
    (tmp_path / "odd_learner.py").write_text(
        "import dataclasses\nimport torch\nfrom priorscope.models import MODELS, ModelConfig\n"
        "@MODELS.register\n@dataclasses.dataclass(frozen=True, kw_only=True)\n"
        "class OddLearner(ModelConfig):\n    def build(self, signature):\n"
        "        return Odd(8 * 8, signature.output_size)\n"
        "class Odd(torch.nn.Linear):\n    def forward(self, inputs):\n"
        "        if self.training:\n            raise RuntimeError('not today')\n"
        "        return super().forward(inputs.flatten(1))\n"
    )
    arguments = ["linear,odd-learner" if "," in a and "mlp" in a else a for a in SMALL]
    flags = ["--include", "odd_learner.py", "--workers", "0", "--json"]
    try:
        process = compare("digits", *arguments, *flags, cwd=tmp_path)
    finally:  # other tests go through all that is registered
        del MODELS._classes["odd-learner"], sys.modules["odd_learner"]
    assert process.returncode == 1, process.stderr
    summary = json.loads(process.stdout)
    assert {row["reason"] for row in summary["failed"]} == {"RuntimeError: not today"}
    assert [row["learner"] for row in summary["leaderboard"]] == ["linear"]


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


TINY = ["--learners", "linear", "--structures", "intact", "--sizes", "20,40", "--repeats", "2"]
TINY += ["--steps", "5", "--workers", "0", "--quiet"]


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


def test_what_was_wrong_with_the_data_is_told_in_the_terminal(tmp_path):
    lines = "".join(f"{i % 7},{i % 5},{i % 2 if i > 4 else ''}\n" for i in range(200))
    (tmp_path / "table.csv").write_text("a,b,label\n" + lines)
    process = compare("table.csv", *TINY, "--details", cwd=tmp_path)
    assert process.returncode == 0, process.stderr
    notes = process.stdout.partition("Notes")[2]
    assert "5 of 200 labels are missing" in notes


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


def test_the_kind_of_the_data_is_heard(tmp_path):
    (tmp_path / "table.csv").write_text("a,label\n" + "1,0\n2,1\n" * 50)
    process = compare("table.csv", *TINY, "--kind", "image", cwd=tmp_path)
    assert process.returncode == 2
    assert "which --kind image does not apply to; leave it out" in process.stderr
