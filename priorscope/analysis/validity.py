"""The validity tests of a comparison: answers known in advance, read off its own rows."""

import dataclasses
from collections.abc import Mapping

import numpy as np
from scipy.special import ndtri

from priorscope.analysis.code_length import RANDOM_LABELS, CodeLengths
from priorscope.analysis.estimates import estimate, pooled_variance
from priorscope.analysis.strength import changes
from priorscope.analysis.summary import ValidityRow
from priorscope.analysis.table import RunTable

ALPHA = 0.05  # probability that a sound tool fails one or more of the tests of invariance
RANDOM_ALPHA = 0.01  # the same for each learner's code of random labels
ROOM = 0.02  # bits per bit that a code of random labels may waste
ROOM_BLOCK = 5.0  # bits that calibrating once may waste


def validity(
    table: RunTable, lengths: CodeLengths, invariant: Mapping[str, frozenset[str]]
) -> list[ValidityRow]:
    """The tests that the runs allow.

    invariant: learner -> structures that it is invariant to, by architecture and recipe.
    """
    pairs = [
        (i, name, values[i])
        for name in table.structures
        if name not in ("intact", RANDOM_LABELS) and "intact" in table.structures
        for values, n in [changes(table, lengths, name)]
        for i, learner in enumerate(table.learners)
        if n[i] > 0 and name in invariant.get(learner, frozenset())
    ]
    values = np.array([v for _, _, v in pairs]).reshape(len(pairs), table.repeats)
    tests = [_null(table.learners[i], name, values, j) for j, (i, name, _) in enumerate(pairs)]
    return tests + _random_labels(table, lengths)


def _null(learner: str, structure: str, values: np.ndarray, j: int) -> ValidityRow:
    """The change must be 0 in expectation; the tests share `ALPHA` evenly (Bonferroni)."""
    alpha = ALPHA / len(values)
    value = estimate(values[j], pooled_variance(values, without=j), 1 - alpha)
    row = ValidityRow(
        test="invariance", learner=learner, structure=structure, value=value.center,
        values={"repeats": value.n},
    )  # fmt: skip
    if value.low is None or value.high is None or value.center is None:
        return row
    return dataclasses.replace(
        row,
        low=value.low,
        high=value.high,
        passed=bool(value.low <= 0 <= value.high),
        error_rate=alpha,
    )


def _random_labels(table: RunTable, lengths: CodeLengths) -> list[ValidityRow]:
    """A valid code saves t bits on random labels with probability 2^-t at most.

    (Cover & Thomas 2006, section 5.11: competitive optimality; it holds for any learner, and for
    all repeats as one code.) The upper end allows for what calibration wastes.
    """
    if RANDOM_LABELS not in table.structures:
        return []
    of = table.structures.index(RANDOM_LABELS)
    std = table.cube("block", "bits_std")[:, of]
    examples = table.cube("block", "examples")[:, of]
    first = float(np.nanmax(lengths.bits[:, of, 0])) / table.sizes[0]  # log2 K per label
    tests = []
    for i, learner in enumerate(table.learners):
        there = np.isfinite(lengths.bits[i, of, 1:])
        used = np.isfinite(lengths.blocks[i, of])
        if not used.any():
            continue
        whole = there.any()  # else, as after a race, there are some blocks alone
        last = int(np.flatnonzero((there if whole else used).any(axis=1)).max()) + 1
        repeats = np.flatnonzero((there if whole else used)[last - 1])
        n = table.sizes[last] if whole else int(np.diff(table.sizes)[last - 1])
        fair = first * n * len(repeats)
        code = lengths.bits[i, of, last] if whole else lengths.blocks[i, of, last - 1]
        spent = float(code[repeats].sum())
        start = 0 if whole else last - 1
        variance = np.nansum((std[i, start:last] ** 2 * examples[i, start:last])[:, repeats])
        room = ROOM * fair + ROOM_BLOCK * (last - start) * len(repeats)
        room += float(ndtri(1 - RANDOM_ALPHA)) * float(np.sqrt(variance))
        low, high = 1 - float(np.log2(1 / RANDOM_ALPHA)) / fair, 1 + room / fair
        ratio = spent / fair
        tests.append(
            ValidityRow(
                test="random-labels",
                learner=learner,
                structure=RANDOM_LABELS,
                values={"n": n, "repeats": len(repeats)},
                value=ratio,
                low=low,
                high=high,
                passed=bool(low <= ratio <= high),
                error_rate=RANDOM_ALPHA,
            )
        )
    return tests
