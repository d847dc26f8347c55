"""What a comparison gives back in Python: the summary, its tables, its page."""

import html
from pathlib import Path
from typing import Any

from priorscope.core.files import own
from priorscope.report import write_report
from priorscope.runs.store import KIND, made_by_earlier_version
from priorscope.wording import numbers as words


class Table(list[dict[str, Any]]):
    """Rows as dictionaries of plain values; a data frame where pandas or polars is installed."""

    def to_pandas(self) -> Any:
        """A `pandas.DataFrame`."""
        import pandas as pd

        return pd.DataFrame(list(self))

    def to_polars(self) -> Any:
        """A `polars.DataFrame`."""
        import polars as pl  # pyright: ignore[reportMissingImports]

        return pl.DataFrame(list(self))

    def _repr_html_(self) -> str:
        if not self:
            return "<p>no rows</p>"
        head = "".join(f"<th>{html.escape(str(key))}</th>" for key in self[0])
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(_shown(v))}</td>" for v in row.values()) + "</tr>"
            for row in self
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


class Result:
    """The answer of a comparison. `summary` is the whole of it, as `--json` prints it."""

    def __init__(self, summary: dict[str, Any]):
        self.summary = summary

    @property
    def verdict(self) -> list[str]:
        """Sentences: which learner is ahead and how clearly, what isn't ruled out, what it uses."""
        return self.summary["verdict"]

    @property
    def recommendation(self) -> list[str]:
        """Sentences: now, with more data, what to collect next, what can't be said."""
        return self.summary.get("recommendation", [])

    def leaderboard(self) -> Table:
        """One row per learner, the shortest code first; intervals: `.center`, `.low`, `.high`."""
        return self.table("leaderboard")

    def curves(self) -> Table:
        """One row per learner, structure and size."""
        return self.table("curves")

    def strength(self) -> Table:
        """One row per learner and structure: bits per label that removing it costs."""
        return self.table("strength")

    def measures(self) -> Table:
        """One row per learner, size, measure and quantity: what the trained networks do."""
        return self.table("measures")

    def table(self, key: str) -> Table:
        """Any list of the summary as flat rows.

        Raises:
            LookupError: if the summary has no such list.
        """
        rows = self.summary.get(key)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            lists = [k for k, v in self.summary.items() if isinstance(v, list)]
            raise LookupError(f"The summary has no rows named {key!r}; there are {sorted(lists)}.")
        return Table(_flat(row) for row in rows)

    def report(self, path: str | Path) -> Path:
        """Write the page and its figures into the folder `path`; returns the page's path.

        Raises:
            ValueError: if files of these names are there that priorscope didn't write.
        """
        return report_into(Path(path), self.summary)

    def __repr__(self) -> str:
        return "\n".join(self.verdict)

    def _repr_html_(self) -> str:
        sentences = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self.verdict)
        short = Table(
            {
                "learner": row["learner"],
                "bits per label": _with_interval(row["code_bits_per_label"]),
                "accuracy": _with_interval(row.get("accuracy")),
                "probability best": words.percent(row["probability_best"]),
            }
            for row in self.summary["leaderboard"]
        )
        return sentences + short._repr_html_()


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{inner}": v for inner, v in value.items()}
        else:
            flat[key] = value
    return flat


def _with_interval(value: Any) -> str:
    if isinstance(value, dict) and "mean" in value:  # schema 1
        value = {**value, "center": value["mean"]}
    return words.estimate(value)


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def report_into(folder: Path, summary: dict[str, Any]) -> Path:
    """Write page and figures into a folder of ours, or one where nothing has these names.

    Raises:
        ValueError: if files of these names are there that priorscope didn't write.
    """
    names = ("report.html", "figures")
    own(folder, KIND, names=names, earlier=made_by_earlier_version)
    return write_report(summary, folder)
