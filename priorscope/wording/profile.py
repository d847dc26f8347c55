"""A profile in words: each number as a sentence, each network in a few phrases."""

from collections.abc import Iterable, Mapping
from typing import Any

from priorscope.wording import numbers
from priorscope.wording.en.profile import LAYER, NOT, PAGE, PHRASES, SENTENCES

PAGE_WORDS = PAGE
INVARIANT = 0.05  # squared change below which a network is called invariant
UNITS = {"image": "px", "series": "steps", "tokens": "tokens", "vector": "features"}
BANDS = 6

Row = Mapping[str, Any]


def t(key: str, **values: object) -> str:
    """The page's text of `key`."""
    if key not in PAGE:
        raise LookupError(f"The profile's page has no text named {key!r}; add it to en/profile.py.")
    return PAGE[key].format(**values)


def sentence(row: Row, layout: str = "image") -> str:
    """What one number of a profile says.

    row: measure, name, layer, value (an estimate as JSON, or None) and reason.
    """
    value, name = row["value"], str(row["name"])
    if value is None:
        return NOT.format(reason=row.get("reason") or "there is nothing to measure")
    short = name.partition(", ")[2] or name
    words = SENTENCES[_key(str(row["measure"]), name)].format(
        name=name,
        short=short,
        Short=short[:1].upper() + short[1:],
        unit=UNITS.get(layout, "positions"),
        percent=_shares(value),
        share=_shares(value),
        number=numbers.estimate(value),
        count=numbers.count(value["center"]),
    )
    return words if row.get("layer") is None else LAYER.format(layer=row["layer"], sentence=words)


def _key(measure: str, name: str) -> str:
    fits = [key for key in SENTENCES if f"{measure}/{name}".startswith(key)]
    if not fits:
        return _fallback(measure)
    return max(fits, key=len)


def _fallback(measure: str) -> str:
    """Of a measure that a plug-in brings: its name and number."""
    SENTENCES.setdefault(f"{measure}/", "{name}: {number}.")
    return f"{measure}/"


def _shares(value: Mapping[str, Any]) -> str:
    ends = numbers.share_interval(dict(value))
    return numbers.share(value["center"]) + (f" ({ends})" if ends else "")


def phrases(rows: Iterable[Row], layout: str) -> list[str]:
    """What a network does, in a few phrases; what wasn't measured is left out."""
    values = {
        (row["measure"], row["name"]): row["value"]["center"]
        for row in rows
        if row["value"] is not None and row.get("layer") is None
    }
    return [
        *_accuracy(values),
        *_looks(values, UNITS.get(layout, "positions")),
        *_symmetries(values),
        *_uses(values),
    ]


def _accuracy(values: Mapping[tuple[str, str], float]) -> list[str]:
    for measure in ("context", "order", "bands"):
        if (measure, "accuracy") in values:
            return [PHRASES["accuracy"].format(share=numbers.share(values[measure, "accuracy"]))]
    return []


def _looks(values: Mapping[tuple[str, str], float], unit: str) -> list[str]:
    said = []
    for of in ("unit, 50%", "answer, 50%"):
        if ("locality", of) in values and not said:
            side = numbers.count(values["locality", of])
            said.append(PHRASES["looks"].format(side=side, unit=unit))
    if ("locality", "interaction distance") in values:
        share = numbers.share(values["locality", "interaction distance"])
        said.append(PHRASES["pairs"].format(share=share))
    return said


def _symmetries(values: Mapping[tuple[str, str], float]) -> list[str]:
    said = []
    for name in ("shift by 1", "flip left and right", "quarter turn", "reversal"):
        if ("exact-symmetry", name) in values:
            change = values["exact-symmetry", name]
            key = "invariant" if change <= INVARIANT else "variant"
            what = name.removesuffix(" by 1") if key == "invariant" else name
            said.append(PHRASES[key].format(what=what, share=numbers.share(change)))
    return said


def _uses(values: Mapping[tuple[str, str], float]) -> list[str]:
    said = []
    if ("order", "change, 1-grams shuffled") in values:
        change = values["order", "change, 1-grams shuffled"]
        key = "ignores order" if change <= INVARIANT else "reads order"
        said.append(PHRASES[key].format(share=numbers.share(change)))
    if ("attention", "rollout distance") in values:
        equal = values["attention", "distance if equal"]
        share = numbers.share(values["attention", "rollout distance"] / equal)
        said.append(PHRASES["attention"].format(share=share))
    stops = {b: values.get(("bands", f"change, stop band {b}")) for b in range(1, BANDS + 1)}
    moved = {b: change for b, change in stops.items() if change is not None}
    if moved and max(moved.values()) > 0:
        band = max(moved, key=lambda b: moved[b])
        said.append(PHRASES["frequencies"].format(band=band, bands=BANDS))
    before = values.get(("context", "accuracy"))
    for key, name in (("texture", "texture suppressed"), ("shape", "shape suppressed")):
        after = values.get(("context", f"accuracy, {name}"))
        if before is not None and after is not None:
            shares = {"before": numbers.share(before), "after": numbers.share(after)}
            said.append(PHRASES[key].format(**shares))
    return said
