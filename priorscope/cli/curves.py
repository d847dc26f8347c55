"""`priorscope curves`: crossovers and data-equivalence from learning curves in a CSV file."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from priorscope.cli.exit_codes import Exit
from priorscope.wording import numbers as words

_QUIET = 2.0  # seconds before progress is shown
_MOST_ROWS = 40  # of a table on the terminal; --json holds all


def run(
    file: Path,
    *,
    json_: Annotated[bool, Parameter(name="--json")] = False,
    nats: bool = False,
    percent: bool = False,
    seed: int = 0,
) -> int:
    """Crossovers and data-equivalence from learning curves in a CSV file.

    Parameters
    ----------
    file
        CSV with the columns learner, n, draw, and loss or error or both. Optional columns:
        train_loss, uniform_loss, block_bits, block_examples, seconds.
    json_
        Print the result as JSON on stdout, and nothing else there.
    nats
        Losses are in nats; they are turned into bits.
    percent
        Errors are in percent; they are turned into shares.
    seed
        Of the perturbations that intervals are taken from.
    """
    from priorscope.analysis.curves.forecast import forecast
    from priorscope.analysis.curves.rows import in_units, read_csv

    rows = in_units(read_csv(file), nats=nats, percent=percent)
    with _progress() as tell:
        result = forecast(rows, seed=seed, progress=tell)
    if json_:
        print(json.dumps(result, allow_nan=False, indent=1))
    else:
        _show(result)
    return Exit.DONE


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A status line on stderr once the work has taken 2 s; plain lines if it is no terminal."""
    console, begun = Console(stderr=True), time.monotonic()
    status = console.status("") if console.is_terminal else None

    def tell(stage: str) -> None:
        if status is not None:
            status.update(f"{stage} …")
        elif time.monotonic() - begun > _QUIET:
            print(f"priorscope: {stage}", file=sys.stderr)

    if status is None:
        yield tell
    else:
        with status:
            yield tell


def _show(result: dict[str, Any]) -> None:
    console = Console()
    for sentence in result["recommendation"]:
        console.print(f"• {sentence}", highlight=False)
    tables = (
        _crossovers(result["crossovers"]),
        _equivalence(result["equivalence"]),
        _audit(result["audit"]),
        _saturation(result["saturation"]),
    )
    for table in tables:
        if table.row_count:
            console.print(table)


def _table(title: str, columns: list[str], rows: list[list[str]]) -> Table:
    left_out = len(rows) - _MOST_ROWS
    table = Table(title=title, title_justify="left", show_edge=False, pad_edge=False)
    table.caption = f"{left_out} more rows: --json" if left_out > 0 else None
    for i, name in enumerate(columns):
        table.add_column(name, justify="left" if i < 3 else "right")
    for row in rows[:_MOST_ROWS]:
        table.add_row(*row)
    return table


def _crossovers(entries: list[dict[str, Any]]) -> Table:
    rows = [
        [
            f"{e['overtaking']} overtakes {e['overtaken']}",
            e["on"],
            e["verdict"],
            _count(e["n"]["median"]),
            _between(e["n"]["low80"], e["n"]["high80"], e["n"]["median"]),
            "" if e["probability_never"] is None else f"{e['probability_never']:.2f}",
        ]
        for e in entries
    ]
    columns = ["Crossovers", "on", "verdict", "n", "80% interval", "P(never)"]
    return _table("", columns, rows)


def _equivalence(entries: list[dict[str, Any]]) -> Table:
    rows = []
    for e in entries:
        ratio = e["ratio"]
        if ratio["mean"] is None:
            text = f"> {words.ratio(ratio['low'])} ×"
        else:
            high = "…" if ratio["high"] is None else words.ratio(ratio["high"])
            text = f"{words.ratio(ratio['mean'])} × ({words.ratio(ratio['low'])} to {high})"
        rows.append([f"{e['a']} in data of {e['b']}", e["on"], e["kind"], f"{e['n']:,.0f}", text])
    columns = ["Data-equivalence", "on", "", "n", "worth (95%)"]
    return _table("", columns, rows)


def _audit(entries: list[dict[str, Any]]) -> Table:
    rows = [
        [
            e["learner"],
            e["on"],
            "passed" if e["passed"] else "FAILED",
            f"{e['n']:,g}",
            str(e["hidden"]),
            _interval(e["predicted"]),
            _interval(e["seen"]),
        ]
        for e in entries
    ]
    columns = ["Audit", "on", "", "n", "sizes hidden", "predicted (95%)", "seen (95%)"]
    return _table("", columns, rows)


def _saturation(entries: list[dict[str, Any]]) -> Table:
    rows = [
        [
            e["learner"],
            e["on"],
            e["verdict"],
            f"{e['n']:,g}",
            "" if (fall := e["fall_per_doubling"]) is None else _percent(fall),
            "" if not e["catch_up"] else f"{100 * e['catch_up']['share']['mean']:.0f}%",
        ]
        for e in entries
    ]
    columns = ["Saturation", "on", "", "n", "fall per doubling (95%)", "paid before beating chance"]
    return _table("", columns, rows)


def _percent(i: dict[str, Any]) -> str:
    return f"{100 * i['mean']:.1f}% ({100 * i['low']:.1f} to {100 * i['high']:.1f})"


def _interval(i: dict[str, Any]) -> str:
    return f"{i['mean']:.3g} ({i['low']:.3g} to {i['high']:.3g})"


def _count(n: float | None) -> str:
    return "" if n is None else f"{n:,.3g}" if n < 1000 else f"{n:,.0f}"


def _between(low: float | None, high: float | None, middle: float | None) -> str:
    if low is None and middle is None:
        return ""
    return f"{_count(low)} to {_count(high) or 'never'}"
