"""The built-in validity tests of a comparison: answers known in advance, read off its own rows."""

import math
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from priorscope.analysis.codelength import Results
from priorscope.analysis.intervals import interval

RANDOM_LABEL_TOLERANCE = 0.02


def validity(
    results: Results,
    strength: list[dict[str, Any]],
    invariant_to: Mapping[str, Collection[str]] | None = None,
) -> list[dict[str, Any]]:
    """`{"name", "value", "low", "high", "passed", "meaning"}` of each test that the runs allow.

    invariant_to: names of structures whose removal can't matter, by learner.
    """
    allowed = invariant_to or {}
    tests = [
        _null(row)
        for row in strength
        if row["structure"].partition(":")[0] in allowed.get(row["learner"], ())
    ]
    return tests + _random_labels(results)


def _null(row: dict[str, Any]) -> dict[str, Any]:
    value = row["bits_per_label"]
    has_interval = value["low"] is not None
    return {
        "name": f"{row['learner']} is invariant to {row['structure']}",
        "value": value["mean"],
        "low": value["low"],
        "high": value["high"],
        "passed": has_interval and value["low"] <= 0 <= value["high"],
        "meaning": f"Its code length changes by {value['mean']:+.3f} bits per label; the interval "
        + ("must contain 0." if has_interval else "needs two repeats."),
    }


def _random_labels(results: Results) -> list[dict[str, Any]]:
    tests = []
    uniform = math.log2(results.num_classes)
    for learner in results.learners:
        lengths = results.code_lengths(learner, "random-labels", upto=results.reached)
        if not lengths:
            continue
        ratios = np.array(list(lengths.values())) / results.reached / uniform
        ratio = interval(ratios)
        mean = ratio["mean"]
        assert isinstance(mean, float)
        tests.append(
            {
                "name": f"{learner} can't compress random labels",
                "value": mean,
                "low": 1 - RANDOM_LABEL_TOLERANCE,
                "high": 1 + RANDOM_LABEL_TOLERANCE,
                "passed": abs(mean - 1) <= RANDOM_LABEL_TOLERANCE,
                "meaning": "Code length of random labels over n log2 K; 1 within 2%.",
            }
        )
    return tests
