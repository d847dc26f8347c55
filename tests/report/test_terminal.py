import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from priorscope.report import print_summary


def printed(summary, width=80):
    stream = io.StringIO()
    print_summary(summary, Console(file=stream, width=width))
    return stream.getvalue()


def test_fits_into_80_columns(summary):
    lines = printed(summary).splitlines()
    assert max(cell_len(line) for line in lines) <= 80


def test_ranks_learners_with_intervals(summary):
    lines = printed(summary).splitlines()
    names = ("transformer", "cnn+shift", "linear")
    assert [name for line in lines for name in names if name in line][:3] == list(names)
    first = next(line for line in lines if "transformer" in line)
    assert "1.532 1.502–1.562" in first
    assert "93%" in first


def test_marks_strengths_whose_interval_excludes_zero(summary):
    summary["strength"] = [
        {"learner": "a", "structure": "permuted", "bits_per_label": ends(0.30, 0.20, 0.40)},
        {"learner": "b", "structure": "permuted", "bits_per_label": ends(0.30, -0.1, 0.70)},
        {"learner": "c", "structure": "permuted", "bits_per_label": ends(0.30, None, None)},
    ]
    rows = [line.split() for line in printed(summary).splitlines()]
    found = {row[0]: row[1] for row in rows if len(row) == 2 and row[0] in "abc"}
    assert found == {"a": "+0.30*", "b": "+0.30", "c": "+0.30"}


def ends(mean, low, high):
    return {"mean": mean, "low": low, "high": high, "n": 5}


def test_names_are_never_read_as_markup(summary):
    summary["leaderboard"][0]["learner"] = "[red]cnn[/red]"
    assert "[red]cnn[/red]" in printed(summary)


def test_says_verdict_failures_and_where_the_report_is(summary):
    text = " ".join(printed(summary).split())
    assert all(sentence in text for sentence in summary["verdict"])
    assert "1 failed" in text
    assert "2 unresolved" in text
    assert "Report: report.html" in text


def test_a_summary_without_any_estimate_still_prints(summary):
    for key in ("leaderboard", "strength", "curves", "failed", "unresolved", "recommendation"):
        summary[key] = []
    assert "Verdict" in printed(summary)


def test_another_schema_is_refused(summary):
    with pytest.raises(ValueError, match="schema 7"):
        printed({**summary, "schema": 7})
