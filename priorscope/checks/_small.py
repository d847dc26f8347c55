"""Runs small enough for a self-test, on the path that every comparison takes."""

from collections.abc import Iterable

from priorscope.runs.run import Run
from priorscope.structures import parse_structure
from priorscope.tasks import Examples
from priorscope.train.recipe import Recipe, parse_learner

RECIPE = Recipe(steps=300, epochs=5)


def small_runs(
    learner: str,
    examples: Examples,
    structure: str,
    size: int,
    stop: int,
    repeats: Iterable[int] = (0,),
) -> list[Run]:
    """These repeats of one learner, structure and size, with the self-test's recipe."""
    return [
        Run(
            learner=parse_learner(learner, RECIPE),
            data=examples.fingerprint,
            structure=parse_structure(structure),
            size=size,
            stop=stop,
            first=size,
            repeat=repeat,
            seed=0,
        )
        for repeat in repeats
    ]
