"""The best case of a learner that is behind: what it could still become at the target."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import ndtri

from priorscope.racing.race import Rules


@dataclass(frozen=True)
class Gap:
    """A learner against the leader after a size, over the repeats that both have.

    ratio: mean log of its loss over the leader's. slope: change of `ratio` per octave. error:
    standard error of `ratio`.
    """

    ratio: float
    slope: float
    error: float

    def best_case(self, octaves: float, rules: Rules) -> float:
        """Log ratio that it may come down to so many octaves later.

        It may fall steeper than it did, by `rules.steeper`, and what slopes do further on is
        uncertain.
        """
        fall = min(self.slope, 0.0)
        z = float(ndtri(1 - rules.elimination))
        drift = (rules.slope_error * abs(self.slope) + rules.drift) ** 2 * octaves**1.5
        return self.ratio + rules.steeper * fall * octaves - z * math.sqrt(self.error**2 + drift)


def code_best_case(
    gap: Gap,
    behind: float,
    behind_error: float,
    leader: tuple[float, float],
    blocks: Sequence[tuple[float, float]],
    rules: Rules,
    densities: bool,
) -> float:
    """Bits by which a learner's whole code may come to differ from the leader's; below 0: shorter.

    behind: bits that it is behind so far. leader: the leader's bits per label of the last block,
    and the change of their log per octave. blocks: (octaves ahead, labels) of those to come.
    """
    z = float(ndtri(1 - rules.elimination))
    total = behind - z * behind_error
    bits, fall = leader
    for octaves, labels in blocks:
        ratio = gap.best_case(octaves, rules)
        if densities:
            total += labels * ratio / math.log(2)
        else:
            expected = bits * math.exp(0.5 * min(fall, 0.0) * octaves)
            total += labels * expected * math.expm1(ratio)
    return total
