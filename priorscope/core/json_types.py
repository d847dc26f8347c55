"""What JSON is read into and written from, before and after the dataclasses that check it."""

import json
from typing import Any

JsonObject = dict[str, Any]
"""An object of JSON: names to numbers, texts, truth values, null, lists and objects."""


def parsed(text: str | bytes) -> Any:
    """What a JSON text of whatever origin holds.

    Raises:
        ValueError: if it isn't JSON, isn't UTF-8, or is nested deeper than Python reads.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
