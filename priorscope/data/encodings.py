"""Bytes to text: the encoding is declared, certain, or refused with the candidates."""

import codecs
import re
from contextlib import suppress

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BINARY = {  # how files begin that aren't text
    b"\x1f\x8b": "gzip", b"PK\x03\x04": "a .zip or .xlsx", b"BZh9": "bzip2", b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstandard", b"%PDF": "a PDF", b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image", b"PAR1": "Parquet", b"ARROW1": "Arrow", b"\x93NUMPY": "NumPy",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file", b"SQLite format 3": "a data base",
    b"\x89HDF": "HDF5",
}  # fmt: skip
CANDIDATES = ("cp949", "shift_jis", "euc_jp", "gb18030", "big5", "cp1252", "cp1251", "koi8-r",
              "cp1250", "cp1254")  # fmt: skip
ENOUGH = 12  # characters beyond ASCII that make a guess confident
WESTERN = re.compile(r"[äöüßÄÖÜéèêëÉÈáàâãåÁÀÂÅçÇíìîïóòôõúùûñÑøØæÆœ°§€£µ²³½«»‘’“”–—…·\xa0]")
EVIDENCE = 2**20  # bytes that are judged


def decode(name: str, raw: bytes, encoding: str = "") -> tuple[str, str]:
    """(text, encoding) of a file's whole content.

    name: of the file, for the sentence.
    encoding: what the user says; "" decides: a byte order mark, UTF-8 where it is valid, UTF-16
        where every other byte is 0, Korean, Japanese or Western where the characters leave
        no doubt.

    Raises:
        LookupError: if Python has no encoding of that name.
        ValueError: if the bytes are not in this encoding, or several are possible.
    """
    if encoding:
        try:
            return raw.decode(codecs.lookup(encoding).name), encoding
        except LookupError as error:
            raise LookupError(
                f"There is no encoding {encoding!r}; there are utf-8, utf-16, "
                f"{', '.join(CANDIDATES)} and Python's others."
            ) from error
        except UnicodeError as error:
            raise ValueError(f"{name} is not {encoding}: {error}; try another.") from error
    what = next((what for mark, what in BINARY.items() if raw.startswith(mark)), "")
    if what:
        raise ValueError(f"{name} holds {what}, not text; give it the ending of its kind.")
    chosen = next((encoding_name for mark, encoding_name in BOMS if raw.startswith(mark)), "")
    chosen = chosen or _without_mark(raw)
    if not chosen:
        with suppress(UnicodeDecodeError):
            return raw.decode(), "utf-8"
        chosen = _guess(name, raw)
    try:
        return raw.decode(chosen), chosen
    except UnicodeError as error:
        raise ValueError(
            f"{name} can't be read as {chosen}: {error}; name its --encoding."
        ) from error


def _without_mark(raw: bytes) -> str:
    """UTF-16 by its zeros, Japanese or Korean by their shifts between ASCII, else ""."""
    head = raw[:EVIDENCE]
    if head.isascii() and (b"\x1b$" in head or b"\x0e" in head):
        for shifting in ("iso2022_jp", "iso2022_kr"):
            with suppress(UnicodeDecodeError):
                if not head.decode(shifting).isascii():
                    return shifting
    if len(head) >= 4 and head.count(0) > len(head) / 4:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        return "utf-16-le" if odd > even else "utf-16-be"
    return ""


def _guess(name: str, raw: bytes) -> str:
    """An encoding whose characters leave no doubt.

    Raises:
        ValueError: with a sample in each encoding that is possible.
    """
    sample = raw[:EVIDENCE]
    sample = sample[: sample.rfind(b"\n") + 1] or sample
    texts = {}
    for candidate in CANDIDATES:
        try:
            texts[candidate] = sample.decode(candidate)
        except UnicodeDecodeError:
            continue
    for candidate, is_sure in (
        ("shift_jis", _japanese),
        ("euc_jp", _japanese),
        ("cp949", _korean),
        ("cp1252", _western),
    ):
        if candidate in texts and is_sure(texts[candidate], sample):
            return candidate
    shown = "; ".join(f"{key}: {_snippet(text)!r}" for key, text in texts.items())
    where = next(i for i, byte in enumerate(sample) if byte > 127)
    raise ValueError(
        f"{name} can't be read as UTF-8 (first: byte {where}), and its encoding is not certain; "
        f"name it with --encoding. As {shown or 'none of the usual encodings'}."
    )


def _korean(text: str, sample: bytes) -> bool:
    """Common syllables alone, and too many for Chinese to never use its other half of the codes."""
    beyond = [c for c in text if ord(c) > 127]
    syllables = [c for c in beyond if "가" <= c <= "힣"]
    leads = {c.encode("cp949")[0] for c in syllables}
    common = all(0xB0 <= lead <= 0xC8 for lead in leads)
    return len(set(syllables)) >= ENOUGH and len(syllables) > 0.8 * len(beyond) and common


def _japanese(text: str, sample: bytes) -> bool:
    beyond = [c for c in text if ord(c) > 127]
    kana = sum("ぁ" <= c <= "ヿ" for c in beyond)
    return len(beyond) >= ENOUGH and kana > 0.3 * len(beyond)


def _western(text: str, sample: bytes) -> bool:
    """Letters of Western Europe, one or two at a time beside ASCII letters."""
    if len(WESTERN.findall(text)) != sum(ord(c) > 127 for c in text):
        return False
    runs = re.findall(rb"[A-Za-z]?[\x80-\xff]+[A-Za-z]?", sample)
    touching = [run for run in runs if run[0] < 128 or run[-1] < 128]
    short = [run for run in runs if sum(byte > 127 for byte in run) <= 2]
    return len(touching) >= 0.8 * len(runs) and len(short) >= 0.9 * len(runs)


def _snippet(text: str) -> str:
    """A few characters around the first one beyond ASCII."""
    first = next((i for i, c in enumerate(text) if ord(c) > 127), 0)
    return text[max(0, first - 8) : first + 12].replace("\n", " ")
