"""One file = one self-test of the instrument; `priorscope verify` and the tests run the same."""

import dataclasses
from typing import ClassVar

from priorscope.core.config import Config
from priorscope.core.registry import Registry


@dataclasses.dataclass(frozen=True)
class Figure:
    """One number that must lie in [low, high]; what is compared with what stands in `name`."""

    name: str
    value: float
    low: float
    high: float

    @property
    def passed(self) -> bool:
        """NaN fails."""
        return self.low <= self.value <= self.high


@dataclasses.dataclass(frozen=True, kw_only=True)
class Check(Config):
    """A question about the instrument whose answer is known beforehand.

    quick: whether `priorscope verify` runs it without `--all` (all quick ones: under 2 minutes).
    needs: modules outside the default installation; without them the check is skipped by name.
    """

    quick: ClassVar[bool] = True
    needs: ClassVar[tuple[str, ...]] = ()

    def figures(self) -> list[Figure]:
        """Measure; at least one figure."""
        raise NotImplementedError


CHECKS: Registry[Check] = Registry("check", "priorscope.checks")
