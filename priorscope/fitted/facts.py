"""What a fitted model says of itself; `model.json` in its folder, checked as foreign input."""

import dataclasses
from typing import Annotated

import msgspec
from msgspec import Meta

from priorscope.core.estimate import Estimate
from priorscope.core.json_types import JsonObject

FORMAT = 1  # of a model's folder; raise it when the same keys come to mean something else
Text = Annotated[str, Meta(max_length=100_000)]
Members = Annotated[tuple[JsonObject, ...], Meta(min_length=1, max_length=1000)]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Origin:
    """The comparison that the learner comes from.

    name: of its data. data: their fingerprint. digest: of its runs. answer: its first sentence.
    settings: those that differ from the defaults, as `Settings.of` reads them.
    """

    name: Text
    data: Text
    digest: Text
    version: Text
    answer: Text
    settings: JsonObject = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Expected:
    """How good the learner was on examples that it had not been trained on.

    size: labels that it was trained on then; a model fitted on more is at least as good, as a rule.
    """

    metric: Text
    value: Estimate
    size: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Facts:
    """All of a model but its tensors.

    learner: as it was typed. model, recipe, signature, preprocessing: configs as JSON.
    classes: names of classes 0, 1, ...; empty for a quantity. examples: labels trained on.
    """

    learner: Text
    model: JsonObject
    recipe: JsonObject
    signature: JsonObject
    classes: Annotated[tuple[Text, ...], Meta(max_length=1_000_000)]
    preprocessing: JsonObject
    examples: int
    origin: Origin | None = None
    expected: Expected | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Stored:
    """`model.json`.

    version: of priorscope. members: of each, its calibration and what rebuilds its network.
    """

    format: int
    version: Text
    facts: Facts
    members: Members


def decoded(content: bytes, where: str) -> Stored:
    """What `model.json` holds.

    Raises:
        ValueError: if it isn't JSON of this form.
    """
    try:
        stored = msgspec.json.decode(content, type=Stored)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise ValueError(
            f"{where} isn't a model of priorscope's ({error}); save it again."
        ) from None
    if stored.format != FORMAT:
        raise ValueError(
            f"{where} has format {stored.format}, but this priorscope reads {FORMAT}; fit the "
            "model again."
        )
    return stored
