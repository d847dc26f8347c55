"""What the page shows: templates of this room in the manner of a comparison's page."""

import dataclasses
import datetime
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import ChoiceLoader, Environment, PackageLoader

from priorscope.core.presets import Preset
from priorscope.core.printable import printable
from priorscope.report.chapters.learning_curves import curve_figure
from priorscope.report.page import environment, script_json, source, table_payload
from priorscope.report.palette import theme
from priorscope.report.scripts import bundle
from priorscope.report.several import grid_of, picked
from priorscope.report.view import View
from priorscope.ui.inspection import Inspection
from priorscope.ui.jobs import Jobs
from priorscope.ui.library import Library, LibraryEntry
from priorscope.ui.watch import AT_WORK, Watched
from priorscope.wording import status
from priorscope.wording.card import card, metric_name, written
from priorscope.wording.errors import told_error
from priorscope.wording.language import LANGUAGES, NAMES, spoken
from priorscope.wording.numbers import count, has_center, share_of
from priorscope.wording.page import t
from priorscope.wording.summary import told

PRESETS: tuple[Preset, ...] = ("quick", "standard", "thorough")
BOARD = 8  # rows of the table beside the card
FEWEST_POINTS = 2  # that a chart is drawn of
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # but for tabs and ends of lines
GRID = 40  # data sets in the heat map


@cache
def templates() -> Environment:
    """Those of this room, then those of the report; everything from data is escaped."""
    places = [PackageLoader("priorscope.ui"), PackageLoader("priorscope.report")]
    return environment().overlay(loader=ChoiceLoader(places))


def _render(template: str, **values: Any) -> str:
    text = templates().get_template(template).render(**values)
    return CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def _page(template: str, title: str, to_root: str, to_here: str, **values: Any) -> str:
    """A whole page.

    to_root: from its address to that of the list, relative. to_here: from there to this page.
    """
    return _render(
        template,
        title=title,
        root=to_root,
        here=to_here,
        language=spoken(),
        languages={name: NAMES[name] for name in LANGUAGES},
        **values,
    )


def static(name: str) -> tuple[str, str]:
    """A style or script and its media type.

    Raises:
        LookupError: if there is none of that name.
    """
    if name == "page.css":
        return _render("ui.css"), "text/css"
    scripts = {"charts.js": bundle, "page.js": lambda: source("page.js"), "ui.js": _script}
    if name not in scripts:
        raise LookupError(f"There is no file {name!r}.")
    return scripts[name](), "text/javascript"


def _script() -> str:
    return (Path(__file__).parent / "templates" / "ui.js").read_text(encoding="utf-8")


def problem(text: str, to_root: str) -> str:
    """A page that says what went wrong."""
    return _page(
        "problem.html", t("ui.problem"), to_root, "", text=printable(told_error(text), 1000)
    )


def home(folder: Path, library: Library) -> str:
    """All comparisons, data set by learner, and other pages of the folder."""
    entries = library.entries()
    views = {e.name: View(e.summary) for e in entries if e.summary is not None}
    learners, rows = grid_of(dict(list(views.items())[:GRID]))
    return _page(
        "home.html",
        t("ui.title"),
        "",
        "",
        folder=printable(str(folder), 200),
        rows=[_row(entry, views.get(entry.name)) for entry in entries],
        grid_learners=learners,
        grid_rows=rows,
        pages=library.pages(),
        payload=script_json(table_payload()),
    )


def _row(entry: LibraryEntry, view: View | None) -> dict[str, Any]:
    """A comparison in the list."""
    answer = view.summary.get("answer") if view else None
    answer = answer if isinstance(answer, dict) else {}
    value = answer.get("value")
    changed = datetime.datetime.fromtimestamp(entry.changed).astimezone()
    return {
        "entry": entry,
        "pick": picked(view) if view else None,
        "value": written(value, answer["metric"]) if has_center(value) else "",
        "metric": metric_name(answer["metric"]) if has_center(value) else "",
        "size": answer.get("size"),
        "probability": answer.get("probability"),
        "word": answer.get("word"),
        "when": changed.strftime("%Y-%m-%d %H:%M") if entry.changed else "",
        "at": entry.changed,
    }


def new() -> str:
    """The form that starts a comparison."""
    return _page("new.html", t("ui.new"), "", "new", presets=PRESETS, texts=script_json(_texts()))


def inspected(answer: Inspection) -> str:
    """What was read, and the choice of the target; a part of `new`."""
    warnings = set(answer.warnings)
    lines = [(printable(line, 2000), line in warnings) for line in answer.lines]
    shown = dataclasses.replace(answer, problem=printable(told_error(answer.problem), 1000))
    return _render("inspected.html", answer=shown, lines=lines)


