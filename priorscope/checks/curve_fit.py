"""Does the published fit come out, and is a curve that breaks told wide, with a remark?"""

import dataclasses

from priorscope.analysis.curves.hoiem import fit_offset_power
from priorscope.analysis.curves.learning_curves import fit_curves
from priorscope.analysis.curves.published import ADDITION, HOIEM, curve_rows
from priorscope.checks import CHECKS, Check, CheckFigure
from priorscope.runs.experiment import Rows


@CHECKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class CurveFit(Check):
    """Hoiem et al. 2021 to 4 decimals; four-digit addition is told wide, with a remark."""

    def judge(self, rows: Rows) -> list[CheckFigure]:
        fit, fixed = fit_offset_power(HOIEM), fit_offset_power(HOIEM, -0.5)
        first = dict(list(ADDITION.items())[:14])
        addition = fit_curves(curve_rows({"addition": first}))["loss"]["addition"]
        ahead = addition.predict(2 * addition.largest, level=0.8)
        remarked = any(remark.key == "curve_missed" for remark in addition.remarks)
        return [
            _near("exponent g of the published fit (-.41)", fit.exponent, -0.41),
            _near("asymptote a of the published fit (5.6835)", fit.asymptote, 5.6835),
            CheckFigure("scale b of the published fit (259.286)", fit.scale, 259.2855, 259.2865),
            _near("e(400) of the published fit (27.9133)", fit.at(400.0), 27.9133),
            _near("e(400) with g fixed at -.5 (28.2575)", fixed.at(400.0), 28.2575),
            CheckFigure(
                "addition curve, 14 sizes: missed sizes remarked on", float(remarked), 1.0, 1.0
            ),
            CheckFigure(
                "its 80% interval at 2 x, high / low", ahead["high"] / ahead["low"], 1.5, 1e3
            ),
        ]


def _near(name: str, value: float, published: float) -> CheckFigure:
    return CheckFigure(name, value, published - 0.00005, published + 0.00005)
