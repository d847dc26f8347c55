"""What is needed to get the same numbers again: command, settings, versions, hardware."""

import os
import platform
import shlex
import sys
from importlib.metadata import version
from pathlib import Path

from priorscope.core.json_types import JsonObject
from priorscope.experiments.settings import Settings

NOT_NUMBERS = ("lang", "log")  # settings that change no number
PACKAGES = ("priorscope", "torch", "numpy", "scikit-learn", "tokenizers")


def reproduce(settings: Settings, digest: str, data: str, device: str) -> JsonObject:
    """As the summary has it.

    Args:
        settings: those that differ from the defaults are kept; `Settings.of` reads them back.
        digest: of all runs.
        data: fingerprint of the examples.
        device: that networks were trained on.
    """
    is_command = Path(sys.argv[0]).name == "priorscope"
    return {
        "command": shlex.join(["priorscope", *sys.argv[1:]]) if is_command else "",
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
