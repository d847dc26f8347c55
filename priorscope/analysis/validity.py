"""The built-in validity tests of a comparison: answers known beforehand, read off its own rows."""

import math
from typing import Any

import numpy as np

from priorscope.analysis.codelength import Results
from priorscope.analysis.intervals import interval

RANDOM_LABEL_TOLERANCE = 0.02
POSITION_BLIND = ("linear", "mlp")


def validity(results: Results, strength: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`{"name", "value", "low", "high", "passed", "meaning"}` of each test that the runs allow."""
    tests = [
        _null(row, "positions")
        for row in strength
        if row["structure"] == "permuted" and _architecture(row["learner"]) in POSITION_BLIND
    ]
    tests += [_null(row, "channels") for row in strength if row["structure"] == "channels-permuted"]
    return [t for t in tests if t] + _random_labels(results)


def _architecture(learner: str) -> str:
    """The name before hyperparameters, if no recipe part changes what it is blind to."""
    head, *parts = learner.split("+")
    moves = {"shift", "rotate", "flip"} | {p for p in parts if p.startswith("resolution")}
    return "" if moves & set(parts) else head.partition(":")[0]


def _null(row: dict[str, Any], what: str) -> dict[str, Any]:
    value = row["bits_per_label"]
    known = value["low"] is not None
    return {
        "name": f"{row['learner']} doesn't care how {what} are ordered",
        "value": value["mean"],
        "low": value["low"],
        "high": value["high"],
        "passed": known and value["low"] <= 0 <= value["high"],
        "meaning": f"Its code length changes by {value['mean']:+.3f} bits per label; the interval "
        + ("must contain 0." if known else "needs two draws."),
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
