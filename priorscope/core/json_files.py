"""Objects in JSON files of whatever origin, and in our own."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from priorscope.core.files import read_regular, write
from priorscope.core.json_types import JsonObject, parsed
from priorscope.core.printable import cause

MOST_JSON = 64 * 2**20  # bytes; a large vocabulary takes one


def read_json(path: str | Path) -> JsonObject:
    """The object in a JSON file.

    Raises:
        ValueError: if there is no such file, it is larger than 64 MiB, or holds something else.
    """
    path = Path(path)
    try:
        content = parsed(read_regular(path, MOST_JSON))
    except FileNotFoundError:
        raise ValueError(f"{path} is missing; copy the whole folder again.") from None
    except ValueError as error:
        raise ValueError(f"{path} is not JSON ({cause(error)}); download it again.") from None
    if not isinstance(content, dict):
        raise ValueError(
            f"{path} must hold a JSON object, but it is a {type(content).__name__}; download it "
            "again."
        )
    return content


def write_json(path: str | Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file, whole or not at all."""
    write(Path(path), json.dumps(content, indent=2, sort_keys=True) + "\n")
