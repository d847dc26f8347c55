"""What the cheap measures of a comparison say of one learner, in sentences."""

from collections.abc import Mapping

from priorscope.wording import numbers

INVARIANT = 0.05  # squared change up to which a change of the input is called ignored
NAMES = {
    "shift": "a shift by one position",
    "mirror": "mirroring",
    "rotation": "a quarter turn",
    "reversal": "reversal",
    "order": "the order of its input",
}
Values = Mapping[tuple[str, str], float]


def behaviour(values: Values) -> list[str]:
    """Sentences about (measure, quantity) -> value; none where nothing was measured."""
    return [*_symmetry(values), *_frequency(values), *_attention(values)]


def _symmetry(values: Values) -> list[str]:
    changes = {q: v for (m, q), v in values.items() if m == "symmetry" and q in NAMES}
    ignored = [NAMES[q] for q, v in changes.items() if v <= INVARIANT]
    felt = [f"{NAMES[q]} ({numbers.share(v)})" for q, v in changes.items() if v > INVARIANT]
    said = []
    if ignored:
        said.append(f"It ignores {_listed(ignored)}.")
    if felt:
        said.append(
            f"Its answers move after {_listed(felt)}; 100% is as far as to another example's."
        )
    return said


def _frequency(values: Values) -> list[str]:
    bands = {q: v for (m, q), v in values.items() if m == "frequency"}
    if len(bands) < 2 or not max(bands.values()) > 0:
        return []
    first = max(bands, key=lambda q: bands[q])
    share = numbers.share(bands[first])
    return [f"It relies most on {first} frequencies: without them its answers move by {share}."]


def _attention(values: Values) -> list[str]:
    blocks = [v for (m, _), v in values.items() if m == "attention-distance"]
    if not blocks:
        return []
    shares = f"{numbers.share(blocks[0])}"
    if len(blocks) > 1:
        shares += f" in its first block and {numbers.share(blocks[-1])} in its last"
    return [f"Its attention reaches {shares} as far as if it attended to all alike."]


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
