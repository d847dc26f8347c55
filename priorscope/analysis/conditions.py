"""What tells the conditions of a verdict apart that came out one way from those of the other."""

import itertools
import re
from collections.abc import Mapping, Sequence

COMPARED, DATA, LABELS, DISTANCE = FACTORS = ("compared", "data", "labels", "distance")
_AT = {LABELS: re.compile(r"n = .*"), DISTANCE: re.compile(r"distance .*")}


def factors(label: str) -> dict[str, str]:
    """What a condition is, by `FACTORS`: `mlp − cnn, digits, distance 1, n = 60` has all four.

    What is compared stands first; what is neither a size nor a distance after it are the data.
    """
    first, *rest = re.split(r", |: ", label)
    out = {COMPARED: first}
    for part in rest:
        name = next((name for name, pattern in _AT.items() if pattern.fullmatch(part)), DATA)
        out[name] = f"{out[name]}, {part}" if name in out else part
    return out


def told_apart_by(yes: Sequence[str], no: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The fewest factors that differ between all conditions of one side and all of the other.

    yes, no: labels of conditions. Returns alternatives, each of as many factors: one of
    ("data",) and ("labels",) where each alone tells them apart, so that nothing says which it is;
    nothing where all factors together don't.
    """
    sides = [list(map(factors, side)) for side in (yes, no)]
    for count in range(1, len(FACTORS) + 1):
        ways = tuple(
            names for names in itertools.combinations(FACTORS, count) if _apart(sides, names)
        )
        if ways:
            return ways
    return ()


def _apart(sides: Sequence[Sequence[Mapping[str, str]]], names: Sequence[str]) -> bool:
    first, second = ({tuple(one.get(name) for name in names) for one in side} for side in sides)
    return bool(first and second) and not first & second
