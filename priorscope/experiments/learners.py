"""The learners of a comparison: from text, configs and estimators; each once, each named."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from priorscope.core.config import digest
from priorscope.core.signature import Layout, Signature
from priorscope.experiments.settings import AMOUNTS, Settings
from priorscope.models import MODELS, ModelConfig
from priorscope.models.estimator import Estimator
from priorscope.train.recipe import Learner, Recipe, parse_learner, recipe_for

MOST_PIXELS, REDUCED = 40, 32
MOST_TOKENS, FIRST = 96, 64
CONTENT = "fingerprint"  # the field that names content; it tells runs apart, not readers


def default_recipe(settings: Settings) -> Recipe:
    """What a recipe is where a learner doesn't say otherwise."""
    amount = AMOUNTS[settings.preset]
    epochs = amount.epochs if settings.epochs is None else settings.epochs
    if settings.steps is not None:
        return Recipe(steps=settings.steps, epochs=epochs)
    return Recipe(
        steps=amount.steps, epochs=epochs, passes=amount.passes, least_batch=amount.least_batch
    )


def asked_fields(settings: Settings) -> tuple[str, ...]:
    """Fields of the recipe that the user decided for all learners."""
    steps = () if settings.steps is None else ("steps", "passes")
    return steps if settings.epochs is None else (*steps, "epochs")


def make_learners(given: Iterable[Any], settings: Settings) -> tuple[Learner, ...]:
    """Learners from text, learners, model configs or estimators in scikit-learn's manner.

    Raises:
        LookupError, ValueError: if one doesn't exist, or can't be a learner.
    """
    recipe, asked = default_recipe(settings), asked_fields(settings)
    return _told_apart([_learner(one, recipe, asked) for one in given])


def fitting(
    learners: Sequence[Learner], settings: Settings, signature: Signature, largest: int
) -> tuple[Learner, ...]:
    """These learners, or the default ones for such data; all can read it, no two are the same.

    largest: examples that the comparison trains on at most; default learners that would take too
        long on so many are left out.

    Raises:
        ValueError: if one can't read such data, or two are the same.
    """
    if not learners:
        learners = _defaults(settings, signature, largest)
    texts: dict[str, str] = {}  # by identity
    for learner in learners:
        if (problem := learner.why_not(signature) or _own_problem(learner, signature)) is not None:
            raise ValueError(problem)
        identity = digest(learner.identity())
        if identity in texts or learner.text in texts.values():
            raise ValueError(
                f"The learner {learner.text!r} is the same as "
                f"{texts.get(identity, learner.text)!r}; drop one."
            )
        texts[identity] = learner.text
    return tuple(learners)


def _own_problem(learner: Learner, signature: Signature) -> str | None:
    """Why the network of a user's own file can't be used; those of this package are tested."""
    model = learner.model
    if type(model).__module__.startswith("priorscope.") or model.trains_itself:
        return None
    from priorscope.nn.trial import problem_of  # imports torch

    return problem_of(model, signature)


def default_names(layout: Layout) -> tuple[str, ...]:
    """Architectures that say so of themselves, in their order; those that can't are left out later.

    Files of the user's and plug-ins may say so too.
    """
    said = {name: cls for name, cls in MODELS.classes().items() if layout in cls.default_for}
    return tuple(sorted(said, key=lambda name: (said[name].default_place, name)))


def _defaults(settings: Settings, signature: Signature, largest: int) -> list[Learner]:
    """Those of the layout that can predict such targets, from so many examples.

    Of images beyond `MOST_PIXELS` a side, architectures that use where a pixel is see
    `REDUCED` x `REDUCED`, and are named so: their cost grows with the pixels. So does that of
    reading texts in order with their tokens: beyond `MOST_TOKENS` such see the `FIRST` ones.
    """
    learners = make_learners(default_names(signature.layout), settings)
    part = ""
    if signature.layout == "image" and max(signature.input_shape[:2]) > MOST_PIXELS:
        part = f"+resolution={REDUCED}"
    elif signature.layout == "tokens" and signature.input_shape[0] > MOST_TOKENS:
        part = f"+tokens={FIRST}"
    if part:
        learners = make_learners([_reading_part(one, part) for one in learners], settings)
    limits = [learner.model.most_by_default for learner in learners]
    return [
        learner
        for learner, most in zip(learners, limits, strict=True)
        if learner.why_not(signature) is None and (most is None or largest <= most)
    ]


def _reading_part(learner: Learner, part: str) -> str:
    """With a part of its recipe, unless it has no use of where something is, or counts it."""
    model = learner.model
    anywhere = "permuted" in learner.invariant_to
    counts = model.trains_itself and part.startswith("+tokens")
    return learner.text if anywhere or counts else learner.text + part


def _learner(given: Any, recipe: Recipe, asked: Iterable[str]) -> Learner:
    if isinstance(given, Learner):
        return given
    if isinstance(given, str):
        return parse_learner(given, recipe, asked)
    if isinstance(given, ModelConfig):
        given.check()
        own = recipe_for(given, recipe, asked)
        return Learner(text=given.short_name, model=given, recipe=own)
    from priorscope.models.external import External  # imports torch
    from priorscope.nn.live_modules import is_module

    if is_module(given):
        network = External.of_module(given)
        return Learner(text=network.short_name, model=network, recipe=recipe)
    model = Estimator.of(given() if isinstance(given, type) else given)
    return Learner(text=model.short_name, model=model, recipe=recipe)


def _told_apart(learners: list[Learner]) -> tuple[Learner, ...]:
    """Learners of one architecture get the parameters by which they differ into their names.

    Those that differ in what nobody can read, as two networks of one class, get numbers.
    """
    named: list[Learner] = []
    for learner in learners:
        alike = [other for other in learners if other.text == learner.text]
        text = learner.text
        if len(alike) > 1 and any(other.model != learner.model for other in alike):
            text = _with_differences(learner, alike)
        named.append(dataclasses.replace(learner, text=text))
    return tuple(_numbered(named))


def _with_differences(learner: Learner, alike: Sequence[Learner]) -> str:
    if isinstance(learner.model, Estimator):
        return learner.model.described()
    fields = [f.name for f in dataclasses.fields(learner.model) if f.name != CONTENT]
    differing = [
        name for name in fields if len({str(getattr(other.model, name)) for other in alike}) > 1
    ]
    options = ",".join(f"{name}={getattr(learner.model, name)}" for name in differing)
    return f"{learner.text}:{options}" if options else learner.text


def _numbered(learners: Sequence[Learner]) -> Iterator[Learner]:
    """Different models of one name as `Net 1` and `Net 2`, in the order given."""
    models: dict[str, list[ModelConfig]] = defaultdict(list)
    for learner in learners:
        if learner.model not in models[learner.text]:
            models[learner.text].append(learner.model)
    for learner in learners:
        alike = models[learner.text]
        number = f" {alike.index(learner.model) + 1}" if len(alike) > 1 else ""
        yield dataclasses.replace(learner, text=learner.text + number)
