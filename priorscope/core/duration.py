"""Lengths of time as people write them."""

from datetime import timedelta

import msgspec

LONGEST = timedelta(days=365)  # as good as no limit


def duration(value: str | int | float | timedelta) -> timedelta:
    """`90s`, `10m`, `1h30m` or a number of seconds as a positive length of time.

    Raises:
        ValueError: if it is none of these, not positive, or above a year.
    """
    try:
        parsed = value if isinstance(value, timedelta) else _parsed(value)
    except (ValueError, TypeError, OverflowError):
        raise ValueError(
            f"A duration is written 90s, 10m, 1h30m or as seconds, but it is {value!r}."
        ) from None
    if not timedelta(0) < parsed <= LONGEST:
        raise ValueError(f"A duration must be positive and at most a year, but it is {value!r}.")
    return parsed


def duration_or_none(value: str | int | float | timedelta) -> timedelta:
    """The same, and `none` for `LONGEST`.

    Raises:
        ValueError: as `duration`.
    """
    is_none = isinstance(value, str) and value.strip().lower() == "none"
    return LONGEST if is_none else duration(value)


def _parsed(value: str | int | float) -> timedelta:
    """Text with units is ISO 8601 without its `PT`; what else is text is a number."""
    if isinstance(value, str) and value.strip()[-1:].lower() in ("h", "m", "s"):
        return msgspec.convert(f"PT{value.strip().upper()}", timedelta)
    return timedelta(seconds=float(value))
