"""Metrics of learning curves as their table has them: what is fitted as `1 - f1` is told as f1."""

_FITTED = "1 - "  # before the name of a metric where higher is better


def own(on: str) -> str:
    """The metric's name in its table."""
    return on.removeprefix(_FITTED)


def is_higher(on: str) -> bool:
    """Whether more of it is better, in its table."""
    return on.startswith(_FITTED)


def in_own(on: str, *values: float) -> list[float]:
    """Rising values of the fitted metric in the table's own scale, rising as well."""
    return sorted(1 - v for v in values) if is_higher(on) else list(values)
