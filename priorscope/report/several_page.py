"""The page of several data sets: first all at once, then the answer to each."""

import datetime
from collections.abc import Mapping
from typing import Any

from priorscope.report.board import board_of
from priorscope.report.languages import Shown, page_in_languages
from priorscope.report.page import tool_texts
from priorscope.report.several import grid_of
from priorscope.report.view import View
from priorscope.wording.card import card
from priorscope.wording.page import t


def several_page(summaries: Mapping[str, dict[str, Any]], links: Mapping[str, str]) -> str:
    """One HTML document that needs no network; names and sentences are escaped.

    It holds all languages, and opens in the one spoken.

    summaries: name -> the JSON of schema 2 or 1. links: name -> address of its own report; those
    without one have no link.

    Raises:
        ValueError: if a summary has another schema or lacks a required key.
    """
    written = datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")

    def shown() -> Shown:
        views = {name: View(summary) for name, summary in summaries.items()}
        learners, rows = grid_of(views)
        values = {
            "title": t("several.title", n=len(views)),
            "sets": [_data_set(name, view, links.get(name)) for name, view in views.items()],
            "learners": learners,
            "rows": rows,
            "written": written,
        }
        return values, {"texts": tool_texts()}

    data = {"specs": {}, "tables": {}, "learners": [], "themes": {}}
    return page_in_languages("several", shown, scripts=("page.js",), data=data)


def _data_set(name: str, view: View, link: str | None) -> dict[str, Any]:
    """What the page shows of one data set."""
    return {
        "name": name,
        "view": view,
        "card": card(view.summary),
        "board": board_of(view),
        "link": link,
    }
