"""Runs small enough for a self-test, through the code that every comparison uses."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from priorscope.runs.run import Run
from priorscope.runs.store import Store
from priorscope.runs.worker import do
from priorscope.structures import parse_structure
from priorscope.tasks import Examples
from priorscope.train.recipe import Recipe, parse_learner

RECIPE = Recipe(steps=300, epochs=5)


def rows(
    learner: str, examples: Examples, structure: str, size: int, stop: int, draws: Sequence[int]
) -> list[dict[str, Any]]:
    """What a worker would write for these draws of one learner and size."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        data = store.save_data(examples)
        runs = [one_run(learner, data, structure, size, stop, draw) for draw in draws]
        together = runs[0].learner.model.vectorises
        groups = [runs] if together else [[run] for run in runs]
        return [row for group in groups for row in do(group, store, torch.device("cpu"))]


def one_run(learner: str, data: str, structure: str, size: int, stop: int, draw: int) -> Run:
    """A run of the self-test's recipe."""
    return Run(
        learner=parse_learner(learner, RECIPE),
        data=data,
        structure=parse_structure(structure),
        size=size,
        stop=stop,
        first=size,
        draw=draw,
        seed=0,
    )
