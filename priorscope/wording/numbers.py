"""How numbers and intervals are written, in every page, table and sentence.

No number has more digits than its interval supports: an estimate is rounded where the half-width
of its interval has its first digit (one place later if that digit is 1).
"""

import math
from collections.abc import Mapping
from typing import Any, TypeGuard

from priorscope.core.json_types import JsonObject
from priorscope.wording.language import spoken
from priorscope.wording.page import t

MISSING = "–"
MOST_DECIMALS = 3
SMALL = 1e-2  # an estimate that is smaller has the decimals that it takes
SCIENTIFIC, SCIENTIFIC_FROM = 6, 12  # more decimals, or digits before the point: 1.2e−09
UNKNOWN_DECIMALS = 2  # of an estimate without an interval
LEAST_SECONDS = 0.05  # shorter times are written below 0.1 s
NO_RATIO = 5e-3  # smaller ones are written 0.00
UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"))
MYRIADS = ((1e12, "조"), (1e8, "억"), (1e4, "만"))


def number(value: Any, digits: int = 3) -> str:
    """`digits` decimals; a dash where there is no number. Below 0: rounded to tens, hundreds."""
    if not is_number(value):
        return MISSING
    if digits > SCIENTIFIC or abs(value) >= 10.0**SCIENTIFIC_FROM:
        return f"{value:.3g}".replace("-", "−")
    text = f"{round(value, digits):,.{max(digits, 0)}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text.replace("-", "−")


def center(value: Any, digits: int | None = None) -> str:
    """The centre of an estimate `{"center", "low", "high"}`, as precise as its interval."""
    if not has_center(value):
        return MISSING
    return number(value["center"], decimals(value) if digits is None else digits)


def interval(value: Any, digits: int | None = None) -> str:
    """`0.38 to 0.44`; nothing where neither end is known, as with one repeat."""
    if not isinstance(value, dict):
        return ""
    digits = decimals(value) if digits is None else digits
    return between(value.get("low"), value.get("high"), "number", digits)


def estimate(value: Any, digits: int | None = None) -> str:
    """`0.41 (0.38 to 0.44)`."""
    ends = interval(value, digits)
    return center(value, digits) + (f" ({ends})" if ends else "")


def decimals(value: Any) -> int:
    """Digits after the point that the interval of an estimate supports; below 0 for large ones."""
    if not has_interval(value):
        if not has_center(value):
            return UNKNOWN_DECIMALS
        size = abs(value["center"])
        if 0 < size < SMALL:
            return UNKNOWN_DECIMALS - math.floor(math.log10(size))
        return UNKNOWN_DECIMALS if size < 100 else 1 if size < 1000 else 0
    half = (value["high"] - value["low"]) / 2
    if half <= 0:
        return MOST_DECIMALS
    first = math.floor(math.log10(half))
    leading = half / 10.0**first
    size = max(abs(value["low"]), abs(value["high"]))
    most = MOST_DECIMALS if size >= SMALL else 1 - math.floor(math.log10(size))
    return max(-6, min(most, -first + (1 if leading < 2 else 0)))


def between(low: Any, high: Any, form: str = "count", *options: Any) -> str:
    """`11,000 to 80,000`, `at least 11,000`, `at most 80,000`, or nothing.

    A ratio that may be all but 0 has no low end: every ratio is more.
    """
    if form == "ratio" and is_number(low) and low < NO_RATIO:
        low = None
    write = {"count": count, "rough": rough, "number": number, "ratio": ratio, "share": share}[form]
    if is_number(low) and is_number(high):
        if form == "share":
            return _shares(write(low), write(high))
        return t("number.range", low=write(low, *options), high=write(high, *options))
    if is_number(low):
        return t("number.least", low=write(low, *options))
    return t("number.most", high=write(high, *options)) if is_number(high) else ""


def dashed(value: Any, as_share: bool = False) -> str:
    """The ends of an estimate for a narrow column: `1.50–1.56`, `88.2–89.8%`."""
    ends, to = share_interval(value) if as_share else interval(value), t("number.to")
    return ends.replace("%" + to, "–").replace(to, "–")


