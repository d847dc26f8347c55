"""The short leaderboard is in the order of what was asked, under that metric's name."""

import pytest

from priorscope.report import terminal
from priorscope.report.board import board_of
from priorscope.report.chapters.learning_curves import LearningCurves
from priorscope.report.page import facts, render_chapters
from priorscope.report.view import View


@pytest.fixture
def placed(summary):
    """Three learners; by code length the first is the last by balanced accuracy."""
    rows = summary["leaderboard"] = summary["leaderboard"][:3]
    for place, row in enumerate(reversed(rows), start=1):
        value = {"center": 0.9 - place / 10, "low": None, "high": None, "n": 3}
        row.update(place=place, probability=1 / place, metrics={"balanced-accuracy": value})
    summary["answer"] = {**summary["answer"], "metric": "balanced-accuracy"}
    return summary


def test_the_asked_metric_orders_the_rows_and_names_its_column(placed):
    board = board_of(View(placed))
    names = [row["learner"] for row in placed["leaderboard"]]
    assert [row["learner"] for row in board.rows] == names[::-1]
    assert (board.score.key, board.score.as_share) == ("balanced-accuracy", True)
    assert board.title == "Balanced accuracy"
    assert (board.chance, board.chance_title) == ("probability", "Best or tied")


def test_bold_marks_the_pick_wherever_it_stands(placed):
    names = [row["learner"] for row in placed["leaderboard"]]
    placed["answer"]["pick"] = names[1]
    board = board_of(View(placed))
    assert (board.pick, board.rows[0]["learner"]) == (names[1], names[2])
    rows = terminal.leaderboard(board).columns[0].cells
    assert [str(name) for name in rows if name.style == "bold"] == [names[1]]
    page = str(next(part.html for part in render_chapters(View(placed)) if part.name == "models"))
    marked = [row for row in page.split("<tr")[1:] if row.startswith(' class="best"')]
    assert [names[1] in row for row in marked[:1]] == [True]
    assert len(marked) == 1


def test_who_did_not_get_that_far_comes_last(placed):
    gone = placed["leaderboard"][-1]
    gone.update(place=None, probability=None)
    assert board_of(View(placed)).rows[-1]["learner"] == gone["learner"]


def test_the_goal_of_fewest_bits_says_so(placed):
    placed["goal"] = "code"
    placed["answer"]["metric"] = "code-bits"
    board = board_of(View(placed))
    assert (board.score.key, board.chance_title) == ("accuracy", "Fewest bits or tied")


@pytest.mark.parametrize(("best", "said"), [(0.95, False), (0.85, True)])
def test_what_nobody_else_did_at_any_size_is_said_under_the_chart(summary, best, said):
    """The chart compares at a size where others follow, which may lie far below the answer's."""
    pick, other = (row["learner"] for row in summary["leaderboard"][:2])
    ratio = {"center": 0.5, "low": 0.4, "high": 0.6, "n": 3, "method": ""}
    worth = [{"learner": other, "ratio": ratio, "at": 2000}]
    value = {**ratio, "center": 0.9}
    answer = {"pick": pick, "metric": "accuracy", "size": 8000, "labels_worth": worth}
    summary["answer"] = {**summary["answer"], **answer}
    for row in summary["curves"]:
        row["accuracy"] = value if row["learner"] == pick else {**value, "center": best}
    chapter = str(next(c.html for c in render_chapters(View(summary)) if c.name == "answer"))
    assert (f"What {pick} does with 8,000 labels, none of these did" in chapter) is said
    worth[0]["at"] = 8000
    chapter = str(next(c.html for c in render_chapters(View(summary)) if c.name == "answer"))
    assert "none of these did" not in chapter


def test_older_summaries_are_ordered_by_code_length(summary):
    board = board_of(View(summary))
    assert board.rows == View(summary).rows("leaderboard")
    assert (board.chance, board.chance_title) == ("probability_best", "Fewest bits or tied")


def test_panels_of_training_against_test_share_their_sizes(summary):
    """A learner of one size has a panel too: without a common axis its ticks fell on each other."""
    first = summary["leaderboard"][0]["learner"]
    summary["curves"] = [
        row for row in summary["curves"] if row["learner"] != first or row["n"] == 125
    ]
    parts = LearningCurves().figures(View(summary))
    (figure,) = (part for part in parts if part.name == "overfitting")
    domains = {tuple(layer["encoding"]["x"]["scale"]["domain"]) for layer in figure.spec["layer"]}
    assert domains == {(125, 8000)}


def test_the_head_counts_the_sizes_and_repeats_that_there_are(summary):
    """A budget may end before all that were planned."""
    rows = [row for row in summary["curves"] if row["n"] <= 250]
    summary["curves"] = [{**row, "repeats": 2} for row in rows]
    said = dict(facts(View(summary)))
    assert (said["Training sizes"], said["Repeats"]) == ("125 to 250", "2")
    summary["curves"] = [{**row, "repeats": 1} for row in rows if row["n"] == 125]
    said = dict(facts(View(summary)))
    assert (said["Training sizes"], said["Repeats"]) == ("125", "1")
