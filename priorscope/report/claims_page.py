"""The claims book as one page: each claim with its test, its effects and its verdict in words."""

import dataclasses
import datetime
from collections.abc import Sequence

from markupsafe import Markup

from priorscope.analysis.claims_book import ClaimEntry, ClaimsBook, NamedVerdict
from priorscope.analysis.verdict import Effect
from priorscope.core.estimate import Estimate
from priorscope.report.charts.strip import StripAxis
from priorscope.report.languages import Shown, page_in_languages
from priorscope.report.page import tool_texts
from priorscope.wording import claims as words
from priorscope.wording import numbers
from priorscope.wording.language import spoken


@dataclasses.dataclass(frozen=True)
class ShownEffect:
    """A row of a verdict's table."""

    label: str
    role: str
    decision: str
    mark: str
    text: str
    estimate: Estimate
    strip: Markup


@dataclasses.dataclass(frozen=True)
class ShownVerdict:
    """A verdict as the page shows it. part: its statement, where a claim has several."""

    name: str
    part: str
    outcome: str
    verdict: str
    sentence: str
    effect: str
    n: int
    change: str
    controls: str
    effects: Sequence[ShownEffect]


def claims_page(book: ClaimsBook) -> str:
    """The page as text: one file that needs no network, in all languages; see `languages`."""
    data = {"specs": {}, "tables": {}, "learners": [], "themes": {}}
    return page_in_languages("claims", lambda: _contents(book), scripts=("page.js",), data=data)


def _contents(book: ClaimsBook) -> Shown:
    """What the page shows, in the language spoken."""
    t, lang = words.t, spoken()
    entries = [
        {
            "entry": entry,
            "statement": entry.statement.of(lang),
            "said_by": entry.said_by.of(lang),
            "prediction": entry.prediction.of(lang),
            "done": entry.done_text.of(lang),
            "why_not": words.why_not(entry),
            "cost": t(
                "cost",
                preset=entry.preset,
                runs=numbers.count(entry.runs),
                seconds=numbers.seconds(entry.seconds),
            ),
            "verdicts": [_shown(judged, entry) for judged in entry.verdicts],
        }
        for entry in book.entries
    ]
    shown = {
        "title": f"{t('title')} · priorscope",
        "heading": t("title"),
        "t": t,
        "entries": entries,
        "hardware": book.hardware,
        "written": datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
    }
    return shown, {"texts": tool_texts()}


def _shown(judged: NamedVerdict, entry: ClaimEntry) -> ShownVerdict:
    made = judged.verdict
    units = dict.fromkeys(effect.unit for effect in made.effects)
    axes = {unit: StripAxis([e for e in made.effects if e.unit == unit]) for unit in units}
    return ShownVerdict(
        name=judged.name,
        part=judged.statement.of(spoken()) if judged.name != entry.name else "",
        outcome=made.outcome,
        verdict=words.verdict(judged),
        sentence=words.sentence(judged),
        effect=words.effect(made.effect, made.unit),
        n=made.effect.n,
        change=words.what_would_change(judged, entry.change.of(spoken())),
        controls=_controls(judged),
        effects=[_row(effect, axes[effect.unit]) for effect in made.effects],
    )


def _row(effect: Effect, axis: StripAxis) -> ShownEffect:
    text = words.effect(effect.estimate, effect.unit)
    shown, label = effect.role in ("test", "control"), words.condition(effect.label)
    return ShownEffect(
        label=label,
        role=words.t(f"role.{effect.role}"),
        decision=words.t(f"decision.{effect.decision}") if shown else "",
        mark=effect.decision if effect.role == "test" else "quiet",
        text=text,
        estimate=effect.estimate,
        strip=axis.row(effect, f"{label}: {text}"),
    )


def _controls(judged: NamedVerdict) -> str:
    made = judged.verdict
    if made.failed:
        failed = "; ".join(words.condition(label) for label in made.failed)
        return words.t("controls_failed", controls=failed)
    there = any(effect.role in ("null", "control") for effect in made.effects)
    return words.t("controls_passed" if there else "controls_none")
