"""Text to numbers: decimal commas, thousands, percent signs, units, words for what is missing."""

import dataclasses
import re
from contextlib import suppress

import numpy as np
import pyarrow as pa

from priorscope.data.arrow import FALSE, NULL, holds_byte, numbers_of, pc, strings

MISSING = (
    "", "nan", "-nan", "none", "null", "nil", "na", "n/a", "n.a.", "#n/a", "#n/a n/a", "#na",
    "<na>", "?", "-", "--", "---", ".", "..", "…", "missing", "#value!", "#div/0!", "#ref!",
    "#null!", "#num!", "1.#ind", "1.#qnan", "-1.#ind", "-1.#qnan", "–", "—", "−", "n/d", "n.d.",
    "k.a.", "k. a.", "#n/v", "no data", "not available", "없음", "미상",
)  # fmt: skip
SURE = 0.95  # share of the values that are numbers, from which on a column is numeric
SAMPLE = 1000  # values that show whether a column repeats a few
GUESS_AT_LEAST = 20  # values: fewer must all be numbers
PLAIN = r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"
COMMA_THOUSANDS = r"^[-+]?\d{1,3}(,\d{3})+(\.\d*)?$"
COMMA_DECIMAL = r"^[-+]?\d*,\d+([eE][-+]?\d+)?$"
DOT_THOUSANDS = r"^[-+]?\d{1,3}(\.\d{3})+(,\d*)?$"
# a comma that only a decimal or only a thousands mark can be
SURELY_DECIMAL = r"^[-+]?(0\d*,\d+|\d*,(\d{1,2}|\d{4,})|\d{4,},\d+|,\d+|\d{1,3}(\.\d{3})+,\d+)$"
SURELY_THOUSANDS = r"^[-+]?\d{1,3}((,\d{3}){2,}(\.\d*)?|,\d{3}\.\d*)$"
AROUND = r"^\s*[$€£¥₩]?\s*|\s*([%‰°€$£¥₩]|°?[[:alpha:]µ]{1,6}[²³]?(/[[:alpha:]]{1,4}[²³]?)?)?\s*$"
WITH_COMMA = r"^[-+]?[\d.]*,[\d,.]*$"
BLANKS = "[ '\u00a0\u202f\u2009]"
BLANK_THOUSANDS = rf"^[-+]?\d{{1,3}}({BLANKS}\d{{3}})+([.,]\d*)?$"
BRACKETS = r"^\([$€£¥₩]?\s*\d[\d.,]*\)$"  # what accountants write for a negative number
WIDE = dict(zip("０１２３４５６７８９．，－＋", "0123456789.,-+", strict=True))
UNIT = re.compile(
    r"([-+]?[.,]?\d(?:[\d.,'\u00a0\u202f ]*\d)?(?:[eE][-+]?\d+)?)\s*"
    r"([%‰°€$£¥₩]|°?[^\W\d_]{1,6}[²³]?(?:/[^\W\d_]{1,4}[²³]?)?)|"
    r"([$€£¥₩])\s*([-+]?[\d.,]+)"
)


@dataclasses.dataclass(frozen=True)
class Numbers:
    """A column of numbers.

    values: (rows,) float64, NaN where missing.
    odd: values that are no number, counted as missing.
    form: how they are written, where not plainly.
    """

    values: np.ndarray
    odd: tuple[str, ...] = ()
    num_odd: int = 0
    form: str = ""


def comma_evidence(texts: pa.Array) -> tuple[int, int, int]:
    """How many values only a decimal comma, only a thousands comma, or both can explain."""
    if texts.type != pa.string() or not holds_byte(texts, b","):
        return 0, 0, 0
    plain = pc.replace_substring_regex(texts, AROUND, "")
    commas = plain.filter(pc.coalesce(pc.match_substring_regex(plain, WITH_COMMA), FALSE))
    if not len(commas):
        return 0, 0, 0
    decimal = pc.sum(pc.match_substring_regex(commas, SURELY_DECIMAL)).as_py() or 0
    thousands = pc.sum(pc.match_substring_regex(commas, SURELY_THOUSANDS)).as_py() or 0
    either = pc.sum(pc.match_substring_regex(commas, r"^[-+]?[1-9]\d{0,2},\d{3}$")).as_py() or 0
    return decimal, thousands, either


