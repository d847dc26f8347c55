"""Text to numbers: decimal commas, thousands, percent signs, units, words for what is missing."""

import dataclasses
import re
from contextlib import suppress

import numpy as np
import pyarrow as pa

from priorscope.data.arrow import FALSE, NULL, holds_byte, numbers_of, pc, strings
from priorscope.data.number_forms import (
    BEFORE,
    BLANK_THOUSANDS,
    BLANKS,
    CURRENCY,
    either,
    matches,
    narrow,
    rewritten,
    times_of,
)

MISSING = (
    "", "nan", "-nan", "none", "null", "nil", "na", "n/a", "n.a.", "#n/a", "#n/a n/a", "#na",
    "<na>", "?", "-", "--", "---", ".", "..", "…", "missing", "#value!", "#div/0!", "#ref!",
    "#null!", "#num!", "1.#ind", "1.#qnan", "-1.#ind", "-1.#qnan", "–", "—", "−", "n/d", "n.d.",
    "k.a.", "k. a.", "#n/v", "no data", "not available", "없음", "미상",
    "\\n", "(null)", "<null>", "(none)", "(na)", "#name?", "n.v.",
)  # fmt: skip
SURE = 0.95  # share of the values that are numbers, from which on a column is numeric
SAMPLE = 1000  # values that show whether a column repeats a few
GUESS_AT_LEAST = 20  # values: fewer must all be numbers
INFINITE = ("inf", "-inf", "+inf", "infinity", "-infinity")
MARKS = 2  # words without a digit that numbers may be mixed with: each means "missing"
PLAIN = r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"
COMMA_THOUSANDS = r"^[-+]?\d{1,3}(,\d{2,3})*,\d{3}(\.\d*)?$"  # also 12,34,567, as in India
COMMA_DECIMAL = r"^[-+]?\d*,\d+([eE][-+]?\d+)?$"
DOT_THOUSANDS = r"^[-+]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?$"
DOTTED = r"^[-+]?\d*\.[\d.]*([eE][-+]?\d+)?$"  # no comma, which says that dots part thousands
# a comma that only a decimal or only a thousands mark can be
SURELY_DECIMAL = (
    r"^[-+]?(0\d*,\d+|\d*,(\d{1,2}|\d{4,})|\d{4,},\d+|,\d+|\d{1,3}(\.\d{3})+,\d+|"
    r"\d*,\d+[eE][-+]?\d+)$"
)
SURELY_THOUSANDS = r"^[-+]?\d{1,3}((,\d{2,3})+,\d{3}(\.\d*)?|,\d{3}\.\d*)$"
AROUND = (
    rf"^\s*{BEFORE}?\s*|"
    rf"\s*([%‰°{CURRENCY}]|°?[[:alpha:]µ]{{1,6}}[²³]?(/[[:alpha:]]{{1,4}}[²³]?)?)?\s*$"
)
SURE_POINT = re.compile(r"[-+]?(0\.\d+|\d*\.(\d{1,2}|\d{4,}))([eE][-+]?\d+)?")
WITH_COMMA = r"^[-+]?[\d.]*,[\d,.]*([eE][-+]?\d+)?$"


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
    apart = matches(plain, BLANK_THOUSANDS)
    if pc.any(apart).as_py():
        plain = pc.if_else(apart, pc.replace_substring_regex(plain, BLANKS, ""), plain)
    commas = plain.filter(pc.coalesce(pc.match_substring_regex(plain, WITH_COMMA), FALSE))
    if not len(commas):
        return 0, 0, 0
    decimal = pc.sum(pc.match_substring_regex(commas, SURELY_DECIMAL)).as_py() or 0
    thousands = pc.sum(pc.match_substring_regex(commas, SURELY_THOUSANDS)).as_py() or 0
    either = pc.sum(pc.match_substring_regex(commas, r"^[-+]?[1-9]\d{0,2},\d{3}$")).as_py() or 0
    return decimal, thousands, either


def dots_part_thousands(texts: pa.Array) -> bool:
    """Whether points part thousands wherever a decimal mark is the comma: none can be one itself.

    As 1.200 beside 900, but neither 0.123 nor 1.25 anywhere.
    """
    if texts.type != pa.string() or not holds_byte(texts, b"."):
        return False
    if any(SURE_POINT.fullmatch(v or "") for v in texts.slice(0, SAMPLE).to_pylist()):
        return False  # as nearly every column of decimals, without a pattern for Arrow to compile
    plain = pc.replace_substring_regex(texts, AROUND, "")
    dotted = plain.filter(matches(plain, DOTTED))
    if not len(dotted):
        return bool(pc.any(matches(plain, DOT_THOUSANDS)).as_py())
    return bool(pc.all(matches(dotted, DOT_THOUSANDS)).as_py())


