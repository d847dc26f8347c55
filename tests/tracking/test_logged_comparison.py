"""A comparison that is logged: each run once, whatever is resumed, killed or out of order."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

from priorscope import compare
from priorscope.experiments.learners import default_recipe
from priorscope.experiments.settings import Settings
from priorscope.experiments.tracked import TrackingWarning, tracked_run
from priorscope.runs.planner import Question
from priorscope.runs.rows import done_row
from priorscope.runs.store import Store
from priorscope.structures.intact import Intact
from priorscope.train.recipe import parse_learner

TINY = {"learners": ["linear", "mlp:width=4,depth=1"], "structures": ["intact"], "repeats": 2}
TINY |= {"steps": 3, "epochs": 0, "workers": 0, "progress": False, "full_grid": True, "out": "out"}


@pytest.fixture(autouse=True)
def _small(tmp_path, monkeypatch):
    """Without a page, which takes longer than these comparisons."""

    def page(summary, folder):
        (folder / "report.html").write_text("page")

    monkeypatch.setattr("priorscope.report.page.write_report", page)
    monkeypatch.chdir(tmp_path)
    stream = np.random.default_rng(0)
    np.savez("x.npz", x=stream.standard_normal((60, 4)).astype(np.float32), y=np.arange(60) % 2)


def logged(sizes, **settings):
    return compare("x.npz", log="mlflow", sizes=sizes, **(TINY | settings))


def rows(folder):
    store = Store(folder / "out")
    return [store.load(name) for name in store.finished()]


def expected(folder):
    """What should be logged, read off the rows."""
    points = []
    for row in rows(folder):
        run = row["run"]
        learner = run["text"].replace("=", "_").replace(",", "_")
        end = f"{learner}/intact/repeat {run['repeat']}"
        scalars = {
            "test_bits": row["test"]["bits"], "accuracy": row["test"]["accuracy"],
            "seconds": row["seconds"],
        }  # fmt: skip
        if "block" in row:
            scalars["block_bits"] = row["block"]["bits"]
        points += [(f"{name}/{end}", run["size"], value) for name, value in scalars.items()]
    return sorted(points)


def test_each_run_is_logged_once_though_the_command_is_repeated(tmp_path, play):
    seen = play("mlflow")
    summary = logged([8, 16]).summary
    assert len(rows(tmp_path)) == 8
    assert sorted(seen.points) == expected(tmp_path)
    assert [path.rpartition("/")[2] for path in seen.files] == ["report.html", "summary.json"]
    assert "log" not in summary["reproduce"]["settings"]
    logged([8, 16])  # nothing is new, not even the answer
    assert sorted(seen.points) == expected(tmp_path)
    assert len(seen.texts) == 1
    logged([8, 16, 24])  # some runs are
    assert sorted(seen.points) == expected(tmp_path)
    assert len(seen.texts) == 2
    assert len(seen.runs) == 1


def test_a_fresh_comparison_has_a_fresh_log(tmp_path, play):
    seen = play("mlflow")
    logged([8, 16])
    before = len(seen.points)
    logged([8, 16], fresh=True)
    assert seen.runs == ["run0", "run1"]
    assert len(seen.points) == 2 * before


def test_runs_of_an_earlier_command_are_logged_by_the_first_that_logs(tmp_path, play):
    seen = play("mlflow")
    compare("x.npz", sizes=[8, 16], **TINY)
    assert not seen.points
    logged([8, 16])
    assert sorted(seen.points) == expected(tmp_path)


def test_a_log_that_fails_midway_fails_nothing_and_is_completed_later(tmp_path, play):
    seen = play("mlflow")
    seen.fails_after = 8  # of 28 points: in the midst of the runs, at the beginning of one
    with pytest.warns(TrackingWarning, match=r"mlflow ended early \(the server is gone\)"):
        summary = logged([8, 16]).summary
    assert not summary["failed"]
    assert len(summary["leaderboard"]) == 2
    assert len(seen.points) == 8
    assert not seen.texts
    seen.fails_after = None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        logged([8, 16])
    assert sorted(set(seen.points)) == expected(tmp_path)


def test_a_log_that_cannot_begin_is_refused_before_training(tmp_path, play, monkeypatch):
    play("mlflow")
    monkeypatch.setattr(
        "priorscope.tracking.mlflow.MLflowRun.__init__",
        lambda *given: (_ for _ in ()).throw(ConnectionError("no\nserver")),
    )
    with pytest.raises(ValueError, match=r"--log mlflow can't begin \(no server\); correct how"):
        logged([8, 16])
    assert not rows(tmp_path)


def test_a_log_that_does_not_answer_is_not_waited_for_long(tmp_path, play, monkeypatch):
    import threading

    play("mlflow")
    forever = threading.Event()
    monkeypatch.setattr("priorscope.experiments.tracked.PATIENCE", 0.2)
    monkeypatch.setattr("priorscope.tracking.mlflow.MLflowRun.log", lambda *given: forever.wait())
    with pytest.warns(TrackingWarning, match="didn't answer"):
        assert len(logged([8, 16]).summary["leaderboard"]) == 2
    forever.set()


def test_recipes_that_were_tried_have_names_of_their_own():
    """In a race the same learner runs with several learning rates at one size and repeat."""
    learner = parse_learner("linear", default_recipe(Settings()))
    faster = replace(learner, recipe=replace(learner.recipe, learning_rate=0.125))
    question = Question(
        learners=(learner,), structures=(Intact(),), sizes=(8, 16), repeats=1, seed=0, tune=1,
        data="0" * 16,
    )  # fmt: skip
    names = []
    for one, tune in ((learner, 1), (faster, 1), (learner, 3)):
        run = question.run(one, Intact(), 0, 0, tune)
        scores = {"test": {"bits": 1.0, "examples": 9}}
        row = done_row(run.to_json(), scores, {"seconds": 1.0, "learning_rate": 0.125})
        told = tracked_run(row, question, "accuracy")
        assert told is not None
        assert told.scalars == {"test_bits": 1.0, "seconds": 1.0}
        names.append(told.learner)
    assert names == ["linear", "linear rate 0.125", "linear tuned"]
    assert tracked_run(row, replace(question, data="1" * 16), None) is None
