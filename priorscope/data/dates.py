"""Dates and moments in text: how they are written, and what they are in seconds since 1970."""

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from priorscope.data.arrow import NULL, numbers_of, pc, strings

ISO = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?$"
WITH_OFFSET = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)$"
DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
         "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%d.%m.%Y",
         "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%Y %H:%M",
         "%d/%m/%Y %H:%M", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p", "%d/%m/%Y %I:%M %p",
         "%m-%d-%Y", "%d-%m-%Y", "%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%d %b %Y", "%d-%b-%Y",
         "%b %d %Y", "%d-%b-%y", "%d/%b/%Y:%H:%M:%S", "%Y-%m", "%Y/%m", "ISO 8601",
         "with offset")  # fmt: skip
BEGINS = re.compile(
    r"\s*(\d{1,4}\s?[-/.年년]\s?\d|\d{1,2}[ -/][A-Za-z]{3}|[A-Za-z]{3,9}\.? \d{1,2}\b)"
)
EAST_ASIAN = re.compile(r"(\d{4})[年년]\s*(\d{1,2})[月월]\s*(\d{1,2})[日일]|"
                        r"(\d{4})\. (\d{1,2})\. (\d{1,2})\.?")  # fmt: skip
TRIED = 50  # values that a form must fit before a whole column is read
SURE = 0.95
EARLIEST = -(1970 - 1000) * 365.25 * 86400  # before, a year of two digits was read as it is


def date_form(values: Sequence[str], texts: pa.Array) -> str:
    """How the dates of a column are written, of `DATES`; "" where they are none.

    values: those that aren't missing. texts: all.
    """
    if not BEGINS.match(values[0] if values else ""):
        return ""
    sample = plain(strings([v.strip() for v in values[:TRIED]]))
    for form in DATES:
        fits = _moments(sample, form).null_count <= sample.null_count
        if fits and seconds_of(texts, form) is not None:
            return form
    return ""


def seconds_of(texts: pa.Array, form: str) -> np.ndarray | None:
    """(rows,) float64 seconds since 1970, NaN where missing; None where too many aren't dates."""
    texts = plain(pc.utf8_trim_whitespace(texts))
    parsed = _moments(texts, form)
    if parsed.null_count > texts.null_count + (1 - SURE) * len(texts):
        return None
    seconds = in_seconds(parsed)
    with np.errstate(invalid="ignore"):
        return None if (seconds < EARLIEST).any() else seconds


def other_reading(texts: pa.Array, form: str) -> str:
    """A form with day and month exchanged that fits all values as well and differs; else ""."""
    if "%d" not in form or "%m" not in form or form.startswith("%Y"):
        return ""
    exchanged = form.replace("%d", "%D").replace("%m", "%d").replace("%D", "%m")
    own, other = seconds_of(texts, form), seconds_of(texts, exchanged)
    if own is None or other is None or np.isnan(other).sum() > np.isnan(own).sum():
        return ""
    return "" if np.array_equal(own, other, equal_nan=True) else exchanged


def plain(texts: pa.Array) -> pa.Array:
    """East Asian dates as 2024-5-31, months without commas, and null for 0000-00-00."""
    if texts.type != pa.string():
        return texts
    first = next((v for v in texts.slice(0, TRIED).to_pylist() if v), "")
    if EAST_ASIAN.match(first):
        written = r"^(\d{4})(?:[年년]\s*|\. )(\d{1,2})(?:[月월]\s*|\. )(\d{1,2})[日일.]?"
        texts = pc.replace_substring_regex(texts, written, r"\1-\2-\3")
    if "," in first or re.search(r"[A-Za-z]{4,} \d", first):
        written = r"^([A-Za-z]{3})[a-z]*\.? (\d{1,2}), ?"
        texts = pc.replace_substring_regex(texts, written, r"\1 \2 ")
    if re.match(r"\d{1,2} [A-Za-z]{4,} \d", first):
        texts = pc.replace_substring_regex(texts, r"^(\d{1,2} [A-Za-z]{3})[a-z]* ", r"\1 ")
    if re.search(r" [+-]0000$", first):
        texts = pc.replace_substring_regex(texts, r" [+-]0000$", "")
    none = pc.match_substring_regex(texts, r"^0{1,4}[-/.]0{1,2}[-/.]0{1,4}( 0.*)?$")
    return pc.if_else(pc.coalesce(none, pa.scalar(False)), NULL, texts)


def in_seconds(values: pa.Array) -> np.ndarray:
    """(rows,) float64 of Arrow's dates, moments, times and durations, NaN where null."""
    if pa.types.is_time(values.type) or pa.types.is_duration(values.type):
        is_time = pa.types.is_time(values.type)
        micros = pc.cast(values, pa.time64("us") if is_time else pa.duration("us"), safe=False)
        return numbers_of(pc.cast(micros, pa.int64())) / 1e6
    if pa.types.is_timestamp(values.type) or pa.types.is_date(values.type):
        unit = pa.timestamp("us", getattr(values.type, "tz", None))
        return numbers_of(pc.cast(pc.cast(values, unit, safe=False), pa.int64())) / 1e6
    return numbers_of(pc.cast(values, pa.int64(), safe=False))


def _moments(texts: pa.Array, form: str) -> pa.Array:
    """Text as moments, null where it is none; ISO 8601 may have parts of seconds, and UTC's Z."""
    if form in ("%Y-%m", "%Y/%m"):
        mark = form[2]
        texts = pc.replace_substring_regex(texts, r"^(\d{4}.\d{1,2})$", rf"\1{mark}1")
        form += f"{mark}%d"
    if form == "with offset":
        is_one = pc.match_substring_regex(texts, WITH_OFFSET)
        try:
            return pc.cast(pc.if_else(is_one, texts, NULL), pa.timestamp("us", "UTC"))
        except pa.ArrowInvalid:
            return pa.nulls(len(texts), pa.timestamp("us"))
    if form != "ISO 8601":
        return pc.strptime(texts, form, "s", True)
    bare = pc.replace_substring_regex(texts, r"(Z|[+-]00:?00)$", "")
    is_one = pc.match_substring_regex(bare, ISO)
    try:
        return pc.cast(pc.if_else(is_one, bare, NULL), pa.timestamp("us"))
    except pa.ArrowInvalid:  # 30 February
        return pa.nulls(len(texts), pa.timestamp("us"))
