"""The main job as a user types it: once in a process of its own, else in this one."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
from compare_command import COMMAND, ENVIRONMENT, SMALL, TINY, compare, compare_apart

from priorscope.models import MODELS

SCHEMA = Path(__file__).parents[2] / "docs" / "summary.schema.json"


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
        "digits", *endless, "--budget", "6s", "--workers", "1", "--json", cwd=tmp_path
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


def test_what_was_wrong_with_the_data_is_told_in_the_terminal(tmp_path):
    lines = "".join(f"{i % 7},{i % 5},{i % 2 if i > 4 else ''}\n" for i in range(200))
    (tmp_path / "table.csv").write_text("a,b,label\n" + lines)
    process = compare("table.csv", *TINY, "--details", cwd=tmp_path)
    assert process.returncode == 0, process.stderr
    notes = process.stdout.partition("Notes")[2]
    assert "5 of 200 labels are missing" in notes


def test_the_kind_of_the_data_is_heard(tmp_path):
    (tmp_path / "table.csv").write_text("a,label\n" + "1,0\n2,1\n" * 50)
    process = compare("table.csv", *TINY, "--kind", "image", cwd=tmp_path)
    assert process.returncode == 2
    assert "which --kind image does not apply to; leave it out" in process.stderr
