"""A verdict in words, in English and Korean, and the page around it."""

from collections.abc import Mapping
from typing import Any

from priorscope.core.bilingual import Lang
from priorscope.wording import numbers
from priorscope.wording.claims_en import WORDS as EN
from priorscope.wording.claims_ko import WORDS as KO

WORDS: Mapping[Lang, Mapping[str, str]] = {"en": EN, "ko": KO}
MOST_NAMED = 4  # conditions that a sentence names


def t(lang: Lang, key: str, **values: object) -> str:
    """The text of `key`.

    Raises:
        LookupError: if there is none.
    """
    if key not in WORDS[lang]:
        raise LookupError(f"The claims book has no text named {key!r}; add it to wording/.")
    return WORDS[lang][key].format(**values)


def verdict(judged: Any, lang: Lang) -> str:
    """`supported`, `refuted`, `undecided` or `depends on the data`."""
    on = judged.depends_on.of(lang)
    return t(lang, f"verdict.{judged.verdict.outcome}", on=on)


def sentence(judged: Any, lang: Lang) -> str:
    """What came out, with the effect, its interval, n and the conditions.

    judged: a `NamedVerdict`.
    """
    made = judged.verdict
    count = len({e.condition for e in made.effects if e.role == "test"})
    parts = [
        t(
            lang,
            f"sentence.{made.outcome}",
            effect=effect(made.effect, made.unit, lang),
            n=made.effect.n,
            on=judged.depends_on.of(lang),
            yes=_named(made.conditions("yes"), lang),
            no=_named(made.conditions("no"), lang),
            count=count,
            across=t(lang, "across", count=count) if count > 1 else "",
            decided=len(made.conditions("yes")) + len(made.conditions("no")),
        )
    ]
    if made.failed:
        parts.append(t(lang, "sentence.failed", controls=_named(made.failed, lang)))
    elif made.outcome != "depends":
        parts += [
            t(lang, f"sentence.{key}", names=_named(made.conditions(key), lang))
            for key in ("yes", "no", "open")
            if made.conditions(key)
        ]
    return " ".join(parts)


def effect(estimate: Any, unit: str, lang: Lang) -> str:
    """`+0.42 bits per label (0.31 to 0.53)`."""
    center, low, high = (digits(x) for x in (estimate.center, estimate.low, estimate.high))
    return t(lang, "effect", center=center, low=low, high=high, unit=t(lang, f"unit.{unit}"))


def digits(value: float | None) -> str:
    """A number with its sign, three digits behind the point or a power of ten."""
    if value is None:
        return "?"
    if value and abs(value) < 5e-4:
        return f"{value:+.0e}".replace("-", "−")
    return f"{value:+.3f}".replace("-", "−") if value else "0"


def what_would_change(judged: Any, change: str, lang: Lang) -> str:
    """The claim's own words, and for an open one how many repeats would decide it."""
    more = judged.verdict.more
    if more is None:
        return change
    repeats = numbers.rough(max(more, 1.0) * judged.verdict.effect.n)
    return f"{change} {t(lang, 'more_repeats', repeats=repeats)}"


def why_not(entry: Any, lang: Lang) -> str:
    """Why a claim has no verdict; "" if it has."""
    if entry.status == "judged":
        return ""
    needed = t(lang, "needed", seconds=numbers.seconds(entry.needed)) if entry.needed else ""
    return t(
        lang,
        f"why.{entry.status}",
        lacking=", ".join(entry.lacking),
        done=entry.done,
        runs=entry.runs,
        needed=needed,
        reason=entry.reason,
    ).strip()


def _named(names: Any, lang: Lang) -> str:
    """The first few, and how many more."""
    shown = list(names)[:MOST_NAMED]
    rest = len(list(names)) - len(shown)
    text = "; ".join(shown)
    return text + t(lang, "and_more", count=rest) if rest else text
