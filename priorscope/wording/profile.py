"""A profile in words: each number as a sentence, each network in a few phrases."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from types import ModuleType
from typing import Any

from priorscope.wording import numbers
from priorscope.wording.en import profile as english
from priorscope.wording.en.profile_page import PAGE as ENGLISH_PAGE
from priorscope.wording.ko import profile as korean
from priorscope.wording.ko.profile_page import PAGE as KOREAN_PAGE
from priorscope.wording.language import Language, spoken
from priorscope.wording.page import english as in_english
from priorscope.wording.particles import filled
from priorscope.wording.stored import pattern_of, retold

WORDS: dict[Language, ModuleType] = {"en": english, "ko": korean}
PAGES: dict[Language, Mapping[str, str]] = {"en": ENGLISH_PAGE, "ko": KOREAN_PAGE}
INVARIANT = 0.05  # squared change below which a network is called invariant
BANDS = 6
SHORT_PATH = 2  # parts of a path that are shown at least
STATES = ("untrained", "trained")  # of a learner's network

Row = Mapping[str, Any]


def t(key: str, **values: object) -> str:
    """The page's text of `key`; English where nobody translated it."""
    text = PAGES[spoken()].get(key) or ENGLISH_PAGE.get(key)
    if text is None:
        raise LookupError(
            f"The profile's page has no text named {key!r}; add it to profile_page.py in "
            "wording/en/ and wording/ko/."
        )
    return filled(text, values)


def viewer_words() -> dict[str, str]:
    """What the script of the attention viewer says."""
    keys = [key for key in ENGLISH_PAGE if key.startswith("viewer.")]
    texts = {**ENGLISH_PAGE, **PAGES[spoken()]}
    return {key.removeprefix("viewer."): texts[key] for key in keys}


def sentence(row: Row, layout: str = "image") -> str:
    """What one number of a profile says.

    row: measure, name, layer, value (an estimate as JSON, or None) and reason.
    """
    words, value, name = WORDS[spoken()], row["value"], str(row["name"])
    if value is None:
        reason = row.get("reason") or in_english("probe.nothing")
        if (said := retold(reason)) == reason:  # it may be a sentence without its full stop
            said = retold(f"{reason}.").removesuffix(".")
        return filled(words.NOT, {"reason": said})
    short = short_name(name.partition(", ")[2] or name)
    values = {
        "name": name_of(name),
        "what": name_of(name.partition(", ")[0]),
        "band": name.rpartition(" ")[2],
        "short": short,
        "Short": short[:1].upper() + short[1:],
        "unit": _unit(layout, value["center"]),
        "percent": _shares(value),
        "share": _shares(value),
        "number": numbers.estimate(value),
        "count": numbers.count(value["center"]),
    }
    said = filled(_template(str(row["measure"]), _case(row, layout)), values)
    if row.get("layer") is None:
        return said
    return filled(words.LAYER, {"layer": row["layer"], "sentence": said})


def name_of(name: str) -> str:
    """What a number is called: `shift by 1` -> `1칸 이동`; names of plug-ins stay as they are."""
    if spoken() == "en":
        return name
    for pattern, own in _names():
        if match := pattern.fullmatch(name):
            parts = {k: name_of(v) if k == "rest" else v for k, v in match.groupdict().items()}
            return filled(own, parts)
    return name


def short_name(name: str) -> str:
    """What a change is called behind `accuracy, `."""
    return korean.SHORT.get(name, name_of(name)) if spoken() == "ko" else name


def network_name(name: str) -> str:
    """What a network is called: `cnn, untrained` -> `cnn, 학습 전`."""
    model, _, state = name.rpartition(", ")
    return f"{model}, {t(state)}" if model and state in STATES else name


def network_names(names: Iterable[str]) -> dict[str, str]:
    """What networks are called side by side: of long paths the end that tells them apart."""
    names = list(names)
    shown = {name: network_name(name.rstrip("/")) for name in names}
    paths = {name: name.rstrip("/").split("/") for name in names if "/" in name}
    for name, parts in paths.items():
        others = [other for other in names if other != name]
        for count in range(min(SHORT_PATH, len(parts)), len(parts)):
            end = "/".join(parts[-count:])
            if not any(f"/{other.rstrip('/')}".endswith(f"/{end}") for other in others):
                shown[name] = network_name(end)
                break
    return shown


def measure_name(measure: str) -> str:
    """What a measure is called in a table."""
    return korean.MEASURES.get(measure, measure) if spoken() == "ko" else measure


@cache
def _names() -> list[tuple[re.Pattern[str], str]]:
    return [(pattern_of(name), own) for name, own in korean.NAMES]


