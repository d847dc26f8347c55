"""The summary in a terminal: verdict, ranked table, strengths; readable at 80 columns."""

from typing import Any

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from priorscope.report import words
from priorscope.report.view import View

NAME = 20  # columns for a learner's name
STRENGTHS = 5  # structures side by side


def print_summary(summary: dict[str, Any], console: Console) -> None:
    """Print what the page says first; names from data are printed as they are, never as markup.

    Raises:
        ValueError: if the summary has another schema or lacks a required key.
    """
    view = View(summary)
    if rows := view.rows("leaderboard"):
        name, examples = view.task.get("name"), words.count(view.task.get("examples"))
        console.print(Text(f"{name}: {examples} examples", style="bold"))
        console.print(leaderboard(view, rows))
        console.print(
            Text(
                "Beside each number its 95% interval; fewer bits per label are better.", style="dim"
            )
        )
    structures = list(dict.fromkeys(row["structure"] for row in view.rows("strength")))
    if structures:
        console.print()
        console.print(Text("Bits per label lost when a structure is destroyed", style="bold"))
    for start in range(0, len(structures), STRENGTHS):
        console.print(strengths(view, structures[start : start + STRENGTHS]))
    if any(_is_clear(row.get("bits_per_label")) for row in view.rows("strength")):
        console.print(Text("* the 95% interval does not contain 0", style="dim"))
    for key in ("verdict", "recommendation", "notes"):
        if sentences := summary.get(key) or []:
            console.print()
            console.print(Text(key.capitalize(), style="bold"))
        for sentence in sentences:
            console.print(Padding(Text(sentence), (0, 0, 0, 2)))
    _print_end(summary, console)


def leaderboard(view: View, rows: list[dict[str, Any]]) -> Table:
    """Best first: code length, probability of being best, accuracy, training time."""
    table = _table()
    table.add_column("learner", max_width=NAME, overflow="ellipsis", no_wrap=True)
    for name in ("bits per label", "best", "accuracy", "time"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            Text(row["learner"], style="bold" if row is rows[0] else ""),
            with_interval(row.get("code_bits_per_label"), 3),
            words.percent(row.get("probability_best")),
            with_interval(row.get("accuracy"), 2),
            words.seconds(row.get("seconds")),
        )
    return table


def strengths(view: View, structures: list[str]) -> Table:
    """Extra bits per label when a structure is destroyed; a star marks intervals without 0."""
    table = _table()
    table.add_column("learner", max_width=NAME, overflow="ellipsis", no_wrap=True)
    for name in structures:
        table.add_column(Text(words.structure(name)), justify="right", max_width=12)
    rows = {(row["learner"], row["structure"]): row for row in view.rows("strength")}
    for learner in dict.fromkeys(learner for learner, _ in rows):
        cells = [rows.get((learner, name), {}).get("bits_per_label") for name in structures]
        table.add_row(Text(learner), *map(starred, cells))
    return table


def with_interval(value: Any, digits: int) -> Text:
    """`1.532 1.502 to 1.562`, the interval dim."""
    if not words.has_mean(value):
        return Text(words.MISSING)
    ends = ""
    if words.has_interval(value):
        ends = f" {words.number(value['low'], digits)}–{words.number(value['high'], digits)}"
    return Text.assemble(words.number(value["mean"], digits), (ends, "dim"))


def starred(value: Any) -> Text:
    """`+0.42*` where the interval excludes 0, else `0.01` dim."""
    if not words.has_mean(value):
        return Text(words.MISSING)
    sign = "+" if value["mean"] > 0 and float(f"{value['mean']:.2f}") else ""
    text = sign + words.number(value["mean"], 2)
    return Text(f"{text}*", style="bold") if _is_clear(value) else Text(f"{text} ", style="dim")


def _is_clear(value: Any) -> bool:
    """Whether its 95% interval excludes 0."""
    return words.has_interval(value) and (value["low"] > 0 or value["high"] < 0)


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))


def _print_end(summary: dict[str, Any], console: Console) -> None:
    console.print()
    for key in ("failed", "unresolved"):
        if number := len(summary.get(key) or []):
            console.print(Text(f"{number} {key}: see the report.", style="yellow"))
    if path := summary.get("report"):
        console.print(Text(f"Report: {path}"), soft_wrap=True)
