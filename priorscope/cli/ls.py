"""`priorscope ls [KIND]`: what can be named, with the first sentence of its documentation."""

import dataclasses
import inspect
import re
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from cyclopts import Parameter

from priorscope.cli.exit_codes import Exit
from priorscope.core.registry import Registry

Kind = Literal["learners", "parts", "tasks", "structures", "measures", "checks", "trackers"]
KINDS: tuple[Kind, ...] = get_args(Kind)


def run(
    kind: Kind | None = None,
    /,
    *,
    include: Annotated[tuple[Path, ...], Parameter(negative=())] = (),
) -> int:
    """List what can be named on the command line; everything, if no kind is named.

    Parameters
    ----------
    kind
        learners, parts (of a recipe: +shift, ...), tasks, structures, measures, checks or
        trackers (of --log).
    include
        Python files with learners, tasks or structures of your own.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from priorscope.core.registry import include as include_file

    for path in include:
        include_file(path)
    for one in KINDS if kind is None else (kind,):
        rows = _parts() if one == "parts" else _registered(one)
        table = Table(one.removesuffix("s"), "what it is", "settings", title_justify="left")
        for row in rows:
            table.add_row(*map(escape, row))
        Console().print(table)
    return Exit.DONE


def _parts() -> list[tuple[str, str, str]]:
    from priorscope.train.recipe import PARTS

    return [(f"+{name}", what, "") for name, what in PARTS.items()]


def _registered(kind: Kind) -> list[tuple[str, str, str]]:
    from priorscope.checks import CHECKS
    from priorscope.measures import MEASURES
    from priorscope.measures.probes import PROBES
    from priorscope.models import MODELS
    from priorscope.structures import STRUCTURES
    from priorscope.tasks import TASKS
    from priorscope.tracking import TRACKERS

    registries: dict[str, Registry[Any]] = {
        "learners": MODELS,
        "tasks": TASKS,
        "structures": STRUCTURES,
        "measures": MEASURES,
        "checks": CHECKS,
        "trackers": TRACKERS,
    }
    classes = registries[kind].classes()
    if kind == "measures":  # those of every comparison, then those of a profile
        classes = classes | PROBES.classes()
    return [(name, _what(cls), _settings(cls)) for name, cls in classes.items()]


def _what(cls: type) -> str:
    """Its title, if it has one, and the first sentence of its docstring."""
    text = " ".join((inspect.getdoc(cls) or "").partition("\n\n")[0].split())
    sentence = re.split(r"(?<=(?<!et al)\.) ", text)[0]
    title = getattr(cls, "title", "")
    return f"{title}: {sentence}" if isinstance(title, str) and title else sentence


def _settings(cls: Any) -> str:
    fields = [
        field.name
        if field.default is dataclasses.MISSING
        else f"{field.name}={field.default if field.default != '' else '...'}"
        for field in dataclasses.fields(cls)
    ]
    return ", ".join(fields)
