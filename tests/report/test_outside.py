"""Who was tried and has no place on the leaderboard stands below it, with the reason."""

import pytest

from priorscope.report import terminal
from priorscope.report.board import board_of
from priorscope.report.chapters.learning_curves import curve_figure
from priorscope.report.page import render_chapters
from priorscope.report.several import grid_of
from priorscope.report.several_page import several_page
from priorscope.report.view import View


@pytest.fixture
def raced(summary):
    """Of the learners one is left; the others left the race, lacked time, failed or fell behind."""
    names = [row["learner"] for row in summary["leaderboard"]]
    first, left, waits, ended = names[:4]
    summary["leaderboard"] = [summary["leaderboard"][0]]
    kept = {first: 8000, left: 8000, waits: 250, ended: 500}
    summary["curves"] = [r for r in summary["curves"] if r["n"] <= kept.get(r["learner"], 0)]
    summary["dropped"] = [{"learner": left, "at": 1000, "bound": 1.3, "risk": 0.02}]
    cell = {"structure": "intact", "missing_runs": 2, "sizes": [500], "reason": "budget_ended"}
    summary["unresolved"] = [{"learner": name, **cell} for name in (waits, "never-begun")]
    summary["failed"] = [{"learner": "broken", "run": "x", "digest": "y", "reason": "no memory"}]
    return summary, (left, waits, ended)


def test_each_has_its_last_size_and_its_reason(raced):
    summary, (left, waits, ended) = raced
    rows = board_of(View(summary)).outside
    assert [(row.learner, row.why, row.n, row.charted) for row in rows] == [
        (left, "left", 1000, True),
        ("broken", "failed", None, False),
        (waits, "time", 250, True),
        ("never-begun", "time", None, False),
        (ended, "ended", 500, True),
    ]
    point = next(r for r in summary["curves"] if (r["learner"], r["n"]) == (left, 1000))
    value = rows[0].written(as_share=True)
    assert value.endswith(" at 1,000")
    assert float(value.partition("%")[0]) == pytest.approx(100 * point["accuracy"]["center"], abs=1)
    assert rows[1].written(as_share=True) == ""


def test_page_and_terminal_show_them_all(raced):
    summary, names = raced
    board = board_of(View(summary))
    cells = [str(cell) for cell in terminal.leaderboard(board).columns[0].cells]
    assert cells == [row["learner"] for row in board.rows] + [r.learner for r in board.outside]
    chapters = {part.name: str(part.html) for part in render_chapters(View(summary))}
    for name in ("answer", "models"):
        rows = [
            row for row in chapters[name].split("<tr")[1:] if row.startswith(' class="outside"')
        ]
        assert len(rows) == 5
        cells = {row.split("</tr>")[0].count("<td") for row in rows}
        full = chapters[name].split("<tr")[2].split("</tr>")[0].count("<td")
        assert cells == {full}  # a table whose rows are of one length can be sorted and saved
        assert all(any(other in row for row in rows) for other in (*names, "broken"))
    assert "Left: out of the race" in chapters["answer"]


def test_a_code_that_goes_as_far_as_the_leaderboards_stands_there(raced):
    """The blocks up to the last size are told by models of the sizes before."""
    summary, (left, waits, _) = raced
    n = summary["leaderboard"][0]["n"] = 8000
    bits = {"center": 0.5 * n, "low": 0.4 * n, "high": 0.6 * n, "n": 3}
    summary["code_length"] = [
        {"learner": left, "n": n, "bits": bits},
        {"learner": waits, "n": n // 2, "bits": bits},
    ]
    rows = {row.learner: row for row in board_of(View(summary)).outside}
    assert rows[left].bits["center"] == pytest.approx(0.5)
    assert rows[waits].bits is None


def test_who_left_on_the_last_size_is_marked_in_its_row(raced):
    summary, _ = raced
    (row,) = summary["leaderboard"]
    row |= {"probability": None, "probability_best": None}
    summary["dropped"] = [{"learner": row["learner"], "at": 8000, "bound": 1.1}]
    board = board_of(View(summary))
    assert board.chance_of(board.rows[0]) == "left"
    assert "Left:" in board.explained


def test_nobody_is_outside_where_all_have_a_place(summary):
    board = board_of(View(summary))
    assert (board.outside, board.explained) == ([], "")


def test_a_check_after_the_race_is_not_joined_with_the_curve_before(raced):
    summary, (left, *_) = raced
    tables = curve_figure(View(summary), "accuracy").tables["curves"]
    apart = {(row["learner"], row["n"]) for row in tables if row.get("checked")}
    sizes = {row["n"] for row in summary["curves"] if row["learner"] == left}
    assert apart == {(left, n) for n in sizes if n > 1000} != set()


def test_all_data_sets_at_once_say_where_each_ended(raced):
    summary, (left, waits, _) = raced
    _, rows = grid_of({"one": View(summary)})
    cells = rows[0].cells
    assert cells[left].value is None
    assert [cells[name].outside.why for name in (left, waits)] == ["left", "time"]
    page = several_page({"one": summary}, {})
    grid, _, rest = page.partition("</table>")
    assert grid.count('class="cell tried"') == 5
    assert rest.partition('id="payload"')[0].count('<tr class="outside"') == 5
