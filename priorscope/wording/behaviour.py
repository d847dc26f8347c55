"""What the cheap measures of a comparison say of one learner, in sentences."""

from collections.abc import Mapping

from priorscope.wording import numbers
from priorscope.wording.page import TEXTS, listed, t

INVARIANT = 0.05  # squared change up to which a change of the input is called ignored
CHANGES = ("shift", "mirror", "rotation", "reversal", "order")
Values = Mapping[tuple[str, str], float]


def behaviour(values: Values) -> list[str]:
    """Sentences about (measure, quantity) -> value; none where nothing was measured."""
    return [*_symmetry(values), *_frequency(values), *_attention(values)]


def _symmetry(values: Values) -> list[str]:
    changes = {q: v for (m, q), v in values.items() if m == "symmetry" and q in CHANGES}
    ignored = [t(f"behaviour.{q}") for q, v in changes.items() if v <= INVARIANT]
    felt = [
        t("behaviour.change", change=t(f"behaviour.{q}"), share=numbers.share(v))
        for q, v in changes.items()
        if v > INVARIANT
    ]
    said = [t("behaviour.ignores", changes=listed(ignored))] if ignored else []
    return [*said, t("behaviour.moves", changes=listed(felt))] if felt else said


def _frequency(values: Values) -> list[str]:
    bands = {q: v for (m, q), v in values.items() if m == "frequency"}
    if len(bands) < 2 or not max(bands.values()) > 0:
        return []
    first = max(bands, key=lambda q: bands[q])
    band = t(f"frequency.{first}") if f"frequency.{first}" in TEXTS["en"] else first
    return [t("behaviour.frequency", band=band, share=numbers.share(bands[first]))]


def _attention(values: Values) -> list[str]:
    blocks = [numbers.share(v) for (m, _), v in values.items() if m == "attention-distance"]
    if not blocks:
        return []
    if len(blocks) == 1:
        return [t("behaviour.reach", share=blocks[0])]
    return [t("behaviour.reaches", first=blocks[0], last=blocks[-1])]
