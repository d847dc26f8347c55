"""From rows to everything that is said of learning curves: the JSON keys of schema 1."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from priorscope.analysis.curves.crossover import crossings
from priorscope.analysis.curves.ensemble import MEMBERS
from priorscope.analysis.curves.equivalence import equivalences
from priorscope.analysis.curves.learning_curves import SUPPORT, Fitted, fit_curves
from priorscope.analysis.curves.quantiles import quantile
from priorscope.analysis.curves.rows import Table, gather
from priorscope.analysis.curves.saturation import saturation
from priorscope.analysis.recommendation import recommend
from priorscope.analysis.switch import switch_code

_PER_OCTAVE = 4


def forecast(
    rows: Iterable[Mapping[str, Any]],
    seed: int = 0,
    members: int = MEMBERS,
    progress: Callable[[str], None] = lambda stage: None,
) -> dict[str, Any]:
    """Equivalence, crossovers, audit, saturation, switch, recommendation and fits, as plain JSON.

    rows: one per learner, n and draw, with the keys learner, n, draw, and loss (bits per label)
        or error (0 to 1) or both; optionally train_loss, uniform_loss, block_bits and
        block_examples (prequential bits of the block after n, and its size), seconds.
    seed: of the perturbations that intervals are taken from; members: how many.
    progress: called with a few words before each longer stage.

    Raises:
        ValueError: if no row can be used; one sentence with the reason.
    """
    table = rows if isinstance(rows, Table) else gather(rows)
    fits = fit_curves(table, seed, members, progress)
    progress("comparing learners")
    each = list(fits.values())
    out: dict[str, Any] = {
        "equivalence": [e for found in each for e in equivalences(found)],
        "crossovers": [e for found in each for e in crossings(found)],
        "audit": [
            a.to_json() for found in each for _, fit in sorted(found.items()) for a in fit.audits
        ],
        "saturation": [e for found in each for e in saturation(table, found)],
        "switch": switch_code(table),
    }
    out["recommendation"] = recommend(table, fits, out)
    out["fits"] = [point for found in each for point in curve_table(found)]
    return out


def curve_table(fits: dict[str, Fitted]) -> list[dict[str, Any]]:
    """Points to plot: median and 95% interval of every curve, up to 4 x its data if it may be.

    Within the sizes seen a point is `observed` (the fitted curve; with fewer than 3 sizes the
    means themselves), beyond them `predicted`.
    """
    out = []
    for learner, fit in sorted(fits.items()):
        sizes, values = _grid(fit)
        low, middle, high = quantile(values, (0.025, 0.5, 0.975))
        for i, n in enumerate(sizes):
            out.append(
                {
                    "learner": learner,
                    "on": fit.curve.on,
                    "n": float(n),
                    "median": float(middle[i]),
                    "low": float(low[i]),
                    "high": float(high[i]),
                    "kind": "observed" if n <= fit.largest * (1 + 1e-9) else "predicted",
                }
            )
    return out


def _grid(fit: Fitted) -> tuple[np.ndarray, np.ndarray]:
    if fit.ensemble is None:
        return fit.means.sizes, fit.observed
    first, end = fit.means.sizes[0], fit.largest
    inside = np.geomspace(first, end, int(np.ceil(np.log2(end / first) * _PER_OCTAVE)) + 1)
    steps = 0 if fit.withheld else int(np.log2(SUPPORT) * _PER_OCTAVE)
    sizes = np.concatenate([inside, end * 2.0 ** (np.arange(1, steps + 1) / _PER_OCTAVE)])
    return sizes, np.exp(fit.ensemble_log(sizes))
