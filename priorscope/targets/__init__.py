"""One file = one kind of target: output size, loss, calibration, bits, scores, strata."""

from priorscope.core.target import TARGETS, Calibration, Marginal, Target

__all__ = ["TARGETS", "Calibration", "Marginal", "Target"]
