"""The claims book as one page: each claim with its test, its effects and its verdict in words."""

import dataclasses
import datetime
from collections.abc import Sequence

from markupsafe import Markup

from priorscope.analysis.claims_book import ClaimEntry, ClaimsBook, NamedVerdict
from priorscope.analysis.verdict import Effect, Role, Verdict
from priorscope.core.estimate import Estimate
from priorscope.report.charts.strip import StripAxis
from priorscope.report.languages import Shown, page_in_languages
from priorscope.report.page import tool_texts
from priorscope.wording import claims as words
from priorscope.wording import numbers
from priorscope.wording.language import spoken

ORDER: tuple[Role, ...] = ("test", "context", "null", "control")
CHECKS: tuple[Role, ...] = ("null", "control")  # they must come out in one way
MOST_REPEATS = 1000  # beyond it more repeats are no advice


@dataclasses.dataclass(frozen=True)
class ShownEffect:
    """A row of a table. role: where it isn't a test. mark: the class of its colour."""

    label: str
    role: str
    decision: str
    mark: str
    text: str
    estimate: Estimate
    strip: Markup


@dataclasses.dataclass(frozen=True)
class ShownTable:
    """A verdict's effects of one unit, on one scale. name: of its file."""

    name: str
    unit: str
    effects: Sequence[ShownEffect]
    scale: Markup


@dataclasses.dataclass(frozen=True)
class ShownVerdict:
    """A verdict as the page shows it.

    part: its statement, where a claim has several. sentence: what stands before the words of the
    verdict, these, and what follows.
    """

    name: str
    part: str
    outcome: str
    verdict: str
    sentence: tuple[str, str, str]
    controls: str
    repeats: str
    count: int
    tables: Sequence[ShownTable]


def claims_page(book: ClaimsBook) -> str:
    """The page as text: one file that needs no network, in all languages; see `languages`."""
    data = {"specs": {}, "tables": {}, "learners": [], "themes": {}}
    scripts = ("claims.js", "page.js")
    return page_in_languages("claims", lambda: _contents(book), scripts=scripts, data=data)


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
            "change": entry.change.of(lang),
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
    made, verdict = judged.verdict, words.verdict(judged)
    return ShownVerdict(
        name=judged.name,
        part=judged.statement.of(spoken()) if judged.name != entry.name else "",
        outcome=made.outcome,
        verdict=verdict,
        sentence=words.around_verdict(judged),
        controls=_controls(made),
        repeats=_repeats(made),
        count=len(made.effects),
        tables=_tables(judged),
    )


def _tables(judged: NamedVerdict) -> list[ShownTable]:
    """One per unit, as effects of different units can't share a scale."""
    made, tables = judged.verdict, []
    for unit in dict.fromkeys(effect.unit for effect in made.effects):
        effects = sorted(
            (effect for effect in made.effects if effect.unit == unit),
            key=lambda effect: ORDER.index(effect.role),
        )
        axis, named = StripAxis(effects), words.t(f"axis.{unit}")
        name = f"{judged.name}-{unit}" if tables else judged.name
        rows = [_row(effect, axis, made) for effect in effects]
        tables.append(ShownTable(name, named, rows, axis.scale(named)))
    return tables


def _row(effect: Effect, axis: StripAxis, made: Verdict) -> ShownEffect:
    role, decision, mark = words.t(f"role.{effect.role}"), "", "quiet"
    if effect.role == "test":
        role, decision, mark = "", words.t(f"decision.{effect.decision}"), effect.decision
    elif effect.role in CHECKS:
        failed = effect.label in made.failed
        decision = words.t("decision.failed" if failed else "decision.passed")
        mark = "no" if failed else "quiet"
    return ShownEffect(
        label=words.condition(effect.label),
        role=role if decision else "",
        decision=decision or role,
        mark=mark,
        text=_number(effect.estimate),
        estimate=effect.estimate,
        strip=axis.row(effect),
    )


def _number(estimate: Estimate) -> str:
    """With its interval, if it has one: what comes out alike each time needs none."""
    center, low, high = estimate.center, estimate.low, estimate.high
    if low is None or high is None or low == high:
        return words.digits(center)
    ends = {"low": words.digits(low), "high": words.digits(high)}
    return words.t("estimate", center=words.digits(center), **ends)


def _controls(made: Verdict) -> str:
    """How many there were of each kind, and whether they came out as they must."""
    counts: dict[Role, int] = {kind: sum(e.role == kind for e in made.effects) for kind in CHECKS}
    there = [_counted(kind, count) for kind, count in counts.items() if count]
    lacking = [words.t(f"controls.no_{kind}") for kind, count in counts.items() if not count]
    if not there:
        return words.t("controls.none")
    counted = words.t("controls.both", null=there[0], control=there[1]) if there[1:] else there[0]
    if made.failed:
        failed = "; ".join(words.condition(label) for label in made.failed)
        text = words.t("controls.failed", counted=counted, controls=failed)
    else:
        key = "controls.passed" if sum(counts.values()) == 1 else "controls.all_passed"
        text = words.t(key, counted=counted)
    return " ".join([text, *lacking])


def _counted(kind: Role, count: int) -> str:
    return words.t(f"controls.{kind}" if count == 1 else f"controls.{kind}s", count=count)


def _repeats(made: Verdict) -> str:
    """How many repeats would decide what is open, where that can be told."""
    if made.more is None:
        return ""
    repeats = max(made.more, 1.0) * made.effect.n
    if repeats > MOST_REPEATS:
        return words.t("more_repeats_hopeless")
    return words.t("more_repeats", repeats=numbers.rough(repeats))