def share(value: Any) -> str:
    """A part of a whole as a percentage: `8%`, `0.4%`, `−3%`."""
    if not is_number(value):
        return MISSING
    return number(100 * value, 1 if 0 < abs(value) < 0.0095 else 0) + "%"


def share_of(value: Any) -> str:
    """The centre of an estimate as a percentage, as precise as its interval: `94.2%`."""
    return _percent(value.get("center"), value) if has_center(value) else MISSING


def share_interval(value: Any) -> str:
    """The ends of an estimate as percentages: `93.1% to 95.3%`."""
    if not has_interval(value):
        return ""
    return _shares(_percent(value["low"], value), _percent(value["high"], value))


def _shares(low: str, high: str) -> str:
    return t("number.shares", low=low.removesuffix("%"), high=high.removesuffix("%"))


def _percent(number_: Any, value: JsonObject) -> str:
    digits = max(0, min(1, decimals(value) - 2)) if has_interval(value) else 0
    return f"{number(100 * number_, digits)}%"


def count(value: Any) -> str:
    """`950`, `12,400`, `1.2 M`, `85.1 M`, `1.1 G`; in Korean `120만`, `8,510만`, `11억`."""
    if not is_number(value):
        return MISSING
    if abs(value) < 1e6:
        return f"{value:,.0f}".replace("-", "−")
    if spoken() == "ko":
        return _in_myriads(value)
    size, unit = next(pair for pair in UNITS if abs(value) >= pair[0])
    return f"{value / size:.3g} {unit}"


def _in_myriads(value: int | float) -> str:
    """With three digits that count, in 만 (10^4), 억 (10^8) and 조 (10^12)."""
    value = float(f"{value:.3g}")
    size, unit = next(pair for pair in MYRIADS if abs(value) >= pair[0])
    return f"{float(f'{value / size:.3g}'):,.10g}{unit}".replace("-", "−")


def rough(value: Any) -> str:
    """A size that is only estimated, with two digits that count: `330`, `2,300`."""
    return count(float(f"{value:.2g}")) if is_number(value) else MISSING


def ratio(value: Any) -> str:
    """Two digits that count: `0.42`, `3.4`, `73`, `1,200`."""
    if not is_number(value):
        return MISSING
    if abs(value) >= 100:
        return f"{float(f'{value:.2g}'):,.0f}"
    if abs(value) >= 10:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 1 else f"{value:.2f}"


def seconds(value: Any) -> str:
    """`< 0.1 s`, `0.8 s`, `42 s`, `3 min 10 s`, `2 h 05 min`."""
    if not is_number(value):
        return MISSING
    if value < LEAST_SECONDS:
        return t("number.below", value=t("time.seconds", s="0.1"))
    if value < 10:
        return t("time.seconds", s=f"{value:.1f}")
    whole = round(value)
    if whole < 60:
        return t("time.seconds", s=whole)
    if whole < 3600:
        return t("time.minutes", m=whole // 60, s=whole % 60)
    return t("time.hours", h=whole // 3600, m=whole % 3600 // 60)


def percent(value: Any) -> str:
    """A probability as a whole percentage; resampling never shows certainty."""
    if not is_number(value):
        return MISSING
    if value < 0.005:
        return t("number.below", value="1%")
    if value > 0.995:
        return t("number.above", value="99%")
    return f"{100 * value:.0f}%"


def percentages(value: Mapping[str, float]) -> tuple[str, str, str]:
    """Low, center and high of shares as percentages, all with as many digits as the high one."""
    low, center, high = (100 * value[end] for end in ("low", "center", "high"))
    digits = 1 if high < 10 else 0
    return f"{low:.{digits}f}", f"{center:.{digits}f}", f"{high:.{digits}f}"


def is_number(value: Any) -> TypeGuard[float]:
    """A finite number, and not a truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def has_center(value: Any) -> TypeGuard[JsonObject]:
    """An estimate of the JSON contract with its centre; one repeat has no ends."""
    return isinstance(value, dict) and is_number(value.get("center"))


def has_interval(value: Any) -> TypeGuard[dict[str, float]]:
    """An estimate of the JSON contract whose three numbers are there."""
    return has_center(value) and is_number(value.get("low")) and is_number(value.get("high"))
