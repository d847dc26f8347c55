"""Who must not care doesn't: permuted positions for linear and mlp, permuted channels for all."""

from dataclasses import dataclass

import numpy as np

from priorscope.analysis.estimates import estimate
from priorscope.checks import CHECKS, Check, Figure
from priorscope.checks._small import rows
from priorscope.tasks import Examples
from priorscope.tasks.mnist1d import Mnist1d

DRAWS = range(8)


@CHECKS.register
@dataclass(frozen=True, kw_only=True)
class Nulls(Check):
    """Change of the bits per label, in half widths of its 95% interval; at most 1 either way."""

    def figures(self) -> list[Figure]:
        data = Mnist1d().load()
        found = [self._null(name, data, "permuted") for name in ("linear", "mlp")]
        two = _two_channels(data)
        return found + [self._null(name, two, "channels-permuted") for name in ("linear", "mlp")]

    def _null(self, learner: str, data: Examples, structure: str) -> Figure:
        change = _bits(learner, data, structure) - _bits(learner, data, "intact")
        value = estimate(change)
        assert value.center is not None
        assert value.high is not None
        name = f"{learner}, {structure}: change of bits per label in half widths of its interval"
        return Figure(name, value.center / (value.high - value.center), -1.0, 1.0)


def _bits(learner: str, data: Examples, structure: str) -> np.ndarray:
    """Bits per label of the block after 400 examples, one number a draw."""
    found = rows(learner, data, structure, 400, 800, DRAWS)
    return np.array([row["block"]["bits"] for row in found])


def _two_channels(data: Examples) -> Examples:
    """The series and its steps from one point to the next, as two channels."""
    both = [
        np.concatenate([x, np.diff(x, axis=1, prepend=0)], axis=-1).astype(np.float32)
        for x in (data.inputs, data.test_inputs)
    ]
    return Examples(both[0], data.targets, both[1], data.test_targets, data.class_names)
