"""The page itself: chapters put together into one file that needs no network."""

import base64
import contextlib
import dataclasses
import datetime
import hashlib
import json
import re
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader
from markupsafe import Markup, escape

from priorscope.core.files import is_own, own, refuse_links, write
from priorscope.core.printable import printable, without_controls
from priorscope.report.chapter import CHAPTERS, ORDER, Chapter, ordered, tab_of
from priorscope.report.charts.pieces import unchecked
from priorscope.report.figure import Figure, can_draw
from priorscope.report.palette import DARK, LIGHT, theme
from priorscope.report.scripts import bundle
from priorscope.report.share_card import share_svg
from priorscope.report.view import View
from priorscope.wording import numbers
from priorscope.wording.language import LANGUAGES, speaking, spoken
from priorscope.wording.language import NAMES as LANGUAGE_NAMES
from priorscope.wording.page import plural, structure, t, word

KIND = "report"  # of the marker in a folder that is made for a report alone
NAMES = ("report.html", "figures")
LARGEST = 2_000_000  # bytes of a page that holds all languages; a larger one holds its own alone
FILTERS = (
    *("number", "center", "interval", "between", "count", "rough", "ratio"),
    *("share", "share_of", "share_interval", "percent", "seconds"),
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Part:
    """A chapter as rendered."""

    name: str
    title: str
    html: Markup
    figures: list[Figure]


class FiguresWarning(UserWarning):
    """The page is written, its figures as files are not."""


def write_report(summary: dict[str, Any], folder: Path) -> Path:
    """Write `report.html` and `figures/*.{svg,png}` into `folder`; return the page's path.

    Each file is written whole or not at all, no link is followed, and nothing is written over
    that priorscope didn't make. `summary` is the JSON of schema 2 or 1; a chapter whose data are
    missing is left out. The page opens, and figures are written, in the language spoken.

    Raises:
        ValueError: if the summary has another schema or lacks a required key, if `figures` is a
            link to another folder, or if the folder holds a foreign report or figures.
        OSError: if the folder can't be written.
    """
    page, figures = rendered(summary)
    path = folder / "report.html"
    refuse_links(folder / "figures" / "any.svg", folder)
    if not is_own(folder):
        own(folder, KIND, names=NAMES)
    write(path, page, root=folder)
    if can_draw():
        for figure in figures:
            figure.save(folder)
    else:
        warnings.warn(FiguresWarning(t("page.no_figures")), stacklevel=2)
    return path


def rendered(summary: dict[str, Any]) -> tuple[str, list[Figure]]:
    """The page as text, and its figures; with all other languages inside where there is room."""
    view = View(summary)
    parts = render_chapters(view)
    figures = [figure for part in parts for figure in part.figures]
    others = {language: _other(summary, language) for language in LANGUAGES if language != spoken()}
    page = render_page(view, parts, others)
    if len(page.encode()) > LARGEST:
        page = render_page(view, parts)
    return page, figures


def _other(summary: dict[str, Any], language: str) -> tuple[View, list[Part]]:
    """The same in another language."""
    with speaking(language):
        view = View(summary)
        return view, render_chapters(view)


def render_chapters(view: View) -> list[Part]:
    """Every chapter that has something to show, in order."""
    parts = [_render(CHAPTERS[name](), view) for name in ordered(list(CHAPTERS))]
    return [part for part in parts if part is not None]


def _render(chapter: Chapter, view: View) -> Part | None:
    content = chapter.content(view)
    if content is None:
        return None
    with unchecked() if chapter.source is None else contextlib.nullcontext():
        figures = chapter.figures(view)
    jinja = environment()
    if chapter.source is None:
        template = jinja.get_template(f"chapters/{chapter.name()}.html")
    else:
        template = jinja.from_string(chapter.source)
    html = template.render(view=view, figures={f.name: f for f in figures}, **content)
    return Part(name=chapter.name(), title=chapter.title, html=Markup(html), figures=figures)


def render_page(
    view: View, parts: list[Part], others: Mapping[str, tuple[View, list[Part]]] | None = None
) -> str:
    """The whole page as text.

    others: language -> the same summary and chapters in it, which the page holds as well.
    """
    others = others or {}
    written = datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    own = _payload(view, parts)
    told = {
        language: _told(language, view_parts, own, [spoken(), *others], written)
        for language, view_parts in others.items()
    }
    figures = any(part.figures for part in parts)
    scripts = [source("language.js"), *([bundle()] if figures else []), source("page.js")]
    scripts += [source("labels.js")] if any(part.name == "labels" for part in parts) else []
    return (
        environment()
        .get_template("page.html")
        .render(
            title=f"{view.task.get('name', '')} · priorscope",
            language=spoken(),
            body=_body(view, parts, [spoken(), *others], written),
            payload=script_json(own),
            others=script_html(told) if told else None,
            scripts=[Markup(script) for script in scripts],
            script_sources=Markup(" ".join(map(allowed, scripts))),
        )
    )


def _payload(view: View, parts: list[Part]) -> dict[str, Any]:
    """What the charts are drawn of, and words of the script."""
    figures = [figure for part in parts for figure in part.figures]
    return {
        "specs": {figure.name: figure.on_page() for figure in figures},
        "tables": {name: rows for figure in figures for name, rows in figure.tables.items()},
        "learners": view.learners,
        "share": share_svg(view),
        "themes": {"light": theme(dark=False), "dark": theme(dark=True)},
        "texts": tool_texts(),
    }


def table_payload() -> dict[str, Any]:
    """What the script needs on a page that has tables and no charts."""
    return {"specs": {}, "tables": {}, "learners": [], "themes": {}, "texts": tool_texts()}


def tool_texts() -> dict[str, str]:
    """Words of the tools above a table."""
    return {
        "copy": t("tool.copy"),
        "copied": t("tool.copied"),
        "low": t("tool.low", name="{name}"),
        "high": t("tool.high", name="{name}"),
    }


def _body(view: View, parts: list[Part], languages: list[str], written: str) -> Markup:
    """Everything that a reader sees, in the language spoken."""
    tabs = {tab: [part for part in parts if tab_of(part.name) == tab] for tab in ORDER}
    html = (
        environment()
        .get_template("body.html")
        .render(
            view=view,
            facts=facts(view),
            parts=parts,
            tabs={tab: chapters for tab, chapters in tabs.items() if chapters},
            languages={name: LANGUAGE_NAMES[name] for name in LANGUAGES if name in languages},
            language=spoken(),
            written=written,
        )
    )
    return Markup(html)


def _told(
    language: str,
    view_parts: tuple[View, list[Part]],
    own: dict[str, Any],
    languages: list[str],
    written: str,
) -> dict[str, Any]:
    """The page in another language: its body, and of the payload what isn't the same."""
    view, parts = view_parts
    with speaking(language):
        payload = _payload(view, parts)
        body = _body(view, parts, languages, written)
    tables = {k: rows for k, rows in payload["tables"].items() if rows != own["tables"].get(k)}
    same = ("specs", "texts", "share")
    changed = {"tables": tables, **{key: payload[key] for key in same}}
    return {"body": str(body), "payload": changed}


def facts(view: View) -> list[tuple[str, str]]:
    """What was compared, in a few words each; of sizes and repeats those that there are."""
    curves = view.rows("curves")
    sizes = sorted({row["n"] for row in curves}) or view.summary["sizes"]
    tuning = view.summary.get("tuning") or {}
    trials = tuning.get("trials") if isinstance(tuning, dict) else tuning
    ends = [numbers.count(n) for n in sizes]
    span = t("fact.range", low=ends[0], high=ends[-1]) if len(ends) > 1 else "".join(ends)
    made = [row["repeats"] for row in curves if numbers.is_number(row.get("repeats"))]
    shown = [
        ("kind", _kind(view.task.get("kind"))),
        ("examples", numbers.count(view.task.get("examples"))),
        ("classes", None if view.is_quantity else numbers.count(view.task.get("classes"))),
        ("sizes", span),
        ("repeats", numbers.count(max(made, default=view.summary["repeats"]))),
        ("trials", numbers.count(trials)),
    ]
    return [(t(f"fact.{k}"), str(v)) for k, v in shown if v not in (None, "", numbers.MISSING)]


def _kind(kind: Any) -> str | None:
    return word("kind.", kind) if kind else None


def script_json(data: Any) -> Markup:
    """JSON that can't end the script element around it, whatever its strings hold."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def script_html(data: Any) -> Markup:
    """JSON that holds HTML of this page; only what could end or open a script is escaped."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    text = re.sub(r"<(?=!|script)", r"\\u003c", text.replace("</", "<\\/"), flags=re.IGNORECASE)
    return Markup(text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def allowed(script: str) -> str:
    """The source expression of a policy that lets this script run, and no other."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def prose(sentence: Any) -> Markup:
    """A sentence, escaped, with what stands in `backticks` as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(sentence))))


def source(name: str) -> str:
    """The text of a script beside the templates."""
    return (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """The templates, with everything from data escaped, and the filters they use."""
    jinja = Environment(
        loader=PackageLoader("priorscope.report"),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=without_controls,
    )
    for name in FILTERS:
        jinja.filters[name] = getattr(numbers, name)
    jinja.filters["prose"] = prose
    jinja.filters["printable"] = printable
    jinja.filters["structure"] = structure
    jinja.filters["script_json"] = script_json
    jinja.tests["estimate"] = numbers.has_center
    jinja.globals |= {
        "t": t,
        "plural": plural,
        "word": word,
        "palette": list(zip(LIGHT, DARK, strict=True)),
    }
    return jinja
