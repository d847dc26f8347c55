"""Learners whose trainings ended because of their plan, while they still got better."""

import numpy as np

from priorscope.analysis.table import RUN, RunTable

SHARE = 0.5  # of the repeats at a learner's largest size


def trained_too_short(table: RunTable) -> list[str]:
    """Those of which half the repeats or more ended so, on intact data at their largest size."""
    out = []
    for name, own in zip(table.learners, table.intact(RUN, "at_limit"), strict=True):
        done = ~np.isnan(own)
        if done.any():
            largest = np.flatnonzero(done.any(axis=1))[-1]
            if np.nanmean(own[largest]) >= SHARE:
                out.append(name)
    return out
