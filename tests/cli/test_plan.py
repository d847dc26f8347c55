"""`priorscope plan`: from a real comparison's folder to labels, and to further runs."""

import contextlib
import io
import json

import pytest
from compare_command import without_figures

import priorscope
from priorscope.cli import main
from priorscope.experiments.label_runs import StoredCurves
from priorscope.experiments.result import report_into


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan") / "out"
    with without_figures():
        result = priorscope.compare(
            "digits",
            learners=["knn", "logistic"],
            sizes=[50, 100, 200, 400],
            repeats=2,
            structures="intact",
            full_grid=True,
            workers=0,
            out=folder,
            target_accuracy=0.97,
            labels=800,
        )
    return folder, result.summary


def plan(*arguments):
    out, errors = io.StringIO(), io.StringIO()
    with (
        without_figures(),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(errors),
        pytest.raises(SystemExit) as ended,
    ):
        main(["plan", *map(str, arguments)])
    return ended.value.code, out.getvalue(), errors.getvalue()


def test_a_comparison_answers_the_same_as_its_plan(compared):
    folder, summary = compared
    code, out, _ = plan(folder, "--target-accuracy", "0.97", "--labels", "800", "--json")
    found = json.loads(out)
    told = summary["plan"]
    assert code == 0
    assert found["learners"] == told["learners"]
    assert found["sentences"][:2] == told["sentences"][:2]
    assert {row["learner"] for row in summary["curve_runs"]} == {"knn", "logistic"}


def test_the_card_has_a_line_for_each_question(compared, capsys):
    from rich.console import Console

    from priorscope.report.terminal import print_summary

    _, summary = compared
    print_summary(summary, Console(width=100))
    shown = capsys.readouterr().out
    assert "For target  97%: " in shown
    assert "With labels 800: " in shown
    assert shown.count("\n") <= 12


def test_the_page_has_its_sliders(compared, tmp_path):
    with without_figures():
        page = report_into(tmp_path / "page", compared[1]).read_text(encoding="utf-8")
    assert 'id="labels-data"' in page
    assert 'type="range" id="labels-target"' in page


def test_run_trains_what_the_plan_names(compared):
    folder, _ = compared
    before = StoredCurves.read(folder).rows()
    _, out, _ = plan(folder, "--target-accuracy", "0.97", "--json")
    wanted = {(run["learner"], run["n"]) for run in json.loads(out)["runs"]}
    code, out, errors = plan(folder, "--target-accuracy", "0.97", "--run", "--workers", "0")
    after = StoredCurves.read(folder).rows()
    assert code == 0
    assert f"Training {len(wanted)} more" in errors
    fresh = [row for row in after if row not in before]
    assert {(row["learner"], row["n"]) for row in fresh} == wanted
    assert all(row["repeat"] == (2 if row["n"] <= 400 else 0) for row in fresh)


def test_a_folder_without_a_comparison_is_refused(tmp_path):
    code, _, errors = plan(tmp_path, "--labels", "100")
    assert code == 2
    assert "holds no finished run" in errors
