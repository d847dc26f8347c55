"""From rows to everything that is said of learning curves: keys of the summary."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from priorscope.analysis.curves.advice import advise
from priorscope.analysis.curves.crossover import crossings
from priorscope.analysis.curves.ensemble import MEMBERS
from priorscope.analysis.curves.equivalence import equivalences
from priorscope.analysis.curves.grid import HORIZON, SUPPORT
from priorscope.analysis.curves.label_plan import LabelQuestion, plan_of
from priorscope.analysis.curves.learning_curves import Fitted, fit_curves
from priorscope.analysis.curves.quantiles import quantile
from priorscope.analysis.curves.reach import reach_points
from priorscope.analysis.curves.rows import CurveTable, gather, possible
from priorscope.analysis.curves.saturation import saturation
from priorscope.analysis.switch import switch_code
from priorscope.core.json_types import JsonObject

_PER_OCTAVE = 4
TIMES = (2.0, 4.0, HORIZON)  # of the largest size, at which a forecast is stated


def forecast(
    rows: Iterable[Mapping[str, Any]] | CurveTable,
    seed: int = 0,
    members: int = MEMBERS,
    progress: Callable[[str], None] = lambda stage: None,
    question: LabelQuestion | None = None,
) -> JsonObject:
    """Forecasts, equivalence, crossovers, audit, saturation, switch, fits and findings.

    findings: what is worth a sentence, as key and values; `priorscope.wording` has the sentences.

    rows: one per learner, n and repeat, with the keys learner, n, repeat, and one metric or more:
        loss (bits per label), error (0 to 1), rmse, or whatever `gather` was told; optionally
        test_examples, train_loss, uniform_loss, block_bits and block_examples (prequential bits
        of the block after n, and its size), seconds. A `CurveTable` is taken as it is.
    seed: of the perturbations that intervals are taken from; members: how many.
    progress: called with a few words before each longer stage.
    question: about labels; `plan` answers it (None where no learner has a forecast).

    Raises:
        ValueError: if no row can be used; one sentence with the reason.
    """
    table = rows if isinstance(rows, CurveTable) else gather(rows)
    fits = fit_curves(table, seed, members, progress)
    progress("comparing learners")
    each = list(fits.values())
    out: JsonObject = {
        "forecasts": [e for curves in each for e in forecasts(curves)],
        "equivalence": [e for curves in each for e in equivalences(curves)],
        "crossovers": [e for curves in each for e in crossings(curves, seed)],
        "audit": [
            a.to_json() for curves in each for _, fit in sorted(curves.items()) for a in fit.audits
        ],
        "saturation": [e for curves in each for e in saturation(table, curves)],
        "switch": switch_code(table),
        "reach": [e for on, curves in fits.items() if on != "loss" for e in reach_points(curves)],
        "plan": _plan(table, fits, question),
    }
    out["findings"] = [advice.to_json() for advice in advise(table, fits, out)]
    out["fits"] = [point for curves in each for point in curve_table(curves)]
    out["observed"] = [point for curves in each for point in observed_points(curves)]
    return out


def _plan(
    table: CurveTable, fits: dict[str, dict[str, Fitted]], question: LabelQuestion | None
) -> JsonObject | None:
    curves = {} if question is None else fits.get(question.on, {})
    able = any(fit.future is not None for fit in curves.values())
    return plan_of(table, curves, question) if question is not None and able else None


def forecasts(fits: dict[str, Fitted]) -> list[JsonObject]:
    """What every curve is expected to reach at 2, 4 and 8 times its data.

    An entry holds `learner`, `on`, `n` (its largest size), `sizes` (how many), `repeats`; `ahead`:
    a list of `times`, `n`, `median` and the ends of the 50, 80 and 95% intervals, `tested` (False
    beyond 4 times); `weight_of_families`, `remarks` (findings), and `reason`, few_sizes where
    there is no forecast, else None.
    """
    out = []
    for learner, fit in sorted(fits.items()):
        out.append(
            {
                "learner": learner,
                "on": fit.curve.on,
                "n": fit.largest,
                "sizes": len(fit.means.sizes),
                "repeats": fit.means.repeats,
                "ahead": [] if fit.future is None else [_ahead(fit, times) for times in TIMES],
                "weight_of_families": None if fit.future is None else fit.weight,
                "remarks": [remark.to_json() for remark in fit.remarks],
                "reason": "few_sizes" if fit.future is None else None,
            }
        )
    return out


def _ahead(fit: Fitted, times: float) -> JsonObject:
    values = np.exp(fit.ensemble_log(np.array([times * fit.largest])))[:, 0]
    values = possible(fit.curve.on, values)
    names = ("median", "low50", "high50", "low80", "high80", "low95", "high95")
    ends = quantile(values, (0.5, 0.25, 0.75, 0.1, 0.9, 0.025, 0.975)).tolist()
    entry = {"times": times, "n": times * fit.largest, "tested": times <= SUPPORT}
    return entry | dict(zip(names, ends, strict=True))


def curve_table(fits: dict[str, Fitted]) -> list[JsonObject]:
    """Points to plot: median, 80 and 95% interval of every curve, up to 4 x its data.

    Within the sizes observed a point is `observed` (the fitted curve; with fewer than 3 sizes the
    means themselves), beyond them `predicted`.
    """
    out = []
    for learner, fit in sorted(fits.items()):
        sizes, values = _grid(fit)
        low, low80, middle, high80, high = quantile(values, (0.025, 0.1, 0.5, 0.9, 0.975))
        for i, n in enumerate(sizes):
            out.append(
                {
                    "learner": learner,
                    "on": fit.curve.on,
                    "n": float(n),
                    "median": float(middle[i]),
                    "low": float(low[i]),
                    "high": float(high[i]),
                    "low80": float(low80[i]),
                    "high80": float(high80[i]),
                    "kind": "observed" if n <= fit.largest * (1 + 1e-9) else "predicted",
                }
            )
    return out


def observed_points(fits: dict[str, Fitted]) -> list[JsonObject]:
    """Means over repeats at the sizes observed."""
    return [
        {"learner": learner, "on": fit.curve.on, "n": float(n), "value": float(np.exp(y))}
        for learner, fit in sorted(fits.items())
        for n, y in zip(fit.means.sizes, fit.means.y, strict=True)
    ]


def _grid(fit: Fitted) -> tuple[np.ndarray, np.ndarray]:
    if fit.future is None:
        return fit.means.sizes, fit.observed
    first, end = fit.means.sizes[0], fit.largest
    inside = np.geomspace(first, end, int(np.ceil(np.log2(end / first) * _PER_OCTAVE)) + 1)
    steps = int(np.log2(SUPPORT) * _PER_OCTAVE)
    sizes = np.concatenate([inside, end * 2.0 ** (np.arange(1, steps + 1) / _PER_OCTAVE)])
    return sizes, possible(fit.curve.on, np.exp(fit.ensemble_log(sizes)))
