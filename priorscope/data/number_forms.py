"""How people write numbers: digits of other scripts, currencies, negative ones, times of day."""

import re
import unicodedata

import numpy as np
import pyarrow as pa

from priorscope.data.arrow import FALSE, codes_of, holds_byte, pc, strings

CURRENCY = "$€£¥₩₹₽₺₴₪฿₫￥￦"
CODES = (
    "USD|EUR|GBP|JPY|KRW|CNY|INR|CHF|AUD|CAD|HKD|SGD|RUB|BRL|MXN|SEK|NOK|DKK|PLN|TRY|ZAR|THB|"
    "VND|NZD|TWD|IDR|Rs|R\\$"
)
BEFORE = rf"(?:[{CURRENCY}]|{CODES})"
LETTERS = "[^\\W\\d_]"  # Python's; RE2 has [[:alpha:]] for those of ASCII
BEHIND = rf"[%‰°{CURRENCY}]|°?{LETTERS}{{1,6}}[²³]?(?:/{LETTERS}{{1,4}}[²³]?)?"
UNIT = re.compile(
    rf"(?:({BEFORE})\s*)?[-+]?[.,]?\d(?:[\d.,'_\u00a0\u202f ]*\d)?(?:[eE][-+]?\d+)?\s*({BEHIND})?"
)
NO_UNITS = ("e", "inf", "nan", "na")
BLANKS = "[ '_\u00a0\u202f\u2009]"
BLANK_THOUSANDS = rf"^[-+]?\d{{1,3}}({BLANKS}\d{{3}})+([.,]\d*)?$"
BRACKETS = rf"^\([{CURRENCY}]?\s*\d[\d.,]*\)$"  # what accountants write for a negative number
MINUS_BEHIND = r"^\d[\d.,]*-$"  # as some programs for accounting export it
# as spreadsheets keep text from being read as a number, and in quotation marks of a typeface
QUOTED = r"""^=?["“”„«'‘’`]+\s*([-+]?[.,]?\d[^"“”„«»'‘’`]*?)\s*["“”»'‘’`]*$"""
FORTRAN = r"^[-+]?(\d+[.,]?\d*|[.,]\d+)[dD][-+]?\d+$"
MARKS = dict(zip("．，－＋٫٬−–％٪’", ".,-+.,--%%'", strict=True))
TIME = re.compile(
    r"(?:(\d+) days?,? )?(\d{1,3}):([0-5]\d)(?::([0-5]\d(?:\.\d+)?))?(?:\s*([ap])\.?m\.?)?"
    r"|(\d{1,2})\s*([ap])\.?m\.?",
    re.IGNORECASE,
)
TRIED = 50  # values that show whether a column holds times
SAMPLE = 1000  # values that show which digits a column is written in
SURE = 0.95


def narrow(texts: pa.Array) -> pa.Array:
    """Digits and marks of other scripts (full width, Arabic, Devanagari, ...) as ASCII's."""
    if pc.all(pc.string_is_ascii(texts)).as_py() is not False:
        return texts
    used = set("".join(v or "" for v in texts.slice(0, SAMPLE).to_pylist()))
    if not used & MARKS.keys() and not any(c.isdecimal() and not c.isascii() for c in used):
        return texts
    for character in sorted(used):
        if character in MARKS:
            texts = pc.replace_substring(texts, character, MARKS[character])
        elif character.isdecimal() and not character.isascii():
            zero = chr(ord(character) - unicodedata.decimal(character))
            for digit in range(10):  # also those that the first values lack
                texts = pc.replace_substring(texts, chr(ord(zero) + digit), str(digit))
    return texts


def rewritten(texts: pa.Array) -> tuple[pa.Array, list[str]]:
    """Numbers without units, blanks between thousands and odd signs, and how they were written."""
    forms = []
    quoted = matches(texts, QUOTED)
    if pc.any(quoted).as_py():
        texts = pc.if_else(quoted, pc.replace_substring_regex(texts, QUOTED, r"\1"), texts)
        forms.append("in quotation marks")
    brackets = matches(texts, BRACKETS, b"(")
    if pc.any(brackets).as_py():
        negative = pc.replace_substring_regex(texts, r"^\((.*)\)$", r"-\1")
        negative = pc.replace_substring_regex(negative, rf"^-([{CURRENCY}])\s*", r"\1-")
        texts = pc.if_else(brackets, negative, texts)
        forms.append("negative ones in brackets")
    first = next((t for t in texts.slice(0, SAMPLE).to_pylist() if t), "")
    if match := UNIT.fullmatch(first):
        units = [u for u in match.groups() if u and u.lower() not in NO_UNITS]
        units = [unit for unit in units if _share(texts, unit) >= SURE]
        for unit in units:
            texts = pc.utf8_trim_whitespace(pc.replace_substring(texts, unit, ""))
        if units:
            named = " and ".join(units)
            forms.append("percent" if named == "%" else f"with the unit {named}")
    for pattern, byte, replaced, instead, form in (
        (MINUS_BEHIND, b"-", r"^(.*)-$", r"-\1", "negative ones with the minus behind"),
        (FORTRAN, b"", "[dD]", "e", "exponents of Fortran"),
        (BLANK_THOUSANDS, b"", BLANKS, "", "thousands apart"),
    ):
        which = matches(texts, pattern, byte)
        if pc.any(which).as_py():
            texts = pc.if_else(which, pc.replace_substring_regex(texts, replaced, instead), texts)
            forms.append(form)
    return texts, forms


def times_of(texts: pa.Array, least: float) -> np.ndarray | None:
    """(rows,) float64 seconds of times of day and durations (hours first), NaN for all else.

    None where fewer than `least` of the values that aren't null are such.
    """
    tried = [v for v in texts.slice(0, SAMPLE).to_pylist() if v][:TRIED]
    if not tried or sum(bool(TIME.fullmatch(v)) for v in tried) < SURE * len(tried):
        return None
    encoded = texts.dictionary_encode()
    table = np.array([_seconds(v) for v in encoded.dictionary.to_pylist()] + [np.nan])
    seconds = table[codes_of(encoded)]
    present = len(texts) - texts.null_count
    return seconds if np.isfinite(seconds).sum() >= least * present else None


def _seconds(text: str) -> float:
    match = TIME.fullmatch(text)
    if match is None:
        return np.nan
    days, hours, minutes, seconds, half, hour, other_half = match.groups()
    half = (half or other_half or "").lower()
    count = float(hours or hour)
    if half:
        count = count % 12 + 12 * (half == "p")
    return 86400 * float(days or 0) + 3600 * count + 60 * float(minutes or 0) + float(seconds or 0)


def matches(texts: pa.Array, pattern: str, byte: bytes = b"") -> pa.Array:
    """(rows,) bool, whether the pattern is found; false where a text is null.

    byte: a character without which it can't be found, which is faster looked for; b"" for none.
    """
    if byte and not holds_byte(texts, byte):
        return pa.repeat(FALSE, len(texts))
    return pc.coalesce(pc.match_substring_regex(texts, pattern), FALSE)


def either(texts: pa.Array, words: tuple[str, ...]) -> pa.Array:
    """(rows,) bool, whether a text is one of the words, in lower case."""
    return pc.is_in(pc.utf8_lower(texts), value_set=strings(words))


def _share(texts: pa.Array, unit: str) -> float:
    present = len(texts) - texts.null_count
    having = pc.sum(pc.match_substring(texts, unit)).as_py() or 0
    return having / max(1, present)
