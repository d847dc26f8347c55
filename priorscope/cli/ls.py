"""`priorscope ls KIND`: what is registered, with the first sentence of its documentation."""

import dataclasses
import inspect
import re
from typing import Any, Literal

from priorscope.cli.exit_codes import Exit
from priorscope.core.registry import Registry

Kind = Literal["learners", "tasks", "structures", "measures", "checks"]


def run(kind: Kind, /) -> int:
    """List what can be named on the command line.

    Parameters
    ----------
    kind
        learners, tasks, structures, measures or checks.
    """
    from rich.console import Console
    from rich.table import Table

    table = Table(kind.removesuffix("s"), "what it is", "settings")
    for name, cls in _registered(kind):
        table.add_row(name, _first_sentence(cls), _settings(cls))
    Console().print(table)
    return Exit.DONE


def _registered(kind: Kind) -> list[tuple[str, type]]:
    from priorscope.checks import CHECKS
    from priorscope.measures import MEASURES
    from priorscope.models import MODELS
    from priorscope.structures import STRUCTURES
    from priorscope.tasks import TASKS

    registries: dict[str, Registry[Any]] = {
        "learners": MODELS,
        "tasks": TASKS,
        "structures": STRUCTURES,
        "measures": MEASURES,
        "checks": CHECKS,
    }
    registry = registries[kind]
    return [(name, registry[name]) for name in registry if name in registry]


def _first_sentence(cls: type) -> str:
    text = " ".join((inspect.getdoc(cls) or "").partition("\n\n")[0].split())
    return re.split(r"(?<=(?<!et al)\.) ", text)[0]


def _settings(cls: Any) -> str:
    fields = [
        field.name
        if field.default is dataclasses.MISSING
        else f"{field.name}={field.default if field.default != '' else '...'}"
        for field in dataclasses.fields(cls)
    ]
    return ", ".join(fields)
