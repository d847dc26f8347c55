"""A verdict in words, in English and Korean, and the page around it."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from priorscope.wording import numbers
from priorscope.wording.en.claims import CLAIMS as EN
from priorscope.wording.ko.claim_conditions import PAIRS as KOREAN
from priorscope.wording.ko.claims import CLAIMS as KO
from priorscope.wording.language import Language, spoken
from priorscope.wording.particles import filled
from priorscope.wording.stored import pattern_of

WORDS: Mapping[Language, Mapping[str, str]] = {"en": EN, "ko": KO}
CONDITIONS: Mapping[str, Sequence[tuple[str, str]]] = {"ko": KOREAN}
MINUS = " − "  # between what is compared
NONE: Mapping[str, str] = {}
MOST_NAMED = 4  # conditions that a sentence names


def t(key: str, **values: object) -> str:
    """The text of `key`.

    Raises:
        LookupError: if there is none.
    """
    if key not in WORDS[spoken()]:
        raise LookupError(f"The claims book has no text named {key!r}; add it to wording/.")
    return WORDS[spoken()][key].format(**values)


def verdict(judged: Any) -> str:
    """`supported`, `refuted`, `undecided` or `depends on the data`."""
    return t(f"verdict.{judged.verdict.outcome}", on=told_apart(judged.verdict))


def told_apart(made: Any) -> str:
    """What the conditions that disagree differ in: `the data or the number of labels`."""
    ways = [
        _joined([t(f"factor.{name}") for name in names], "together") for names in made.told_apart_by
    ]
    several = any(len(names) > 1 for names in made.told_apart_by)
    return _joined(ways, "either.of_several" if several else "either") or t("factor.none")


def _joined(parts: Sequence[str], key: str) -> str:
    """Parts in a row, the last by the words of `key`."""
    if len(parts) < 2:
        return "".join(parts)
    return t(key, first=", ".join(parts[:-1]), last=parts[-1])


def sentence(judged: Any) -> str:
    """What came out, with the effect, its interval, n and the conditions.

    judged: a `NamedVerdict`.
    """
    made = judged.verdict
    tests = [e for e in made.effects if e.role == "test"]
    count = len({e.condition for e in tests})
    yes, no = made.conditions("yes"), made.conditions("no")
    differ = made.outcome == "supported" and bool(yes and no)  # that is what it says
    parts = [
        t(
            "sentence.differ" if differ else f"sentence.{made.outcome}",
            effect=effect(made.effect, made.unit),
            n=made.effect.n,
            repeats=_repeats(tests),
            on=told_apart(made),
            count=count,
            across=t("across", count=count) if count > 1 else "",
            decided=len(yes) + len(no),
        )
    ]
    if made.failed:
        parts.append(t("sentence.failed", controls=_named(made.failed)))
    else:
        centers = _centers(made)
        parts += [
            t(f"sentence.{key}", names=_named(made.conditions(key), centers))
            for key in ("yes", "no", "open")
            if made.conditions(key)
        ]
    return " ".join(parts)


def _repeats(tests: Sequence[Any]) -> str:
    """How many each condition had; those of large examples may have fewer."""
    counts = sorted({len(e.values) for e in tests})
    return t("repeats", low=counts[0], high=counts[-1]) if len(counts) > 1 else str(counts[0])


def _centers(made: Any) -> dict[str, str]:
    """The effect of each condition that is one test, where there are several to tell apart."""
    tests = [e for e in made.effects if e.role == "test"]
    alone = [e for e in tests if [other.condition for other in tests].count(e.condition) == 1]
    return {e.condition: digits(e.estimate.center) for e in alone} if len(tests) > 1 else {}


def around_verdict(judged: Any) -> tuple[str, str, str]:
    """The sentence before its verdict, the verdict, and after it.

    The verdict goes in front of a sentence that doesn't have it.
    """
    text, outcome = sentence(judged), verdict(judged)
    there = re.search(re.escape(outcome), text, re.IGNORECASE)
    if there is None:
        return "", outcome, f" {text}"
    return text[: there.start()], there[0], text[there.end() :]


def effect(estimate: Any, unit: str) -> str:
    """`+0.42 bits per label (0.31 to 0.53)`; a constant has no interval."""
    center, low, high = (digits(x) for x in (estimate.center, estimate.low, estimate.high))
    same = estimate.low == estimate.high
    key = "effect.same" if same else "effect"
    return t(key, center=center, low=low, high=high, unit=t(f"unit.{unit}"))


def digits(value: float | None) -> str:
    """A number with its sign, three digits behind the point or a power of ten."""
    if value is None:
        return "?"
    if value and abs(value) < 5e-4:
        return f"{value:+.0e}".replace("-", "−")
    return f"{value:+.3f}".replace("-", "−") if value else "0"


def why_not(entry: Any) -> str:
    """Why a claim has no verdict; "" if it has."""
    if entry.status == "judged":
        return ""
    needed = t("needed", seconds=numbers.seconds(entry.needed)) if entry.needed else ""
    return t(
        "why.module" if entry.status == "skipped" and entry.reason else f"why.{entry.status}",
        lacking=", ".join(entry.lacking),
        done=entry.done,
        runs=entry.runs,
        needed=needed,
        reason=entry.reason,
    ).strip()


def condition(label: str) -> str:
    """What was compared, on what, in the language spoken; parts that it has no words for stay.

    label: a claim's own, in English, such as `mlp − cnn, word after a marker, n = 200`.
    """
    if spoken() not in CONDITIONS:
        return label
    for between in (", ", ": "):
        if between in label:
            return between.join(condition(part) for part in label.split(between))
    for pattern, template in _patterns(spoken()):
        parts = match.groupdict() if (match := pattern.fullmatch(label)) else {}
        if match and not any(MINUS in part for part in parts.values()):
            return filled(template, {name: condition(part) for name, part in parts.items()})
    first, minus, rest = label.partition(MINUS)
    return f"{condition(first)}{minus}{condition(rest)}" if minus else label


@cache
def _patterns(language: str) -> list[tuple[re.Pattern[str], str]]:
    return [(pattern_of(english), own) for english, own in CONDITIONS[language]]


def _named(names: Sequence[str], centers: Mapping[str, str] = NONE) -> str:
    """The first few with their effects, and how many more."""
    shown = [
        condition(name) + (f" ({centers[name]})" if name in centers else "")
        for name in names[:MOST_NAMED]
    ]
    rest = len(names) - len(shown)
    text = "; ".join(shown)
    return text + t("and_more", count=rest) if rest else text
