"""Recipes that a race tries for each learner at its anchor: rates, and regularised twins."""

import dataclasses
import math
from collections.abc import Sequence

from priorscope.core.config import digest
from priorscope.core.signature import Layout, Signature
from priorscope.experiments.learners import asked_fields, default_recipe
from priorscope.experiments.settings import Settings
from priorscope.train.recipe import Learner, parse_learner

RATES = (3.0, 1 / 3)  # times the learner's own; the same for every learner that has one
LEAST = 100  # examples of a prefix; below, its validation part tells nothing apart

# Parts by which the default learners of a layout become their twins.
TWINS: dict[Layout, dict[str, tuple[str, ...]]] = {
    "vector": {},
    "series": {"cnn": ("shift",), "transformer": ("dropout",)},
    "image": {"cnn": ("shift", "flip"), "vit": ("dropout", "flip")},
    "tokens": {"cnn": ("dropout",), "transformer": ("dropout",)},
}


def anchor(sizes: Sequence[int]) -> int:
    """Index of the size nearest to an eighth of the largest; of two as near the larger one."""
    wanted = sizes[-1] / 8
    return min(range(len(sizes)), key=lambda k: (abs(math.log2(sizes[k] / wanted)), -k))


def variants(
    learner: Learner, settings: Settings, signature: Signature, examples: int
) -> tuple[Learner, ...]:
    """A learner as it is, then its twins, then with other rates; alone where nothing is tried.

    examples: of the prefix on which they are tried.
    """
    if learner.model.trains_itself or settings.tune > 1 or examples < LEAST:
        return (learner,)
    tried = [learner]
    if settings.learners is None:
        base = learner.text.partition("+")[0]
        for part in TWINS[signature.layout].get(base, ()):
            tried += _twin(learner, part, settings, signature)
    tried += [_with_rate(learner, rate) for rate in RATES]
    distinct = {digest(one.identity()): one for one in reversed(tried)}
    return tuple(reversed(distinct.values()))


def _with_rate(learner: Learner, rate: float) -> Learner:
    recipe = dataclasses.replace(learner.recipe, learning_rate=learner.learning_rate * rate)
    return dataclasses.replace(learner, recipe=recipe)


def _twin(learner: Learner, part: str, settings: Settings, signature: Signature) -> list[Learner]:
    """The learner with one part more, where architecture and data allow it."""
    try:
        text = f"{learner.text}+{part}"
        twin = parse_learner(text, default_recipe(settings), asked_fields(settings))
    except ValueError:  # the architecture has no such part
        return []
    return [twin] if twin.why_not(signature) is None else []
