"""What JSON is read into and written from, before and after the dataclasses that check it."""

from typing import Any

JsonObject = dict[str, Any]
"""An object of JSON: names to numbers, texts, truth values, null, lists and objects."""
