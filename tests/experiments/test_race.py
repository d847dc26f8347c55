"""A comparison as a race: settled it trains nothing, and what was lost is done again alike."""

import pytest

from priorscope.experiments.comparison import Comparison
from priorscope.experiments.settings import Settings
from priorscope.experiments.variants import anchor, variants
from priorscope.runs.status import status
from priorscope.tasks import TASKS
from priorscope.train.recipe import parse_learner

SAID = ("answer", "answers", "dropped", "unresolved", "strength", "validity", "leaderboard")


def comparison(folder, **changes) -> Comparison:
    keys = {
        "learners": ("linear", "mlp:width=8"), "structures": ("permuted", "random-labels"),
        "sizes": (40, 80, 160), "repeats": 3, "steps": 20, "epochs": 1, "preset": "thorough",
        "workers": 0, "out": folder, **changes,
    }  # fmt: skip
    return Comparison.of("digits", Settings.of(**keys))


def told(summary):
    """What a summary says, without seconds."""
    return {key: strip(summary[key]) for key in SAID}


def only(summary):
    return without_seconds({key: summary[key] for key in SAID})


def without_seconds(value):
    if isinstance(value, dict):
        return {k: without_seconds(v) for k, v in value.items() if k != "seconds"}
    return [without_seconds(v) for v in value] if isinstance(value, list) else value


def strip(value):
    """Without seconds; numbers to five digits, as replicas in other company round differently."""
    if isinstance(value, dict):
        return {k: strip(v) for k, v in value.items() if k != "seconds"}
    if isinstance(value, float):
        return pytest.approx(value, rel=1e-3, abs=1e-5)
    return [strip(v) for v in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def settled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("race")
    asked = comparison(folder)
    course = asked.train().course
    return folder, course, asked.summary(course)


def test_it_settles_and_says_how(settled):
    _, course, summary = settled
    assert course.pending is None
    assert summary["answer"]["stopped_by"] in ("settled", "data")
    assert summary["unresolved"] == []
    assert isinstance(summary["answer"]["depends_on_recipe"], bool)
    assert {row["structure"] for row in summary["strength"]} == {"permuted", "random-labels"}
    names = {row["name"] for row in summary["validity"]}
    assert any("random labels" in name for name in names)
    assert any("permuted" in name for name in names)


def test_after_settling_nothing_is_trained(settled):
    folder, _, summary = settled
    before = {p: p.stat().st_mtime_ns for p in (folder / "runs").iterdir()}
    again = comparison(folder)
    assert only(again.summary(again.train().course)) == told(summary)
    assert {p: p.stat().st_mtime_ns for p in (folder / "runs").iterdir()} == before
    assert (status(folder).planned, status(folder).done) == (None, len(before) // 2)


def test_what_was_lost_is_done_again_alike(settled):
    folder, _, summary = settled
    for path in sorted((folder / "runs").glob("*.json"))[::3]:
        path.unlink()
    again = comparison(folder)
    assert only(again.summary(again.train().course)) == told(summary)
    counted, rows = status(folder), list((folder / "runs").glob("*.json"))
    assert counted.planned == counted.done == len(rows)  # not the last round alone


def test_rates_and_twins_are_tried_where_they_mean_something():
    digits = TASKS["digits"]().load()
    signature = digits.signature

    def texts(text, examples=500, **changes):
        learner = parse_learner(text)
        return [v.text for v in variants(learner, Settings(**changes), signature, examples)]

    assert texts("linear") == ["linear"] * 3
    assert texts("cnn") == ["cnn", "cnn+shift", "cnn+flip", "cnn", "cnn"]
    assert texts("cnn", learners=("cnn",)) == ["cnn"] * 3  # whoever named learners meant those
    assert texts("forest") == ["forest"]
    assert texts("cnn", examples=40) == ["cnn"]
    assert texts("cnn", tune=3) == ["cnn"]
    rates = [v.learning_rate for v in variants(parse_learner("mlp"), Settings(), signature, 500)]
    assert rates == pytest.approx([rates[0], 3 * rates[0], rates[0] / 3])


def test_the_anchor_is_nearest_to_an_eighth():
    assert anchor((312, 625, 1250, 2500, 5000, 10_000)) == 2
    assert anchor((25, 50)) == 0
    assert anchor((625, 2500, 5000, 10_000)) == 1  # both are twice as far, the larger says more
