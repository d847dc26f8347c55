"""What is needed to get the same numbers again: command, settings, versions, hardware."""

import os
import platform
import shlex
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from priorscope.core.json_types import JsonObject
from priorscope.experiments.dataset import Data, InMemory
from priorscope.experiments.settings import Settings
from priorscope.tasks import TaskConfig

NOT_NUMBERS = ("lang", "log")  # settings that change no number
PACKAGES = ("priorscope", "torch", "numpy", "scikit-learn", "tokenizers")


def python_call(data: Data, settings: Settings, learners: Sequence[Any] = ()) -> str:
    """The call of `priorscope.compare` that asks the same; what is in memory is x, y and test.

    Args:
        data, learners: as given to `Comparison.of`. settings: those that differ are named.
    """
    parts, more = [_name(data)], {}
    if isinstance(data, InMemory):
        parts += [] if data.targets is None else ["y"]
        more = {} if data.test is None else {"test": "test"}
        more |= {} if data.name == InMemory.name else {"name": repr(data.name)}
    changed = {k: v for k, v in settings.changed().items() if k not in NOT_NUMBERS}
    asked = {key: repr(value) for key, value in changed.items()}
    if learners:
        asked["learners"] = f"[{', '.join(map(_code, learners))}]"
    named = [f"{key}={code}" for key, code in (asked | more).items()]
    return f"priorscope.compare({', '.join(parts + named)})"


def _name(data: Data) -> str:
    if isinstance(data, str | Path):
        return repr(str(data))
    return (
        "x"
        if isinstance(data, InMemory)
        else _code(data)
        if isinstance(data, TaskConfig)
        else "examples"
    )


def _code(thing: Any) -> str:
    """As it stands in code, on one line; a class by its name."""
    text = thing.__name__ if isinstance(thing, type) else repr(thing)
    return " ".join(text.split())


def reproduce(
    settings: Settings, digest: str, data: str, device: str, call: str = ""
) -> JsonObject:
    """As the summary has it.

    Args:
        settings: those that differ from the defaults are kept; `Settings.of` reads them back.
        digest: of all runs.
        data: fingerprint of the examples.
        device: that networks were trained on.
        call: of Python, see `python_call`; what was typed in a shell comes before it.
    """
    program = Path(sys.argv[0])
    is_command = program.name == "priorscope" or program.parts[-2:] == ("priorscope", "__main__.py")
    return {
        "command": shlex.join(["priorscope", *sys.argv[1:]]) if is_command else call,
        "settings": {k: v for k, v in settings.changed().items() if k not in NOT_NUMBERS},
        "version": version("priorscope"),
        "digest": digest,
        "data": data,
        "versions": {name: version(name) for name in PACKAGES},
        "hardware": {
            "machine": platform.machine(),
            "cores": os.cpu_count(),
            "device": device,
            "python": platform.python_version(),
        },
    }
