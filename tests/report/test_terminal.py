import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from priorscope.report import print_summary


def printed(summary, width=80, details=False):
    stream = io.StringIO()
    print_summary(summary, Console(file=stream, width=width), details)
    return stream.getvalue()


def test_the_answer_takes_at_most_12_lines(variant, variants):
    lines = printed(variants[variant]()).rstrip().splitlines()
    assert 5 <= len(lines) <= 12
    assert max(cell_len(line) for line in lines) <= 80


def test_12_lines_even_for_long_names_on_a_narrow_screen(summary):
    for row in summary["leaderboard"]:
        row["learner"] = "estimator:" + row["learner"] * 20
    summary["answer"]["tied"] = [row["learner"] for row in summary["leaderboard"]]
    summary["answer"]["pick"] = summary["answer"]["tied"][0]
    assert len(printed(summary, 40).rstrip().splitlines()) <= 12


def test_details_fit_into_80_columns(summary):
    lines = printed(summary, details=True).splitlines()
    assert max(cell_len(line) for line in lines) <= 80


def test_details_rank_learners_with_intervals(summary):
    lines = printed(summary, details=True).splitlines()
    table = lines[next(i for i, line in enumerate(lines) if line.strip().startswith("Model")) :]
    names = ("transformer", "cnn+shift", "linear")
    assert [n for line in table for n in names if line.strip().startswith(n)][:3] == list(names)
    first = next(line for line in table if line.strip().startswith("transformer"))
    assert "1.53 1.50–1.56" in first
    assert "93%" in first


def test_marks_strengths_whose_interval_excludes_zero(summary):
    summary["strength"] = [
        {"learner": "a", "structure": "permuted", "bits_per_label": ends(0.30, 0.20, 0.40)},
        {"learner": "b", "structure": "permuted", "bits_per_label": ends(0.30, -0.1, 0.70)},
        {"learner": "c", "structure": "permuted", "bits_per_label": ends(0.30, None, None)},
    ]
    rows = [line.split() for line in printed(summary, details=True).splitlines()]
    stars = {row[0]: row[1] for row in rows if len(row) == 2 and row[0] in "abc"}
    assert stars == {"a": "+0.30*", "b": "+0.3", "c": "+0.30"}


def ends(center, low, high):
    return {"center": center, "low": low, "high": high, "n": 5}


def test_names_are_never_read_as_markup_nor_as_control_sequences(summary):
    name = "[red]cnn[/red]\x1b]0;title\x07"
    summary["leaderboard"][0]["learner"] = name
    summary["answer"]["pick"], summary["answer"]["tied"] = name, [name]
    summary["task"]["name"] = summary["verdict"][0] = "\x1b[2Jgone"
    for details in (False, True):
        text = printed(summary, details=details)
        assert "[red]cnn[/red]" in text
        assert "\x1b" not in text
        assert "\x07" not in text
        assert "\\x1b[2Jgone" in text


def test_says_what_failed_and_where_the_report_is(summary):
    text = " ".join(printed(summary).split())
    assert "1 run failed" in text
    assert "4 runs missing" in text
    assert "Report: report.html" in text
    everything = " ".join(printed(summary, details=True).split())
    assert all(sentence in everything for sentence in summary["verdict"])


def test_a_summary_without_any_estimate_still_prints(summary):
    for key in ("leaderboard", "strength", "curves", "failed", "unresolved", "recommendation"):
        summary[key] = []
    summary["verdict"] = []
    summary.pop("answer")
    assert "nothing to compare yet" in printed(summary)


def test_another_schema_is_refused(summary):
    with pytest.raises(ValueError, match="schema 7"):
        printed({**summary, "schema": 7})
