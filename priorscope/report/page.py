"""The page itself: sections put together into one file that needs no network."""

import dataclasses
import datetime
import json
import os
import re
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import vl_convert
from jinja2 import ChainableUndefined, Environment, PackageLoader
from markupsafe import Markup, escape

from priorscope.core.files import refuse_links, write
from priorscope.report import words
from priorscope.report.figure import VERSION, Figure
from priorscope.report.palette import DARK, LIGHT, theme
from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View

FILTERS = (
    *("number", "interval", "between", "count", "rough", "ratio"),
    *("share", "percent", "seconds", "structure"),
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Part:
    """A section as rendered."""

    name: str
    title: str
    html: Markup
    figures: list[Figure]


def write_report(summary: dict[str, Any], folder: Path) -> Path:
    """Write `report.html` and `figures/*.{svg,png}` into `folder`; return the page's path.

    Each file is written whole or not at all. `summary` is the JSON of schema 1; a section
    whose data are missing is left out.

    Raises:
        ValueError: if the summary has another schema or lacks a required key, or `figures` is a
            link to another folder.
        OSError: if the folder can't be written.
    """
    refuse_links(folder / "figures" / "any.svg", folder)
    parts = render_sections(View(summary))
    path = folder / "report.html"
    write(path, render_page(View(summary), parts))
    for part in parts:
        for figure in part.figures:
            figure.save(folder / "figures")
    return path


def render_sections(view: View) -> list[Part]:
    """Every section that has something to show, in order."""
    sections = sorted((SECTIONS[name]() for name in SECTIONS), key=lambda s: (s.place, s.name()))
    parts = [_render(section, view) for section in sections]
    return [part for part in parts if part is not None]


def _render(section: Section, view: View) -> Part | None:
    content = section.content(view)
    if content is None:
        return None
    figures = section.figures(view)
    jinja = environment()
    if section.source is None:
        template = jinja.get_template(f"sections/{section.name()}.html")
    else:
        template = jinja.from_string(section.source)
    html = template.render(view=view, figures={f.name: f for f in figures}, **content)
    return Part(name=section.name(), title=section.title, html=Markup(html), figures=figures)


def render_page(view: View, parts: list[Part]) -> str:
    """The whole page as text."""
    figures = [figure for part in parts for figure in part.figures]
    payload = {
        "specs": {figure.name: figure.on_page() for figure in figures},
        "tables": {name: rows for figure in figures for name, rows in figure.tables.items()},
        "learners": view.learners,
        "themes": {"light": theme(dark=False), "dark": theme(dark=True)},
    }
    return (
        environment()
        .get_template("page.html")
        .render(
            view=view,
            facts=facts(view),
            parts=parts,
            payload=script_json(payload),
            bundle=Markup(bundle()) if figures else None,
            written=datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
        )
    )


def facts(view: View) -> list[tuple[str, str]]:
    """What was compared, in a few words each."""
    sizes = view.summary["sizes"]
    tuning = view.summary.get("tuning") or {}
    trials = tuning.get("trials") if isinstance(tuning, dict) else tuning
    shown = [
        ("Kind", view.task.get("kind")),
        ("Labelled examples", words.count(view.task.get("examples"))),
        ("Classes", words.count(view.task.get("classes"))),
        ("Sizes", f"{words.count(sizes[0])} to {words.count(sizes[-1])}" if sizes else None),
        ("Draws", words.count(view.summary["draws"])),
        ("Tuning trials per learner", words.count(trials)),
    ]
    return [(label, str(fact)) for label, fact in shown if fact not in (None, words.MISSING)]


def script_json(data: Any) -> Markup:
    """JSON that can't end the script element around it, whatever its strings hold."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


@cache
def bundle() -> str:
    """Vega, Vega-Lite and vega-embed as one script, as vl-convert carries them.

    Kept in the user's folder for such things (`$XDG_CACHE_HOME`, or `~/.cache`), as putting it
    together takes two seconds; where that can't be read or written, it takes them each time.
    """
    home = os.path.expanduser("~/.cache")  # noqa: PTH111  (Path's raises where there is no home)
    folder = Path(os.environ.get("XDG_CACHE_HOME") or home)
    kept = folder / "priorscope" / f"vega-lite-{VERSION}-{version('vl-convert-python')}.js"
    if os.access(kept, os.R_OK):
        return kept.read_text(encoding="utf-8")
    script = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", VERSION)
    assert "</script" not in script.lower(), "The bundle would end its own script element."
    if folder.is_absolute():
        with suppress(OSError):
            write(kept, script)
    return script


def prose(sentence: Any) -> Markup:
    """A sentence, escaped, with what stands in `backticks` as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(sentence))))


@cache
def environment() -> Environment:
    """The templates, with everything from data escaped, and the filters they use."""
    jinja = Environment(
        loader=PackageLoader("priorscope.report"),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in FILTERS:
        jinja.filters[name] = getattr(words, name)
    jinja.filters["prose"] = prose
    jinja.tests["estimate"] = words.has_mean
    jinja.globals["palette"] = list(zip(LIGHT, DARK, strict=True))
    return jinja
