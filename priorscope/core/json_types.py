"""What JSON is read into and written from, before and after the dataclasses that check it."""

from priorscope.core.json_types import JsonObject

JsonObject = JsonObject
"""An object of JSON: names to numbers, texts, truth values, null, lists and objects."""
