"""Strength of a bias toward a structure: what shuffling or removing it costs, per label."""

import numpy as np

from priorscope.analysis.code_length import RANDOM_LABELS, CodeLengths
from priorscope.analysis.estimates import (
    LEVEL,
    estimate,
    holm,
    moderated,
    p_value,
    pooled_variance,
)
from priorscope.analysis.summary import StrengthRow
from priorscope.analysis.table import RunTable


def changes(table: RunTable, lengths: CodeLengths, structure: str) -> tuple[np.ndarray, np.ndarray]:
    """(L(A, gD) - L(A, D)) / n by learner and repeat, and the n of each learner, 0 for none.

    n is the largest size at which a learner has a code length under both. Where some blocks alone
    were run under both, as after a race, it is the difference over their labels.
    """
    intact = lengths.bits[:, table.structures.index("intact")]
    other = lengths.bits[:, table.structures.index(structure)]
    gaps: np.ndarray = (other - intact) / np.asarray(table.sizes, dtype=float)[:, None]
    gaps[:, 0] = np.nan  # the first block says nothing of the learner
    there = np.asarray(np.isfinite(gaps).any(axis=2))
    last = np.where(there.any(axis=1), there.shape[1] - 1 - there[:, ::-1].argmax(axis=1), 0)
    n = np.where(there.any(axis=1), np.asarray(table.sizes)[last], 0)
    values = gaps[np.arange(len(gaps)), last]
    for i in np.flatnonzero(n == 0):
        values[i], n[i] = _over_blocks(table, lengths, structure, int(i))
    return values, n


def _over_blocks(
    table: RunTable, lengths: CodeLengths, structure: str, learner: int
) -> tuple[np.ndarray, int]:
    """Bits per label by repeat over the blocks that some repeat has under both; and their end."""
    blocks = lengths.blocks[learner]
    gaps = blocks[table.structures.index(structure)] - blocks[table.structures.index("intact")]
    used = np.flatnonzero(np.isfinite(gaps).any(axis=1))
    if not len(used):
        return np.full(table.repeats, np.nan), 0
    labels = np.diff(table.sizes)[used].sum()
    return gaps[used].sum(axis=0) / labels, table.sizes[used.max() + 1]


def strengths(table: RunTable, lengths: CodeLengths, structures: list[str]) -> list[StrengthRow]:
    """One row per learner and structure: mean over repeats of (L(A, gD) - L(A, D)) / n.

    The difference is taken within a repeat, so what a repeat makes easy or hard cancels. 0: the
    learner is invariant to the structure, or the data lack it; above 0: it relies on it.
    Intervals are those at which Holm's correction over the whole table judges.
    """
    if "intact" not in table.structures:
        return []
    cells = [(name, *changes(table, lengths, name)) for name in structures]
    keys = [
        (learner, name, values[i])
        for i, learner in enumerate(table.learners)
        for name, values, n in cells
        if n[i] > 0
    ]
    if not keys:
        return []
    values = np.array([value for _, _, value in keys])
    tested = [j for j, (_, name, _) in enumerate(keys) if name != RANDOM_LABELS]
    levels, adjusted = np.full(len(keys), LEVEL), np.full(len(keys), np.nan)
    if tested:
        adjusted[tested], levels[tested] = holm(_p_values(values[tested]))
    rows = []
    for j, (learner, name, own) in enumerate(keys):
        among = values[tested] if j in tested else values
        pooled = pooled_variance(among, without=tested.index(j) if j in tested else None)
        note = f"; Holm over {len(tested)} changes" if j in tested else ""
        rows.append(
            StrengthRow(
                learner=learner,
                structure=name,
                bits_per_label=estimate(own, pooled, float(levels[j]), note),
                p=float(adjusted[j]) if j in tested else None,
            )
        )
    return rows


def _p_values(values: np.ndarray) -> np.ndarray:
    out = np.ones(len(values))
    for i, own in enumerate(values):
        usable = own[np.isfinite(own)]
        variance, dof = moderated(usable, pooled_variance(values, without=i))
        std = np.array(np.sqrt(variance / len(usable)))
        out[i] = float(p_value(np.array(usable.mean()), std, np.array(dof)))
    return out
