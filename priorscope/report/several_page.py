"""The page of several data sets: first all at once, then the answer to each."""

import datetime
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from priorscope.report.page import allowed, environment, script_json, source, table_payload
from priorscope.report.several import grid_of, picked
from priorscope.report.view import View
from priorscope.wording.card import card
from priorscope.wording.language import spoken
from priorscope.wording.summary import told


def several_page(summaries: Mapping[str, dict[str, Any]], links: Mapping[str, str]) -> str:
    """One HTML document that needs no network; names and sentences are escaped.

    summaries: name -> the JSON of schema 2 or 1. links: name -> address of its own report; those
    without one have no link.

    Raises:
        ValueError: if a summary has another schema or lacks a required key.
    """
    views = {name: View(summary) for name, summary in summaries.items()}
    learners, rows = grid_of(views)
    sets = [
        {
            "name": name,
            "view": view,
            "card": card(told(view.summary)),
            "board": view.rows("leaderboard"),
            "pick": picked(view),
            "link": links.get(name),
        }
        for name, view in views.items()
    ]
    script = source("page.js")
    return (
        environment()
        .get_template("several.html")
        .render(
            sets=sets,
            learners=learners,
            rows=rows,
            language=spoken(),
            written=datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
            payload=script_json(table_payload()),
            script=Markup(script),
            script_sources=Markup(allowed(script)),
        )
    )
