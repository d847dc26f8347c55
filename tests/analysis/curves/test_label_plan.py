import numpy as np
import pytest

from priorscope.analysis.curves.label_plan import LabelQuestion, label_plan
from priorscope.analysis.curves.learning_curves import fit_curves
from priorscope.analysis.curves.reach import reach_points
from priorscope.cli import main
from priorscope.wording.numbers import rough
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
    return label_plan(rows(), LabelQuestion(target=0.05))


def test_the_labels_of_a_power_law_come_out(plan):
    true = (9.0 / 0.05) ** (1 / 0.6)  # 5,743: 2.9 times the data
    labels = plan["learners"][0]["labels"]
    assert plan["pick"] == "fast"
    assert labels["low80"] < true < (labels["high80"] or np.inf)
    assert labels["median"] == pytest.approx(true, rel=0.15)


def test_collecting_comes_before_changing(plan):
    assert [f["key"] for f in plan["findings"]] == ["plan_collect", "plan_keep"]
    first, second, third, fourth = plan_sentences(plan)
    needed = rough(plan["learners"][0]["labels"]["median"])  # as another test holds, near 5,743
    assert first.startswith(f"Collect more: fast needs about {needed} ")
    assert second.startswith(f"For an accuracy of 0.95, with 80% intervals: fast about {needed} ")
    assert third.startswith("Keep the model")
    assert "one more repeat of fast at" in fourth


def test_runs_are_ordered_by_what_they_tell_per_second(plan):
    rate = [r["narrows"] / r["seconds"] for r in plan["runs"]]
    assert rate == sorted(rate, reverse=True)
    assert all(0 <= r["narrows"] <= 1 for r in plan["runs"])


def test_what_is_reached_needs_no_label():
    found = label_plan(rows(("fast",)), LabelQuestion(target=0.5))
    assert found["findings"][0]["key"] == "plan_reached"
    assert "the only model that was tried" in " ".join(plan_sentences(found))


def test_what_is_out_of_reach_is_said_to_be():
    found = label_plan(rows(("slow",)), LabelQuestion(target=0.01))
    assert found["findings"][0]["key"] == "plan_beyond"
    assert found["learners"][0]["labels"]["median"] is None


def test_labels_that_there_might_be_are_answered_with_values():
    plan = label_plan(rows(), LabelQuestion(labels=8000))
    fast, slow = plan["learners"]
    assert (fast["learner"], slow["learner"]) == ("fast", "slow")
    assert fast["value"]["low80"] < SHAPES["fast"](8000) < fast["value"]["high80"]
    assert fast["tested"]
    first, second, third = plan_sentences(plan)[:3]
    assert first.startswith("With 8,000 labels fast is expected to have accuracy 95")
    assert second.startswith("Keep the model")
    assert third.startswith("With 8,000 labels, with 80% intervals: fast 95")


def test_what_lies_outside_of_what_can_be_said_has_no_value():
    plan = label_plan(rows(), LabelQuestion(labels=100_000, target=0.05))
    assert [row["value"] for row in plan["learners"]] == [None, None]
    assert "fast not within reach of what can be said" in plan_sentences(plan)[-2]


@pytest.mark.parametrize("labels", [10, 100_000])
def test_labels_that_nothing_can_be_said_of_are_told_with_the_limits(labels):
    told = plan_sentences(label_plan(rows(), LabelQuestion(labels=labels)))
    assert told[0] == (
        f"Nothing can be said of {labels:,} labels: forecasts go from the smallest size, 125, to 8 "
        "times the largest, 16,000."
    )
    assert not any("expected ahead" in text for text in told)


def test_where_nothing_is_to_be_collected_no_change_of_the_model_is_asked():
    """`fast` would have needed fewer labels than the better one now, but they are there."""
    ahead = [row | {"learner": "ahead", "error": 0.02} for row in rows(("slow",))]
    found = label_plan([*rows(("fast",)), *ahead], LabelQuestion(target=0.2))
    assert found["findings"][0]["key"] == "plan_reached"
    assert "plan_change" not in [f["key"] for f in found["findings"]]


def test_errors_in_standard_deviations_are_told_as_rmse():
    plan = label_plan(rows(), LabelQuestion(target=0.05, name="rmse", scale=20.0))
    assert (plan["on"], plan["target"]) == ("rmse", 1.0)
    assert "for an rmse of 1;" in plan_sentences(plan)[0]


def test_no_run_needs_more_examples_than_there_are():
    sizes = {run["n"] for run in label_plan(rows(), LabelQuestion(target=0.05))["runs"]}
    fewer = label_plan(rows(), LabelQuestion(target=0.05), available=2500)["runs"]
    assert max(sizes) == 4000
    assert max(run["n"] for run in fewer) == 2500


def test_a_table_of_targets_rises_with_what_is_asked():
    points = reach_points(fit_curves(rows())["error"])
    fast = [p for p in points if p["learner"] == "fast"]
    assert len(points) == 2 * len(fast)
    assert [p["target"] for p in fast] == sorted((p["target"] for p in fast), reverse=True)
    needed = [p["median"] for p in fast if p["median"] is not None]
    assert needed == sorted(needed)
    near = min(fast, key=lambda p: abs(p["target"] - 0.05))
    assert near["median"] == pytest.approx((9.0 / near["target"]) ** (1 / 0.6), rel=0.15)


@pytest.mark.parametrize("asked", [{}, {"target": 0.0}, {"labels": -1.0}])
def test_a_question_asks_something_possible(asked):
    with pytest.raises(ValueError, match=r"Name a target|above 0"):
        LabelQuestion(**asked)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Name a target"),
        (["--target-accuracy", "0.9", "--target-rmse", "2"], "Name one target"),
        (["--labels", "0"], "must be 1 or more"),
        (["--labels", "9", "--workers", "-3"], "--workers must be 0 to 1,024, but it is -3"),
        (["--target-accuracy", "95"], "lies between 0 and 1, but it is 95"),
        (["--target-accuracy", "0.95"], "holds no finished run"),
    ],
)
def test_mistakes_get_one_sentence(tmp_path, capsys, arguments, sentence):
    with pytest.raises(SystemExit) as stop:
        main(["plan", str(tmp_path), *arguments])
    assert stop.value.code == 2
    assert sentence in capsys.readouterr().err
