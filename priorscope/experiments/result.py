"""What a comparison gives back in Python: the summary, its tables, its page."""

import html
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from priorscope.core.files import own
from priorscope.report import write_report
from priorscope.runs.store import KIND, made_by_earlier_version
from priorscope.wording.language import Language, chosen, speaking
from priorscope.wording.page import t
from priorscope.wording.summary import told

if TYPE_CHECKING:
    from priorscope.experiments.comparison import Comparison
    from priorscope.fitted.model import FittedModel


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
    """The answer of a comparison. `summary` is the whole of it, as `--json` prints it.

    comparison: whose answer it is; without it no model can be fitted.
    lang: of what it says, "en" or "ko"; `summary` stays in English.
    """

    def __init__(
        self,
        summary: dict[str, Any],
        comparison: "Comparison | None" = None,
        lang: Language | None = None,
    ):
        self.summary, self.comparison, self.lang = summary, comparison, chosen(lang)

    @property
    def verdict(self) -> list[str]:
        """Sentences: which learner is ahead and how clearly, what isn't ruled out, what it uses."""
        return self._told()["verdict"]

    @property
    def recommendation(self) -> list[str]:
        """Sentences: now, with more data, what to collect next, what can't be said."""
        return self._told().get("recommendation", [])

    def _told(self) -> dict[str, Any]:
        with speaking(self.lang):
            return told(self.summary)

    def leaderboard(self) -> Table:
        """One row per learner, best first; intervals have `.center`, `.low` and `.high`."""
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

    def plot(self, metric: str | None = None) -> Any:
        """An `altair` chart of the learning curves on intact data, with intervals.

        metric: "test_bits", or a score of the curves; by default the page's first.
            `PriorCurveDisplay` does the same for matplotlib.

        Raises:
            LookupError: if there are no curves of it.
        """
        from priorscope.report.curve_display import curve_chart

        with speaking(self.lang):
            return curve_chart(self.summary, metric)

    def best_model(
        self,
        learner: str | None = None,
        *,
        seeds: int = 1,
        keep: Literal["average", "best"] = "average",
    ) -> "FittedModel":
        """The pick, or another learner of the leaderboard, trained on all labels by its recipe.

        Args:
            learner: as the leaderboard names it.
            seeds: trainings with other initial parameters and validation parts.
            keep: all of them, whose predictions are averaged, or the best on its validation part.

        Raises:
            LookupError: if there is no such learner.
            ValueError: if the comparison picked none, or the training fails.
        """
        if self.comparison is None:
            raise ValueError(
                "This result has no data with it; call best_model on what compare gave."
            )
        from priorscope.experiments.winner import fit_compared

        return fit_compared(self.comparison, self.summary, learner, seeds, keep)

    def report(self, path: str | Path, lang: Language | None = None) -> Path:
        """Write the page and its figures into the folder `path`; returns the page's path.

        lang: in which the page opens; by default the result's.

        Raises:
            ValueError: if files of these names are there that priorscope didn't write.
        """
        with speaking(lang or self.lang):
            return report_into(Path(path), self.summary)

    def __repr__(self) -> str:
        return "\n".join(self.verdict)

    def _repr_html_(self) -> str:
        """The answer card with a small chart of the learning curves."""
        with speaking(self.lang):
            return self._card()

    def _card(self) -> str:
        from priorscope.report.curve_display import curve_picture
        from priorscope.wording.card import card

        shown = card(told(self.summary))
        lines = "".join(
            f'<tr><th style="text-align:left">{html.escape(line.label)}</th>'
            f'<td style="text-align:left">{html.escape(line.text)}</td></tr>'
            for line in shown.lines
        )
        picture = curve_picture(self.summary)
        chart = (
            f'<img alt="{html.escape(t("chapter.learning-curves"))}" src="{picture}">'
            if picture
            else ""
        )
        return (
            '<div style="display:flex;flex-wrap:wrap;gap:1rem;align-items:flex-start">'
            f'<div style="max-width:34rem"><p><strong>{html.escape(shown.headline)}</strong></p>'
            f"<table>{lines}</table></div>{chart}</div>"
        )


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{inner}": v for inner, v in value.items()}
        else:
            flat[key] = value
    return flat


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
