"""What `priorscope curves` prints: sentences, then tables."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from priorscope.analysis.curves.equivalence import known_ratios
from priorscope.core.json_types import JsonObject
from priorscope.core.printable import printable
from priorscope.wording import numbers as words
from priorscope.wording.curve_metrics import in_own, own
from priorscope.wording.page import t, word

_MOST_LETTERS = 2000  # of a sentence
_MOST_ROWS = 40  # of a table on the terminal; --json holds all


def show(console: Console, name: str, found: JsonObject) -> None:
    """The answer for one data set; `name` is "" where there is only one."""
    if name:
        console.rule(_shown(name))
    for sentence in [*found["recommendation"], *found["notes"]]:
        console.print(f"• {_shown(sentence)}", highlight=False)
    tables = (
        _forecasts(found["forecasts"]),
        _crossovers(found["crossovers"]),
        _equivalence(found["equivalence"]),
        _saturation(found["saturation"]),
    )
    for table in tables:
        if table.row_count:
            console.print(table)


def _shown(text: str) -> str:
    """Names from data neither mark up nor move the cursor."""
    return escape(printable(text, _MOST_LETTERS))


def _table(columns: list[str], rows: list[list[str]]) -> Table:
    left_out = len(rows) - _MOST_ROWS
    table = Table(show_edge=False, pad_edge=False)
    table.caption = t("table.more", n=left_out) if left_out > 0 else None
    for i, name in enumerate(columns):
        table.add_column(name, justify="left" if i < 3 else "right")
    for row in rows[:_MOST_ROWS]:
        table.add_row(*map(_shown, row))
    return table


def _forecasts(entries: list[JsonObject]) -> Table:
    rows = [
        [
            e["learner"],
            on_of(e),
            t(
                "table.times" if ahead["tested"] else "table.times_untested",
                times=f"{ahead['times']:g}",
            ),
            _count(ahead["n"]),
            f"{in_own(e['on'], ahead['median'])[0]:.3g}",
            *(_ends(e["on"], ahead[f"low{p}"], ahead[f"high{p}"]) for p in (80, 95)),
        ]
        for e in entries
        for ahead in e["ahead"]
    ]
    names = ("forecasts", "on", "data", "n", "median", "interval80", "interval95")
    return _table(_titles(names), rows)


def _crossovers(entries: list[JsonObject]) -> Table:
    rows = []
    for e in entries:
        key = "table.ahead" if e["verdict"] == "stays ahead" else "table.overtakes"
        pair = t(key, late=e["overtaking"], early=e["overtaken"])
        odds = "" if e["probability"] is None else f"{e['probability']:.2f}"
        before = _count(e["not_before"]) or ("" if odds == "" else t("table.beyond"))
        span = _between(e["n"]["low80"], e["n"]["high80"], e["n"]["median"])
        rows.append([pair, on_of(e), word("verdict.", e["verdict"]), odds, before, span])
    names = ("crossovers", "on", "verdict", "within4", "not_before", "interval80")
    return _table(_titles(names), rows)


def _equivalence(entries: list[JsonObject]) -> Table:
    rows = []
    for e in known_ratios(entries):
        ratio = e["ratio"]
        if ratio["center"] is None:
            text = f"> {words.ratio(ratio['low'])} ×"
        else:
            high = "…" if ratio["high"] is None else words.ratio(ratio["high"])
            span = t("number.range", low=words.ratio(ratio["low"]), high=high)
            text = f"{words.ratio(ratio['center'])} × ({span})"
        pair = t("table.in_data_of", a=e["a"], b=e["b"])
        rows.append([pair, on_of(e), word("verdict.", e["kind"]), _count(e["n"]), text])
    first, on, n, worth = _titles(("equivalence", "on", "n", "worth"))
    return _table([first, on, "", n, worth], rows)


def _saturation(entries: list[JsonObject]) -> Table:
    rows = [
        [
            e["learner"],
            on_of(e),
            word("verdict.", e["verdict"]),
            _count(e["n"]),
            "" if (fall := e["fall_per_doubling"]) is None else _percent(fall),
            "" if not e["catch_up"] else f"{100 * e['catch_up']['share']['center']:.0f}%",
        ]
        for e in entries
    ]
    first, on, n, fall, paid = _titles(("saturation", "on", "n", "fall", "paid"))
    return _table([first, on, "", n, fall, paid], rows)


def on_of(entry: JsonObject) -> str:
    """The metric of an entry; names of others' tables stay as they are."""
    return word("on.", own(entry["on"]))


def _ends(on: str, low: float, high: float) -> str:
    low, high = in_own(on, low, high)
    return t("number.range", low=f"{low:.3g}", high=f"{high:.3g}")


def _titles(names: tuple[str, ...]) -> list[str]:
    return [t(f"table.{name}") for name in names]


def _percent(i: JsonObject) -> str:
    low, center, high = (f"{round(100 * i[k], 1) + 0.0:.1f}" for k in ("low", "center", "high"))
    return f"{center}% ({t('number.range', low=low, high=high)})"


def _count(n: float | int | None) -> str:
    return "" if n is None else f"{n:,.3g}" if n < 1000 else f"{n:,.0f}"


def _between(low: float | None, high: float | None, middle: float | None) -> str:
    if low is None and middle is None:
        return ""
    return t(
        "number.range",
        low=_count(low) or t("table.never"),
        high=_count(high) or t("table.beyond_8"),
    )
