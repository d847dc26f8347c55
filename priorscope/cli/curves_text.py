"""What `priorscope curves` prints: sentences, then tables."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from priorscope.wording import numbers as words

_MOST_ROWS = 40  # of a table on the terminal; --json holds all


def show(console: Console, name: str, found: dict[str, Any]) -> None:
    """The answer for one data set; `name` is "" where there is only one."""
    if name:
        console.rule(escape(name))
    for sentence in [*found["recommendation"], *found["notes"]]:
        console.print(f"• {escape(sentence)}", highlight=False)
    tables = (
        _forecasts(found["forecasts"]),
        _crossovers(found["crossovers"]),
        _equivalence(found["equivalence"]),
        _saturation(found["saturation"]),
    )
    for table in tables:
        if table.row_count:
            console.print(table)


def _table(columns: list[str], rows: list[list[str]]) -> Table:
    left_out = len(rows) - _MOST_ROWS
    table = Table(show_edge=False, pad_edge=False)
    table.caption = f"{left_out} more rows: --json" if left_out > 0 else None
    for i, name in enumerate(columns):
        table.add_column(name, justify="left" if i < 3 else "right")
    for row in rows[:_MOST_ROWS]:
        table.add_row(*map(escape, row))
    return table


def _forecasts(entries: list[dict[str, Any]]) -> Table:
    rows = [
        [
            e["learner"],
            e["on"],
            f"{ahead['times']:g} ×{'' if ahead['tested'] else ' (never tested)'}",
            _count(ahead["n"]),
            f"{ahead['median']:.3g}",
            f"{ahead['low80']:.3g} to {ahead['high80']:.3g}",
            f"{ahead['low95']:.3g} to {ahead['high95']:.3g}",
        ]
        for e in entries
        for ahead in e["ahead"]
    ]
    return _table(["Forecasts", "on", "data", "n", "median", "80% interval", "95% interval"], rows)


def _crossovers(entries: list[dict[str, Any]]) -> Table:
    rows = []
    for e in entries:
        pair = f"{e['overtaking']} overtakes {e['overtaken']}"
        if e["verdict"] == "stays ahead":
            pair = f"{e['overtaken']} stays ahead of {e['overtaking']}"
        odds = "" if e["probability"] is None else f"{e['probability']:.2f}"
        before = _count(e["not_before"]) or ("" if odds == "" else "> 8 × the data")
        span = _between(e["n"]["low80"], e["n"]["high80"], e["n"]["median"])
        rows.append([pair, e["on"], e["verdict"], odds, before, span])
    columns = ["Crossovers", "on", "verdict", "P(within 4 ×)", "not before (90%)", "80% interval"]
    return _table(columns, rows)


def _equivalence(entries: list[dict[str, Any]]) -> Table:
    rows = []
    for e in entries:
        ratio = e["ratio"]
        if ratio["center"] is None:
            text = f"> {words.ratio(ratio['low'])} ×"
        else:
            high = "…" if ratio["high"] is None else words.ratio(ratio["high"])
            text = f"{words.ratio(ratio['center'])} × ({words.ratio(ratio['low'])} to {high})"
        rows.append([f"{e['a']} in data of {e['b']}", e["on"], e["kind"], _count(e["n"]), text])
    return _table(["Data-equivalence", "on", "", "n", "worth (95%)"], rows)


def _saturation(entries: list[dict[str, Any]]) -> Table:
    rows = [
        [
            e["learner"],
            e["on"],
            e["verdict"],
            _count(e["n"]),
            "" if (fall := e["fall_per_doubling"]) is None else _percent(fall),
            "" if not e["catch_up"] else f"{100 * e['catch_up']['share']['center']:.0f}%",
        ]
        for e in entries
    ]
    columns = ["Saturation", "on", "", "n", "fall per doubling (95%)", "paid before beating chance"]
    return _table(columns, rows)


def _percent(i: dict[str, Any]) -> str:
    return f"{100 * i['center']:.1f}% ({100 * i['low']:.1f} to {100 * i['high']:.1f})"


def _count(n: float | int | None) -> str:
    return "" if n is None else f"{n:,.3g}" if n < 1000 else f"{n:,.0f}"


def _between(low: float | None, high: float | None, middle: float | None) -> str:
    if low is None and middle is None:
        return ""
    return f"{_count(low) or 'never'} to {_count(high) or 'beyond 8 × the data'}"