def parse_numbers(texts: pa.Array, decimal: str) -> Numbers | None:
    """The numbers of a column of text, or None where fewer than 95% of the values are numbers.

    decimal: "," where commas are decimal marks, else "." (then commas part thousands).
    """
    with suppress(pa.ArrowInvalid):  # most columns are nothing but plain numbers
        return Numbers(numbers_of(pc.cast(texts, pa.float64())))
    if _few_words(texts):
        return None
    texts = _narrow(pc.utf8_trim_whitespace(texts))
    missing = pc.is_in(pc.utf8_lower(texts), value_set=strings(MISSING))
    texts = pc.if_else(missing, NULL, texts)
    present = len(texts) - texts.null_count
    if not present:
        return None
    plain = _matches(texts, PLAIN)
    form = ""
    if decimal == "," or pc.sum(plain).as_py() < present:
        texts, form = _rewritten(texts, decimal)
        plain = _matches(texts, PLAIN) if form else plain
    infinite = pc.is_in(
        pc.utf8_lower(texts), value_set=strings(("inf", "-inf", "+inf", "infinity", "-infinity"))
    )
    good = pc.or_(plain, pc.coalesce(infinite, FALSE))
    count = pc.sum(good).as_py() or 0
    if count < SURE * present or (count < present and present < GUESS_AT_LEAST):
        return None
    odd = pc.value_counts(texts.filter(pc.and_(pc.invert(good), pc.is_valid(texts))))
    values = pc.cast(pc.if_else(good, texts, NULL), pa.float64())
    words = sorted(odd.to_pylist(), key=lambda item: -item["counts"])
    return Numbers(
        numbers_of(values), tuple(item["values"] for item in words[:5]), present - count, form
    )


def _narrow(texts: pa.Array) -> pa.Array:
    """Digits of full width, as Chinese, Japanese and Korean keyboards write them, as usual ones."""
    if pc.all(pc.string_is_ascii(texts)).as_py() is not False:
        return texts
    wide = pc.match_substring_regex(texts, f"[{''.join(WIDE)}]")
    if pc.any(wide).as_py():
        for character, narrow in WIDE.items():
            texts = pc.replace_substring(texts, character, narrow)
    return texts


def _few_words(texts: pa.Array) -> bool:
    """Whether a column repeats a few values, of which more than 5% of the rows hold no number.

    Categories end here, judged by their distinct values: a number has a digit, or is infinite.
    """
    if len(texts) < 2 * SAMPLE or pc.count_distinct(texts.slice(0, SAMPLE)).as_py() > SAMPLE / 2:
        return False
    counts = pc.value_counts(texts)
    rows = counts.field(1)
    words = pc.utf8_lower(_narrow(pc.utf8_trim_whitespace(counts.field(0))))
    present = pc.and_kleene(pc.is_valid(words), pc.invert(pc.is_in(words, strings(MISSING))))
    may_be = pc.and_kleene(present, pc.match_substring_regex(words, "[0-9]|inf"))
    have = pc.sum(rows.filter(present)).as_py() or 0
    return (pc.sum(rows.filter(may_be)).as_py() or 0) < SURE * have


def _rewritten(texts: pa.Array, decimal: str) -> tuple[pa.Array, str]:
    """The same numbers as Python writes them, and how they were written."""
    forms = []
    brackets = _matches(texts, BRACKETS)
    if pc.any(brackets).as_py():
        negative = pc.replace_substring_regex(texts, r"^\((.*)\)$", r"-\1")
        negative = pc.replace_substring_regex(negative, r"^-([$€£¥₩])\s*", r"\1-")
        texts = pc.if_else(brackets, negative, texts)
        forms.append("negative ones in brackets")
    first = next((t for t in texts.slice(0, 1000).to_pylist() if t), "")
    if match := UNIT.fullmatch(first):
        unit = match[2] or match[3]
        if unit.lower() not in ("e", "inf", "nan", "na") and _share(texts, unit) >= SURE:
            texts = pc.utf8_trim_whitespace(pc.replace_substring(texts, unit, ""))
            forms.append("percent" if unit == "%" else f"with the unit {unit}")
    blanks = _matches(texts, BLANK_THOUSANDS)
    if pc.any(blanks).as_py():
        joined = pc.replace_substring_regex(texts, BLANKS, "")
        texts = pc.if_else(blanks, joined, texts)
        forms.append("thousands apart")
    pattern = COMMA_DECIMAL if decimal == "," else COMMA_THOUSANDS
    if decimal == ",":
        dotted = _matches(texts, DOT_THOUSANDS)
        texts = pc.if_else(dotted, pc.replace_substring(texts, ".", ""), texts)
    commas = _matches(texts, pattern)
    if pc.any(commas).as_py():
        mark = "." if decimal == "," else ""
        texts = pc.if_else(commas, pc.replace_substring(texts, ",", mark), texts)
        forms.append("decimal comma" if decimal == "," else "commas between thousands")
    return texts, ", ".join(forms)


def _share(texts: pa.Array, unit: str) -> float:
    present = len(texts) - texts.null_count
    having = pc.sum(pc.match_substring(texts, unit)).as_py() or 0
    return having / max(1, present)


def _matches(texts: pa.Array, pattern: str) -> pa.Array:
    return pc.coalesce(pc.match_substring_regex(texts, pattern), FALSE)
