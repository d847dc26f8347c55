"""One file = one self-test of the instrument; `priorscope verify` and the tests run the same."""

import dataclasses
from typing import ClassVar

from priorscope.core.registry import Registry
from priorscope.runs.experiment import Experiment


@dataclasses.dataclass(frozen=True)
class CheckFigure:
    """One number that must lie in [low, high]; `name` says what is compared with what."""

    name: str
    value: float | int
    low: float | int
    high: float | int

    @property
    def passed(self) -> bool:
        """NaN fails."""
        return self.low <= self.value <= self.high


@dataclasses.dataclass(frozen=True, kw_only=True)
class Check(Experiment[CheckFigure]):
    """A question about the instrument whose answer is known in advance.

    `plan` names the runs that it needs, `judge` makes at least one figure of their rows.

    quick: whether `priorscope verify` runs it without `--all` (all quick ones: under 2 minutes).
    needs: modules outside the default installation; without them the check is skipped by name.
    """

    quick: ClassVar[bool] = True
    needs: ClassVar[tuple[str, ...]] = ()


CHECKS: Registry[Check] = Registry("check", "priorscope.checks")