def parse_numbers(texts: pa.Array, decimal: str) -> Numbers | None:
    """The numbers of a column of text, or None where fewer than 95% of the values are numbers.

    decimal: "," where commas are decimal marks, else "." (then commas part thousands).
    """
    thousands = decimal == "," and dots_part_thousands(texts)
    with suppress(pa.ArrowInvalid):  # most columns are nothing but plain numbers
        if not thousands:
            pc.cast(texts.slice(0, SAMPLE), pa.float64())  # a cast that fails goes through all rows
            return Numbers(numbers_of(pc.cast(texts, pa.float64())))
    if _few_words(texts):
        return None
    texts = narrow(pc.utf8_trim_whitespace(texts))
    texts = pc.if_else(either(texts, MISSING), NULL, texts)
    present = len(texts) - texts.null_count
    if not present:
        return None
    plain = matches(texts, PLAIN)
    form = ""
    if decimal == "," or pc.sum(plain).as_py() < present:
        least = SURE if present >= GUESS_AT_LEAST else 1.0
        if (seconds := times_of(texts, least)) is not None:
            return _times(texts, seconds)
        texts, form = _rewritten(texts, decimal)
        plain = matches(texts, PLAIN) if form else plain
    good = pc.or_(plain, pc.coalesce(either(texts, INFINITE), FALSE))
    count = pc.sum(good).as_py() or 0
    odd = pc.value_counts(texts.filter(pc.and_(pc.invert(good), pc.is_valid(texts)))).to_pylist()
    few = count < SURE * present or (count < present and present < GUESS_AT_LEAST)
    if few and not _are_marks(odd, texts.filter(good), present):
        return None
    values = pc.cast(pc.if_else(good, texts, NULL), pa.float64())
    words = sorted(odd, key=lambda item: -item["counts"])
    return Numbers(
        numbers_of(values), tuple(item["values"] for item in words[:5]), present - count, form
    )


def _times(texts: pa.Array, seconds: np.ndarray) -> Numbers:
    rows = np.flatnonzero(np.isnan(seconds)).tolist()
    odd = [text for text in (texts[row].as_py() for row in rows) if text is not None]
    return Numbers(seconds, tuple(dict.fromkeys(odd))[:5], len(odd), "times in seconds")


def _are_marks(odd: list[dict], numbers: pa.Array, present: int) -> bool:
    """Whether what is no number is a word or two for what is missing, whatever the language.

    Half of the values at least must be numbers, and too many different ones for categories.
    """
    if not 0 < len(odd) <= MARKS or 2 * len(numbers) < present:
        return False
    if any(any(c.isdigit() for c in item["values"]) for item in odd):
        return False
    return pc.count_distinct(numbers).as_py() > GUESS_AT_LEAST


def _few_words(texts: pa.Array) -> bool:
    """Whether a column repeats a few values, of which more than 5% of the rows hold no number.

    Categories end here, judged by their distinct values: a number has a digit, or is infinite.
    """
    if len(texts) < 2 * SAMPLE or pc.count_distinct(texts.slice(0, SAMPLE)).as_py() > SAMPLE / 2:
        return False
    counts = pc.value_counts(texts)
    rows = counts.field(1)
    words = pc.utf8_lower(narrow(pc.utf8_trim_whitespace(counts.field(0))))
    present = pc.and_kleene(pc.is_valid(words), pc.invert(pc.is_in(words, strings(MISSING))))
    may_be = pc.and_kleene(present, pc.match_substring_regex(words, "[0-9]|inf"))
    have = pc.sum(rows.filter(present)).as_py() or 0
    others = (pc.sum(present).as_py() or 0) - (pc.sum(may_be).as_py() or 0)
    numbers = pc.sum(rows.filter(may_be)).as_py() or 0
    return numbers < (0.5 if others <= MARKS else SURE) * have


def _rewritten(texts: pa.Array, decimal: str) -> tuple[pa.Array, str]:
    """The same numbers as Python writes them, and how they were written."""
    texts, forms = rewritten(texts)
    pattern = COMMA_DECIMAL if decimal == "," else COMMA_THOUSANDS
    if decimal == ",":
        dotted = matches(texts, DOT_THOUSANDS)
        if pc.any(dotted).as_py() and dots_part_thousands(texts):
            texts = pc.if_else(dotted, pc.replace_substring(texts, ".", ""), texts)
            forms.append("points between thousands")
    commas = matches(texts, pattern, b",")
    if pc.any(commas).as_py():
        mark = "." if decimal == "," else ""
        texts = pc.if_else(commas, pc.replace_substring(texts, ",", mark), texts)
        forms.append("decimal comma" if decimal == "," else "commas between thousands")
    return texts, ", ".join(forms)
