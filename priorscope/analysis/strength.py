"""Strength of a bias toward a structure: what its destruction costs, in bits per label."""

from typing import Any

import numpy as np

from priorscope.analysis.codelength import Results
from priorscope.analysis.intervals import interval


def strengths(results: Results, structures: list[str]) -> list[dict[str, Any]]:
    """One row per learner and structure: mean over draws of (L(A, gD) - L(A, D)) / n.

    The difference is taken draw by draw, so what a draw makes easy or hard cancels. 0 says that
    the learner doesn't care; above 0, that it lives on this structure.
    """
    rows, n = [], results.reached
    for learner in results.learners:
        intact = results.code_lengths(learner, "intact", upto=n)
        for structure in structures:
            destroyed = results.code_lengths(learner, structure, upto=n)
            draws = sorted(intact.keys() & destroyed.keys())
            if draws:
                change = np.array([destroyed[d] - intact[d] for d in draws]) / n
                rows.append(
                    {
                        "learner": learner,
                        "structure": structure,
                        "bits_per_label": interval(change),
                    }
                )
    return rows