def _case(row: Row, layout: str) -> str:
    """The number's name; or that of a case which has a sentence of its own."""
    measure, name, layer = str(row["measure"]), str(row["name"]), row.get("layer")
    of, _, how = name.partition(", ")
    if measure == "lie-derivative" and how in ("identity control", "blur control", "arises here"):
        return "arises behind" if how == "arises here" and layer is None else how
    if measure in ("lie-derivative", "exact-symmetry") and layer is not None:
        return "layer"
    if measure == "locality" and layout != "image" and how:
        return f"{of} along"
    return name


def _template(measure: str, name: str) -> str:
    """The longest key that fits decides; measures that a plug-in brings have none."""
    fitting = [key for key in english.SENTENCES if f"{measure}/{name}".startswith(key)]
    if not fitting:
        return WORDS[spoken()].OTHER
    key = max(fitting, key=len)
    return WORDS[spoken()].SENTENCES.get(key, english.SENTENCES[key])


def _phrase(key: str, **values: object) -> str:
    return filled(WORDS[spoken()].PHRASES.get(key, english.PHRASES[key]), values)


def _unit(layout: str, count: float | None) -> str:
    """What positions are called; of one alone, in English without its s."""
    units = WORDS[spoken()].UNITS
    unit = units.get(layout, units["other"])
    return unit.removesuffix("s") if count == 1 else unit


def _shares(value: Mapping[str, Any]) -> str:
    ends = numbers.share_interval(dict(value))
    return numbers.share(value["center"]) + (f" ({ends})" if ends else "")


def phrases(rows: Iterable[Row], layout: str) -> list[str]:
    """What a network does, in a few phrases; what wasn't measured is left out.

    Where nothing could be measured, why.
    """
    rows = list(rows)
    values = {
        (row["measure"], row["name"]): row["value"]["center"]
        for row in rows
        if row["value"] is not None and row.get("layer") is None
    }
    if not any(row["value"] for row in rows):
        return list(dict.fromkeys(str(row["sentence"]).rstrip(".") for row in rows))
    return [
        *_accuracy(values),
        *_looks(values, layout),
        *_symmetries(values),
        *_uses(values),
    ]


def _accuracy(values: Mapping[tuple[str, str], float]) -> list[str]:
    for measure in ("context", "order", "bands"):
        if (measure, "accuracy") in values:
            return [_phrase("accuracy", share=numbers.share(values[measure, "accuracy"]))]
    return []


def _looks(values: Mapping[tuple[str, str], float], layout: str) -> list[str]:
    """Of the answer, which every network has, so that networks can be laid side by side."""
    said = []
    if (count := values.get(("locality", "answer, 50%"))) is not None:
        unit = _unit(layout, count)
        said.append(_phrase("looks", side=numbers.count(count), unit=unit))
    if ("locality", "interaction distance") in values:
        share = numbers.share(values["locality", "interaction distance"])
        said.append(_phrase("pairs", share=share))
    return said


def _symmetries(values: Mapping[tuple[str, str], float]) -> list[str]:
    said = []
    for name in ("shift by 1", "flip left and right", "quarter turn", "reversal"):
        if ("exact-symmetry", name) in values:
            change = values["exact-symmetry", name]
            key = "invariant" if change <= INVARIANT else "variant"
            what = name.removesuffix(" by 1") if key == "invariant" else name
            key = "invariant, several words" if key == "invariant" and " " in what else key
            said.append(_phrase(key, what=name_of(what), share=numbers.share(change)))
    return said


def _uses(values: Mapping[tuple[str, str], float]) -> list[str]:
    said = []
    if ("order", "change, 1-grams shuffled") in values:
        change = values["order", "change, 1-grams shuffled"]
        key = "ignores order" if change <= INVARIANT else "reads order"
        said.append(_phrase(key, share=numbers.share(change)))
    if ("attention", "rollout distance") in values:
        equal = values["attention", "distance if equal"]
        share = numbers.share(values["attention", "rollout distance"] / equal)
        said.append(_phrase("attention", share=share))
    stops = {b: values.get(("bands", f"change, stop band {b}")) for b in range(1, BANDS + 1)}
    moved = {b: change for b, change in stops.items() if change is not None}
    if moved and max(moved.values()) > 0:
        band = max(moved, key=lambda b: moved[b])
        said.append(_phrase("frequencies", band=band, bands=BANDS))
    for key, name in (("texture", "texture suppressed"), ("shape", "shape suppressed")):
        after = values.get(("context", f"accuracy, {name}"))
        if after is not None:
            said.append(_phrase(key, share=numbers.share(after)))
    return said
