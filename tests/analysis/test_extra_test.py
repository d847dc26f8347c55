import numpy as np

from priorscope.analysis.extra_test import extra_test_rows
from priorscope.analysis.metrics import METRICS
from priorscope.analysis.table import RunTable


def row(learner, n, repeat, test, extra=None):
    parts = {"test": {"examples": 1000, "accuracy": test, "bits": 1.0}}
    if extra is not None:
        parts["extra"] = {"examples": 500, "accuracy": extra, "bits": 1.0}
    run = {"size": n, "repeat": repeat}
    return {"learner": learner, "structure": "intact", "status": "done", "run": run,
            "digest": f"{learner}{n}{repeat}", "measures": [], **parts}  # fmt: skip


def of(rows):
    return RunTable.of(rows, learners=["a", "b"], structures=["intact"], sizes=[50, 100], repeats=3)


def test_differences_are_those_of_the_same_networks():
    stream = np.random.default_rng(0)
    rows = []
    for r in range(3):
        for name, level in (("a", 0.9), ("b", 0.8)):
            test = level + 0.02 * stream.standard_normal()
            rows += [row(name, 50, r, test - 0.1, test - 0.2), row(name, 100, r, test, test - 0.05)]
    first, second = extra_test_rows(of(rows), METRICS["accuracy"])
    assert (first.learner, first.n, first.metric) == ("a", 100, "accuracy")
    assert first.difference is not None
    assert abs(first.difference.center + 0.05) < 1e-9
    # the noise of repeats cancels; that of 1,000 and 500 test examples doesn't
    own = 1.96 * np.sqrt(0.85 * 0.15 / 500 + 0.9 * 0.1 / 1000)
    half = (first.difference.high - first.difference.low) / 2
    assert 0.8 * own < half < 1.4 * own
    assert second.extra is not None
    assert second.extra.center < first.extra.center


def test_nothing_is_said_without_such_a_set():
    rows = [row("a", 50, 0, 0.9), row("b", 50, 0, 0.8)]
    assert extra_test_rows(of(rows), METRICS["accuracy"]) == []
