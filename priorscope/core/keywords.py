"""From the keywords of a function to the settings that the command line fills too."""

import dataclasses
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from priorscope.core.config import checked_value

T = TypeVar("T")


def settings_from(kind: type[T], keywords: Mapping[str, Any]) -> T:
    """An object of the dataclass `kind` from the keywords that are its fields.

    keywords: all of a function's, as `locals()` has them at its beginning.

    Raises:
        ValueError: if one has another type than its field.
    """
    assert dataclasses.is_dataclass(kind)
    hints = typing.get_type_hints(kind, include_extras=True)
    names = [field.name for field in dataclasses.fields(kind)]
    return kind(**{name: checked_value(name, keywords[name], hints[name]) for name in names})
