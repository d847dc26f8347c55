"""From a structure's name on a command line to the structure."""

import dataclasses

from priorscope.structures import STRUCTURES, Structure


def parse_structure(text: str) -> Structure:
    """`permuted`, `within-patches:4`, `patches-dropped:4:0.5` or `blurred:sigma=2`.

    Raises:
        LookupError: if no structure has this name; the nearest one is named.
        ValueError: if a value doesn't fit.
    """
    name, *values = text.strip().split(":")
    cls = STRUCTURES[name]
    fields = [f.name for f in dataclasses.fields(cls)]
    values = [v for part in values for v in part.split(",")]
    if len(values) > len(fields):
        allowed = ":".join([name, *(f.upper() for f in fields)])
        raise ValueError(f"Structure {text!r} has {len(values)} values; write {allowed}.")
    pairs = (
        value.split("=", 1) if "=" in value else (field, value)
        for field, value in zip(fields, values, strict=False)
    )
    return cls.from_options({key.strip(): value.strip() for key, value in pairs})
