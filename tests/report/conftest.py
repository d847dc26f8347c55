"""Plausible summaries, made in code: 8 learners, 7 sizes, 9 structures; and other kinds."""

from functools import cache
from pathlib import Path

import pytest
from compare_command import without_figures
from report_pages import SharedPages
from summary_rows import (
    LEARNERS,
    REPEATS,
    SIZES,
    STRUCTURES,
    answer,
    curve_row,
    extras,
    interval,
    leaderboard_row,
    read,
    recipes,
    strength,
)

from priorscope.report import write_report
from priorscope.report.page import rendered


def as_quantity(summary):
    """The same as a regression: errors and bits below 0, no guessing."""
    del summary["chance_bits"]
    low_high = {"low": 25.0, "high": 346.0, "std": 77.0}
    summary["read"] = {"target": {"kind": "quantity", **low_high}, "notes": []}
    summary["task"] = {"name": "diabetes", "examples": 442, "classes": 0, "kind": "vector"}
    for key in ("leaderboard", "curves"):
        for row in summary[key]:
            error = 60 * (1.1 - row.pop("accuracy")["center"])
            row.pop("train_accuracy", None)
            row["metrics"] = {"rmse": interval(error, 2.0), "r2": interval(0.4, 0.05)}
            for name in (
                "test_bits",
                "train_bits",
                "code_bits_per_label",
                "uncalibrated_test_bits",
            ):
                if name in row:
                    row[name] = interval(row[name]["center"] - 1.8, 0.04)
    summary["code_length"] = [
        {**row, "bits": interval(row["bits"]["center"] - 1.8 * row["n"], 8.0)}
        for row in summary["code_length"]
    ]
    summary["answer"] |= {"metric": "rmse", "value": interval(54.0, 2.0)}
    return summary


def with_repeats(value, repeats):
    """The same from so few repeats: wide intervals from two, none from one."""
    if isinstance(value, list):
        return [with_repeats(item, repeats) for item in value]
    if not isinstance(value, dict):
        return value
    if "center" in value and "low" in value:
        ends = {"low": None, "high": None}
        if repeats > 1 and value["low"] is not None:
            half = 12 * (value["high"] - value["low"])
            ends = {"low": value["center"] - half, "high": value["center"] + half}
        return {**value, **ends, "n": repeats}
    out = {key: with_repeats(item, repeats) for key, item in value.items()}
    return out | ({"repeats": repeats} if "repeats" in out else {})


def as_schema_1(value):
    """The same summary as version 0.1.0 wrote it."""
    if isinstance(value, list):
        return [as_schema_1(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "center" in value:
        ends = {key: value[key] for key in ("low", "high", "n")}
        return {"mean": value["center"], **ends}
    names = {"repeats": "draws", "start": "from"}
    new = {"answer", "goal", "read", "target", "findings", "dropped"}
    out = {names.get(k, k): as_schema_1(v) for k, v in value.items() if k not in new or k == "read"}
    if "schema" in out:
        out.pop("read", None)
        out["schema"] = 1
    return out


def make_summary():
    places = range(len(LEARNERS))
    return {
        "schema": 2,
        "task": {
            "name": "handwritten <i>digits</i> & 손글씨",
            "examples": 9000,
            "classes": 10,
            "kind": "image",
        },
        "sizes": SIZES,
        "repeats": REPEATS,
        "tuning": {"trials": 1, "chosen_on": "validation", "recipes": recipes()},
        "goal": "accuracy",
        "read": read(),
        "answer": answer(),
        "leaderboard": [leaderboard_row(i) for i in places],
        "curves": [curve_row(i, s, n) for i in places for s in STRUCTURES for n in SIZES],
        "strength": [strength(i, s) for i in places for s in STRUCTURES[1:]],
        "failed": [{"run": "00ff <img src=x>", "reason": "ValueError: the loss is NaN at step 12"}],
        "unresolved": [
            {
                "learner": "vit",
                "structure": "rotated",
                "missing_runs": 3,
                "sizes": [4000, 8000],
                "reason": "the budget ended before these runs",
            },
            "gru at 8,000 examples: the budget ended first.",
        ],
        "verdict": [
            "At 8,000 labelled examples transformer fits these data best, with 1.24 bits per label "
            "(1.21 to 1.27); it is the best of 8 learners with 93% probability.",
            "cnn+shift can't be told apart from it; both are ahead of all others.",
            "The advantage relies on the arrangement of positions: shuffling them costs 0.35 bits.",
            "One learner failed and one size is unresolved.",
        ],
        "report": "report.html",
        **extras(),
    }


@pytest.fixture
def summary():
    return make_summary()


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """A folder with the report of the whole summary, without its charts as files."""
    path = tmp_path_factory.mktemp("report")
    with without_figures():
        write_report(make_summary(), path)
    return path


VARIANTS = {
    "classes": make_summary,
    "quantity": lambda: as_quantity(make_summary()),
    "two repeats": lambda: with_repeats(make_summary(), 2),
    "one repeat": lambda: with_repeats(make_summary(), 1),
    "schema 1": lambda: as_schema_1(make_summary()),
}


@pytest.fixture(params=sorted(VARIANTS))
def variant(request):
    """The name of each kind of summary that a page is made of."""
    return request.param


@pytest.fixture(scope="session")
def pages():
    """A function from the name of a variant to its page and figures, made once."""
    return cache(lambda name: rendered(VARIANTS[name]()))


@pytest.fixture
def variants():
    """Kind of summary -> a function that makes one."""
    return VARIANTS


@pytest.fixture(scope="module")
def shared(browser, folder) -> SharedPages:
    return SharedPages(browser, folder / "report.html")


@pytest.fixture
def visit(shared):
    """The report at an address, at a width and in colours; says whether the test changes it."""

    def open_page(at="", width=1280, dark=False, policy=True, changes=False):
        page = shared.at(at, width, dark, policy)
        if changes:
            shared.changed.add(page)
        return page

    return open_page


@pytest.fixture
def tabs():
    """Turn to each tab of an open page, whose own policy forbids to evaluate text inside."""

    def turn(page):
        for name in ("decide", "understand", "trust"):
            page.locator(f"[data-tab={name}]").first.evaluate("link => link.click()")
            page.locator(f"#{name}:not(.waiting)").wait_for(state="attached", timeout=5000)
            yield name

    return turn