def comparison(watched: Watched, library: Library, jobs: Jobs) -> str:
    """One comparison, as it is now; its script keeps it so."""
    names = {page.name: page for page in library.pages()}
    related = [
        page
        for name, page in names.items()
        if name == f"{watched.entry.name}-profile" or page.kind == "attention"
    ]
    now = live(watched, jobs)
    others = [entry.name for entry in library.entries() if entry.name != watched.entry.name]
    return _page(
        "comparison.html",
        watched.entry.name,
        "../",
        f"c/{quote(watched.entry.name)}",
        entry=watched.entry,
        pages=related,
        others=others,
        now=now,
        texts=script_json(_texts()),
        payload=script_json(now["charts"]),
    )


def live(watched: Watched, jobs: Jobs) -> dict[str, Any]:
    """The parts of a comparison that change: HTML and the charts in it."""
    view = None if watched.summary is None else View(watched.summary)
    figures = [] if view is None else [curve_figure(view, key) for key in _charted(view)]
    entry = watched.entry
    html = _render(
        "now.html",
        watched=watched,
        entry=entry,
        working=entry.state in AT_WORK,
        headline=_headline(watched),
        problem=printable(entry.problem, 1000),
        command=jobs.shell_command(entry.name),
        view=view,
        figures=figures,
        card=_card(watched, view),
        board=view.rows("leaderboard")[:BOARD] if view else [],
        more=max(0, len(view.learners) - BOARD) if view else 0,
        pick=picked(view) if view and watched.final else None,
        more_to_do=bool(view and view.rows("unresolved")),
    )
    return {"html": html, "charts": _charts(view, figures), "state": entry.state}


def side(watched: Sequence[Watched]) -> str:
    """Two comparisons beside each other."""
    views = [None if one.summary is None else View(one.summary) for one in watched]
    sides = []
    for one, view in zip(watched, views, strict=True):
        figures = [] if view is None else [curve_figure(view, key) for key in _charted(view)[:1]]
        sides.append(
            {
                "name": one.entry.name,
                "state": one.entry.state,
                "view": view,
                "card": _card(one, view),
                "figures": figures,
                "charts": script_json(_charts(view, figures)),
            }
        )
    learners, rows = grid_of({s["name"]: s["view"] for s in sides if s["view"] is not None})
    query = "&".join(f"of={quote(one.entry.name)}" for one in watched)
    return _page(
        "side.html",
        t("ui.side"),
        "",
        f"side?{query}",
        sides=sides,
        grid_learners=learners,
        grid_rows=rows,
        texts=script_json(_texts()),
        payload=script_json(table_payload()),
    )


def _headline(watched: Watched) -> str:
    """State, counts and time left in a line."""
    member = watched.member
    if watched.entry.state != "running" or member is None:
        return t(f"ui.state.{watched.entry.state}.long", n=f"{watched.finished:,}")
    left = member.updates / member.rate if member.rate else None
    facts = {
        "state": "running",
        "done": member.finished,
        "planned": member.planned or None,
        "failed": 0,
        "rung": member.rung,
        "left_seconds": left,
    }
    return status.headline(facts)


def _card(watched: Watched, view: View | None) -> dict[str, Any] | None:
    """The answer, or what can be said so far."""
    if view is None:
        return None
    if watched.final:
        shown = card(told(view.summary))
        return {"headline": shown.headline, "lines": shown.lines, "final": True}
    first = view.rows("leaderboard")[0]
    value = first.get(view.score.key)
    text = share_of(value) if view.score.as_share else written(value, view.score.key)
    alone = len(view.learners) == 1
    headline = t(
        "ui.so_far.only" if alone else "ui.so_far.headline",
        learner=first["learner"],
        metric=metric_name(view.score.key),
        value=text,
        n=count(first["n"]),
    )
    return {"headline": headline, "lines": [], "final": False}


def _charted(view: View) -> list[str]:
    rows = view.rows("curves", structure="intact")
    if len(rows) < FEWEST_POINTS:
        return []
    return [k for k in (view.score.key, "test_bits") if any(has_center(r.get(k)) for r in rows)]


def _charts(view: View | None, figures: Sequence[Any]) -> dict[str, Any]:
    """What the page's script draws."""
    return {
        "specs": {figure.name: figure.on_page() for figure in figures},
        "tables": {name: rows for figure in figures for name, rows in figure.tables.items()},
        "learners": view.learners if view else [],
    }


def _texts() -> dict[str, Any]:
    """Words of this room's script, and the themes of charts."""
    keys = ("sending", "reading", "starting", "stopping", "lost")
    words = {key: t(f"ui.script.{key}", name="{name}") for key in keys}
    return {"words": words, "themes": {"light": theme(dark=False), "dark": theme(dark=True)}}
