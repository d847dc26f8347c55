"""What trained networks do, over draws: the measures that runs on intact data stored."""

from collections import defaultdict
from typing import Any

import numpy as np

from priorscope.analysis.codelength import Results
from priorscope.analysis.intervals import interval


def measures(results: Results) -> list[dict[str, Any]]:
    """One row per learner, size, measure and quantity: its mean over draws; never below 0."""
    rows = []
    for learner in results.learners:
        for n in results.sizes:
            values: dict[tuple[str, str], list[float]] = defaultdict(list)
            for run in results.rows(learner, "intact", n).values():
                for taken in run.get("measures", []):  # runs of older versions have none
                    values[taken["measure"], taken["quantity"]].append(taken["value"])
            for (measure, quantity), seen in values.items():
                value = interval(np.array(seen))
                if value["low"] is not None:
                    value["low"] = max(0.0, value["low"])
                labels = {"learner": learner, "measure": measure, "quantity": quantity}
                rows.append({**labels, "n": n, "value": value})
    return rows
