"""The page of `priorscope curves`: one file in the manner of a comparison's, without a network."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from priorscope.report.charts.curve_svg import curve_svg
from priorscope.report.page import allowed, environment, script_json, source
from priorscope.wording.language import spoken
from priorscope.wording.page import t, word


def curves_page(result: Mapping[str, Mapping[str, Any]], title: str) -> str:
    """The page for what `curves` returned, a tab per data set; names and sentences are escaped."""
    texts = {
        "copy": t("tool.copy"),
        "copied": t("tool.copied"),
        "low": t("tool.low", name="{name}"),
        "high": t("tool.high", name="{name}"),
    }
    payload = {"specs": {}, "tables": {}, "learners": [], "themes": {}, "texts": texts}
    script = source("page.js")
    return (
        environment()
        .get_template("curves.html")
        .render(
            sets=[_data_set(i, name, told) for i, (name, told) in enumerate(result.items())],
            title=title,
            language=spoken(),
            payload=script_json(payload),
            script=Markup(script),
            script_sources=Markup(allowed(script)),
        )
    )


def _data_set(index: int, name: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """What the page shows of one data set."""
    metrics = list(dict.fromkeys(point["on"] for point in told["fits"]))
    observed = list(told["observed"])
    return {
        "id": f"set-{index}",
        "name": name,
        "sentences": [*told["recommendation"], *told["notes"]],
        "charts": [
            (word("on.", on), Markup(curve_svg(told["fits"], observed, on))) for on in metrics
        ],
        "forecasts": [
            {"learner": row["learner"], "on": row["on"], **ahead}
            for row in told["forecasts"]
            for ahead in row["ahead"]
        ],
        "crossovers": told["crossovers"],
    }
