"""How the page writes numbers, intervals and structures."""

import math
from typing import Any, TypeGuard

MISSING = "–"
STRUCTURES = {
    "intact": "intact",
    "permuted": "positions permuted",
    "within-patches": "shuffled within patches",
    "between-patches": "patches shuffled",
    "time-permuted": "time order permuted",
    "channels-permuted": "channels permuted",
    "random-labels": "random labels",
    "shifted": "randomly shifted",
    "rotated": "randomly rotated",
    "turned": "randomly rotated",
    "blurred": "blurred",
    "cropped": "cropped",
    "patches-dropped": "patches dropped",
}


def structure(name: str) -> str:
    """`within-patches:4` -> `shuffled within patches (4)`; other names stay as they are."""
    kind, _, options = name.partition(":")
    words = STRUCTURES.get(kind, kind)
    return f"{words} ({options})" if options else words


def number(value: Any, digits: int = 3) -> str:
    """`digits` decimals; a dash where there is no number."""
    if not is_number(value):
        return MISSING
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", "−")


def interval(value: Any, digits: int = 3) -> str:
    """`0.380 to 0.444`; nothing where neither end is known, as with one draw."""
    if not isinstance(value, dict):
        return ""
    return between(value.get("low"), value.get("high"), "number", digits)


def between(low: Any, high: Any, form: str = "count", *options: Any) -> str:
    """`11,000 to 80,000`, `at least 11,000`, `at most 80,000`, or nothing."""
    write = {"count": count, "rough": rough, "number": number, "ratio": ratio, "share": share}[form]
    if is_number(low) and is_number(high):
        return f"{write(low, *options)} to {write(high, *options)}"
    if is_number(low):
        return f"at least {write(low, *options)}"
    return f"at most {write(high, *options)}" if is_number(high) else ""


def share(value: Any) -> str:
    """A part of a whole as a percentage: `8%`, `0.4%`, `−3%`."""
    if not is_number(value):
        return MISSING
    return number(100 * value, 1 if abs(value) < 0.0995 else 0) + "%"


def count(value: Any) -> str:
    """`950`, `12,400`, `1.20 M`, `85.1 M`, `1.10 G`."""
    if not is_number(value):
        return MISSING
    for size, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M")):
        if abs(value) >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:,.0f}".replace("-", "−")


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
    """`0.8 s`, `42 s`, `3 min 10 s`, `2 h 05 min`."""
    if not is_number(value):
        return MISSING
    if value < 10:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def percent(value: Any) -> str:
    """A probability as a whole percentage; resampling never shows certainty."""
    if not is_number(value):
        return MISSING
    if value < 0.005:
        return "< 1%"
    if value > 0.995:
        return "> 99%"
    return f"{100 * value:.0f}%"


def is_number(value: Any) -> TypeGuard[float]:
    """A finite number, and not a truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def has_mean(value: Any) -> TypeGuard[dict[str, Any]]:
    """An `I` of the JSON contract with its mean; one draw has no ends."""
    return isinstance(value, dict) and is_number(value.get("mean"))


def has_interval(value: Any) -> TypeGuard[dict[str, float]]:
    """An `I` of the JSON contract whose three numbers are there."""
    return has_mean(value) and is_number(value.get("low")) and is_number(value.get("high"))
