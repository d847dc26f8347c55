"""A profile as one page: networks side by side, in words, charts and pictures."""

import dataclasses
import datetime
from collections.abc import Callable
from typing import Any

from priorscope.report.attention_viewer import words
from priorscope.report.languages import Shown, page_in_languages
from priorscope.report.palette import dash
from priorscope.report.profile_sections import Profiled, sections
from priorscope.wording.profile import measure_name, name_of, network_names, phrases, t
from priorscope.wording.stored import retold


def profile_page(told: Callable[[], Profiled]) -> str:
    """The page as text: one file that needs no network, in all languages.

    told: makes what the page shows, with sentences in the language spoken.
    """

    def shown() -> Shown:
        profiled = _named(told())
        return _values_of_page(profiled), words(profiled.viewers)

    viewers = told().viewers
    scripts = ("attention.js",) if viewers else ()
    data = {"viewers": [one.payload() for one in viewers]}
    return page_in_languages("profile", shown, scripts=scripts, data=data)


def _values_of_page(profiled: Profiled) -> dict[str, Any]:
    networks = [
        {
            "name": one.name,
            "rows": one.rows,
            "notes": [retold(note) for note in one.notes],
            "phrases": phrases(one.rows, profiled.layout),
        }
        for one in profiled.networks
    ]
    heading = t("title", data=profiled.data)
    return {
        "title": f"{heading} · priorscope",
        "heading": heading,
        "t": t,
        "dash": lambda index: " ".join(map(str, dash(index))),
        "name_of": name_of,
        "measure_name": measure_name,
        "examples": profiled.examples,
        "networks": networks,
        "parts": sections(profiled),
        "viewers": profiled.viewers,
        "written": datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
    }


def _named(profiled: Profiled) -> Profiled:
    """With networks named in the language spoken."""
    names = network_names(one.name for one in profiled.networks)
    networks = [dataclasses.replace(one, name=names[one.name]) for one in profiled.networks]
    sides = ("rows", "columns")
    crossed = [{**pair, **{s: names[pair[s]] for s in sides}} for pair in profiled.crossed]
    return dataclasses.replace(profiled, networks=networks, crossed=crossed)
