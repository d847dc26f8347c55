"""A number with what is known of its uncertainty: the one interval type."""

import dataclasses
import math


@dataclasses.dataclass(frozen=True, kw_only=True)
class Estimate:
    """A centre with an interval, at 95% unless its method says otherwise.

    center: a mean or a median; `method` says which.
    low, high: ends of the interval; None where nothing is known or it has no end there.
    n: independent repeats (or examples) that it rests on.
    method: how centre and interval were made: "mean, Student's t over repeats".

    Raises:
        ValueError: if a number isn't finite, or low <= high doesn't hold.
    """

    center: float | None
    low: float | None
    high: float | None
    n: int
    method: str

    def __post_init__(self) -> None:
        numbers = [x for x in (self.low, self.center, self.high) if x is not None]
        if not all(math.isfinite(x) for x in numbers):
            raise ValueError(f"An estimate holds finite numbers, but one of {numbers} is not.")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"An interval needs low <= high, but {self.low} > {self.high}.")
