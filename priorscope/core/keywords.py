"""From the keywords of a function to the settings that the command line fills too."""

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T")


def settings_from(kind: type[T], keywords: Mapping[str, Any]) -> T:
    """An object of the dataclass `kind` from the keywords that are its fields.

    keywords: all of a function's, as `locals()` has them at its beginning.
    """
    assert dataclasses.is_dataclass(kind)
    return kind(**{field.name: keywords[field.name] for field in dataclasses.fields(kind)})
