"""A verdict in words, in English and Korean, and the page around it."""

from collections.abc import Mapping
from typing import Any

from priorscope.wording import numbers
from priorscope.wording.en.claims import CLAIMS as EN
from priorscope.wording.ko.claims import CLAIMS as KO
from priorscope.wording.language import Language, spoken

WORDS: Mapping[Language, Mapping[str, str]] = {"en": EN, "ko": KO}
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
    on = judged.depends_on.of(spoken())
    return t(f"verdict.{judged.verdict.outcome}", on=on)


def sentence(judged: Any) -> str:
    """What came out, with the effect, its interval, n and the conditions.

    judged: a `NamedVerdict`.
    """
    made = judged.verdict
    count = len({e.condition for e in made.effects if e.role == "test"})
    parts = [
        t(
            f"sentence.{made.outcome}",
            effect=effect(made.effect, made.unit),
            n=made.effect.n,
            on=judged.depends_on.of(spoken()),
            yes=_named(made.conditions("yes")),
            no=_named(made.conditions("no")),
            count=count,
            across=t("across", count=count) if count > 1 else "",
            decided=len(made.conditions("yes")) + len(made.conditions("no")),
        )
    ]
    if made.failed:
        parts.append(t("sentence.failed", controls=_named(made.failed)))
    elif made.outcome != "depends":
        parts += [
            t(f"sentence.{key}", names=_named(made.conditions(key)))
            for key in ("yes", "no", "open")
            if made.conditions(key)
        ]
    return " ".join(parts)


def effect(estimate: Any, unit: str) -> str:
    """`+0.42 bits per label (0.31 to 0.53)`."""
    center, low, high = (digits(x) for x in (estimate.center, estimate.low, estimate.high))
    return t("effect", center=center, low=low, high=high, unit=t(f"unit.{unit}"))


def digits(value: float | None) -> str:
    """A number with its sign, three digits behind the point or a power of ten."""
    if value is None:
        return "?"
    if value and abs(value) < 5e-4:
        return f"{value:+.0e}".replace("-", "−")
    return f"{value:+.3f}".replace("-", "−") if value else "0"


def what_would_change(judged: Any, change: str) -> str:
    """The claim's own words, and for an open one how many repeats would decide it."""
    more = judged.verdict.more
    if more is None:
        return change
    repeats = numbers.rough(max(more, 1.0) * judged.verdict.effect.n)
    return f"{change} {t('more_repeats', repeats=repeats)}"


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


def _named(names: Any) -> str:
    """The first few, and how many more."""
    shown = list(names)[:MOST_NAMED]
    rest = len(list(names)) - len(shown)
    text = "; ".join(shown)
    return text + t("and_more", count=rest) if rest else text
