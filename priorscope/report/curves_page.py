"""The page of `priorscope curves`: one file in the manner of a comparison's, without a network."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from priorscope.report.charts.curve_svg import curve_svg
from priorscope.report.languages import Shown, page_in_languages
from priorscope.report.page import tool_texts
from priorscope.report.palette import mark
from priorscope.wording.curve_metrics import in_own, own
from priorscope.wording.page import t, word
from priorscope.wording.sentences import sentence


@dataclasses.dataclass(frozen=True)
class _Learners:
    """The learners of a data set in the order of its charts, for the templates."""

    names: tuple[str, ...]

    def mark(self, name: str) -> dict[str, Any]:
        """Colour class and shape; the line is whole, as dashes mean a forecast here."""
        return mark(name, self.names.index(name)) | {"dash": "1 0"}


def curves_page(result: Mapping[str, Mapping[str, Any]], title: str) -> str:
    """The page for what `curves` returned, a tab per data set; names and sentences are escaped.

    It holds all languages, and opens in the one spoken.
    """

    def shown() -> Shown:
        heading = t("curves_page.title", title=title)
        sets = [_data_set(i, name, told) for i, (name, told) in enumerate(result.items())]
        return {"title": heading, "sets": sets}, {"texts": tool_texts()}

    data = {"specs": {}, "tables": {}, "learners": [], "themes": {}}
    return page_in_languages("curves", shown, scripts=("page.js",), data=data)


def _data_set(index: int, name: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """What the page shows of one data set."""
    metrics = list(dict.fromkeys(point["on"] for point in told["fits"]))
    observed = list(told["observed"])
    return {
        "id": f"set-{index}",
        "name": name,
        "several_metrics": len(metrics) > 1,
        "learners": _Learners(tuple(sorted({point["learner"] for point in told["fits"]}))),
        "sentences": [
            sentence(f["key"], f["values"]) for f in (*told["findings"], *told["remarks"])
        ],
        "charts": [
            (word("on.", on), Markup(curve_svg(told["fits"], observed, on))) for on in metrics
        ],
        "forecasts": [
            {"learner": row["learner"], "on": own(row["on"]), **_in_own(row["on"], ahead)}
            for row in told["forecasts"]
            for ahead in row["ahead"]
        ],
        "crossovers": [row | {"on": own(row["on"])} for row in told["crossovers"]],
    }


def _in_own(on: str, ahead: Mapping[str, Any]) -> dict[str, Any]:
    """A forecast in the scale of its table."""
    out = dict(ahead)
    for low, high in (("median", "median"), ("low80", "high80"), ("low95", "high95")):
        out[low], out[high] = in_own(on, ahead[low], ahead[high])
    return out
