import json

import numpy as np
import pytest

from priorscope.analysis.curves.label_plan import label_plan
from priorscope.cli import main
from priorscope.wording.plan import plan_sentences

SIZES = (125, 250, 500, 1000, 2000)
SHAPES = {"slow": lambda n: 0.9 * n**-0.2, "fast": lambda n: 9.0 * n**-0.6}


def rows(names=("slow", "fast")):
    stream = np.random.default_rng(0)
    return [
        {
            "learner": name,
            "n": n,
            "repeat": r,
            "error": SHAPES[name](n) * np.exp(0.01 * stream.standard_normal()),
            "seconds": n / 100,
        }
        for name in names
        for n in SIZES
        for r in range(3)
    ]


@pytest.fixture(scope="module")
def plan():
    return label_plan(rows(), target=0.05)


def test_the_labels_of_a_power_law_come_out(plan):
    true = (9.0 / 0.05) ** (1 / 0.6)  # 5,743: 2.9 times the data
    labels = plan["learners"][0]["labels"]
    assert plan["pick"] == "fast"
    assert labels["low80"] < true < (labels["high80"] or np.inf)
    assert labels["median"] == pytest.approx(true, rel=0.15)


def test_collecting_comes_before_changing(plan):
    assert [f["key"] for f in plan["findings"]] == ["plan_collect", "plan_keep"]
    first, second, third = plan_sentences(plan)
    assert first.startswith("Collect more: fast needs about 5")
    assert second.startswith("Keep the model")
    assert "one more repeat of fast at" in third


def test_runs_are_ordered_by_what_they_tell_per_second(plan):
    rate = [r["narrows"] / r["seconds"] for r in plan["runs"]]
    assert rate == sorted(rate, reverse=True)
    assert all(0 <= r["narrows"] <= 1 for r in plan["runs"])


def test_what_is_reached_needs_no_label():
    found = label_plan(rows(("fast",)), target=0.5)
    assert found["findings"][0]["key"] == "plan_reached"
    assert "the only model that was tried" in " ".join(plan_sentences(found))


def test_what_is_out_of_reach_is_said_to_be():
    found = label_plan(rows(("slow",)), target=0.01)
    assert found["findings"][0]["key"] == "plan_beyond"
    assert found["learners"][0]["labels"]["median"] is None


def test_reads_a_folder_of_stored_runs(tmp_path, capsys):
    (tmp_path / "runs").mkdir()
    for i, row in enumerate(rows(("fast",))):
        run = {"text": "fast", "size": row["n"], "draw": row["repeat"]}
        stored = {
            "run": run | {"structure": {"kind": "intact"}},
            "test": {"accuracy": 1 - row["error"], "bits": 1.0, "examples": 1000},
            "seconds": 1.0,
        }
        (tmp_path / "runs" / f"{i}.json").write_text(json.dumps(stored), encoding="utf-8")
    (tmp_path / "runs" / "x.json").write_text('{"run": {}, "reason": "failed"}', encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        main(["plan", str(tmp_path), "--target-accuracy", "0.95", "--json"])
    assert stop.value.code == 0
    found = json.loads(capsys.readouterr().out)
    assert found["target"] == pytest.approx(0.05)
    assert found["sentences"][0].startswith("Collect more: fast")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Name one target"),
        (["--target-accuracy", "95"], "lies between 0 and 1, but it is 95"),
        (["--target-accuracy", "0.95"], "holds no finished run"),
    ],
)
def test_mistakes_get_one_sentence(tmp_path, capsys, arguments, sentence):
    with pytest.raises(SystemExit) as stop:
        main(["plan", str(tmp_path), *arguments])
    assert stop.value.code == 2
    assert sentence in capsys.readouterr().err
