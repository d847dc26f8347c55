"""The claims book as one page: each claim with its test, its effects and its verdict in words."""

import dataclasses
import datetime
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from priorscope.analysis.claims_book import ClaimEntry, ClaimsBook, NamedVerdict
from priorscope.analysis.verdict import Effect
from priorscope.core.bilingual import Lang
from priorscope.report.charts.strip import StripAxis
from priorscope.report.page import environment
from priorscope.wording import claims as words
from priorscope.wording import numbers


@dataclasses.dataclass(frozen=True)
class ShownEffect:
    """A row of a verdict's table."""

    label: str
    role: str
    decision: str
    mark: str
    text: str
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


def claims_page(book: ClaimsBook, lang: Lang = "en") -> str:
    """The page as text: one file that needs no network and no script."""

    def t(key: str, **values: Any) -> str:
        return words.t(lang, key, **values)

    entries = [
        {
            "entry": entry,
            "statement": entry.statement.of(lang),
            "said_by": entry.said_by.of(lang),
            "prediction": entry.prediction.of(lang),
            "done": entry.done_text.of(lang),
            "why_not": words.why_not(entry, lang),
            "cost": t(
                "cost",
                preset=entry.preset,
                runs=numbers.count(entry.runs),
                seconds=numbers.seconds(entry.seconds),
            ),
            "verdicts": [_shown(judged, entry, lang) for judged in entry.verdicts],
        }
        for entry in book.entries
    ]
    return (
        environment()
        .get_template("claims.html")
        .render(
            t=t,
            lang=lang,
            entries=entries,
            hardware=book.hardware,
            written=datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
        )
    )


def _shown(judged: NamedVerdict, entry: ClaimEntry, lang: Lang) -> ShownVerdict:
    made = judged.verdict
    units = dict.fromkeys(effect.unit for effect in made.effects)
    axes = {unit: StripAxis([e for e in made.effects if e.unit == unit]) for unit in units}
    return ShownVerdict(
        name=judged.name,
        part=judged.statement.of(lang) if judged.name != entry.name else "",
        outcome=made.outcome,
        verdict=words.verdict(judged, lang),
        sentence=words.sentence(judged, lang),
        effect=words.effect(made.effect, made.unit, lang),
        n=made.effect.n,
        change=words.what_would_change(judged, entry.change.of(lang), lang),
        controls=_controls(judged, lang),
        effects=[_row(effect, axes[effect.unit], lang) for effect in made.effects],
    )


def _row(effect: Effect, axis: StripAxis, lang: Lang) -> ShownEffect:
    text = words.effect(effect.estimate, effect.unit, lang)
    shown = effect.role in ("test", "control")
    return ShownEffect(
        label=effect.label,
        role=words.t(lang, f"role.{effect.role}"),
        decision=words.t(lang, f"decision.{effect.decision}") if shown else "",
        mark=effect.decision if effect.role == "test" else "quiet",
        text=text,
        strip=axis.row(effect, f"{effect.label}: {text}"),
    )


def _controls(judged: NamedVerdict, lang: Lang) -> str:
    made = judged.verdict
    if made.failed:
        return words.t(lang, "controls_failed", controls="; ".join(made.failed))
    there = any(effect.role in ("null", "control") for effect in made.effects)
    return words.t(lang, "controls_passed" if there else "controls_none")
