"""Strengths and validity tests on synthetic truths: false alarms at the rate that they name."""

import dataclasses
import itertools

import numpy as np
import pytest

from priorscope.analysis.code_length import class_null_bits, code_lengths
from priorscope.analysis.strength import strengths
from priorscope.analysis.validity import validity
from priorscope.wording import checks

LEARNERS = tuple(f"l{i}" for i in range(4))
SHUFFLED = ("permuted", "shifted", "rotated")


def null_table(synthetic, seed, repeats=3):
    bits = {pair: 1.0 for pair in itertools.product(LEARNERS, ("intact", *SHUFFLED))}
    rows = synthetic.rows(bits, ("intact", *SHUFFLED), 0.2, repeats=repeats, seed=seed)
    table = synthetic.table(
        rows, repeats=repeats, learners=LEARNERS, structures=("intact", *SHUFFLED)
    )
    return table, code_lengths(table, class_null_bits([10] * 4, table.sizes), 2.0)


def alarms(synthetic, judge, trials=120):
    return np.mean([judge(*null_table(synthetic, seed)) for seed in range(trials)])


def test_where_no_structure_matters_some_cell_seems_to_in_five_percent(synthetic):
    def any_clear(table, lengths):
        rows = strengths(table, lengths, list(SHUFFLED))
        clear = [row.bits_per_label.low > 0 or row.bits_per_label.high < 0 for row in rows]
        assert clear == [row.p <= 0.05 for row in rows]
        return any(clear)

    assert alarms(synthetic, any_clear) <= 0.05 + 3 * (0.05 * 0.95 / 120) ** 0.5


def test_sound_learners_fail_a_test_of_invariance_in_five_percent(synthetic):
    invariant = {name: frozenset(SHUFFLED) for name in LEARNERS}

    def any_failed(table, lengths):
        rows = validity(table, lengths, invariant)
        assert sum(row.error_rate for row in rows) == pytest.approx(0.05)
        return any(row.passed is False for row in rows)

    assert alarms(synthetic, any_failed) <= 0.05 + 3 * (0.05 * 0.95 / 120) ** 0.5


def test_a_learner_that_does_depend_on_it_fails(synthetic):
    bits = {("good", "intact"): 0.5, ("good", "permuted"): 1.5}
    table = synthetic.table(synthetic.rows(bits), learners=("good",))
    lengths = code_lengths(table, class_null_bits([10] * 4, table.sizes), 2.0)
    row = validity(table, lengths, {"good": frozenset({"permuted"})})[0]
    assert row.passed is False
    assert "must contain 0" in checks.meaning(dataclasses.asdict(row))


def test_two_repeats_are_said_to_have_little_power_and_one_has_none(synthetic):
    invariant = {name: frozenset(SHUFFLED) for name in LEARNERS}
    two = validity(*null_table(synthetic, 0, repeats=2), invariant)
    assert all("little power" in checks.meaning(dataclasses.asdict(row)) for row in two)
    one = validity(*null_table(synthetic, 0, repeats=1), invariant)
    assert {row.passed for row in one} == {None}


@pytest.mark.parametrize(("saved", "passed"), [(0.0, True), (0.5, False)])
def test_random_labels_that_are_compressed_leak(synthetic, saved, passed):
    """160 examples: chance and calibration may waste some bits, but none can be saved."""
    bits = {("good", "intact"): 0.5}
    rows = list(synthetic.rows(bits, ("intact", "random-labels"), 0.05, (20, 40, 80, 160)))
    for row in rows:
        if row["structure"] == "random-labels" and "block" in row:
            row["block"] = {**row["block"], "bits": row["block"]["bits"] - saved}
    table = synthetic.table(
        rows, (20, 40, 80, 160), learners=("good",), structures=("intact", "random-labels")
    )
    lengths = code_lengths(table, class_null_bits([10] * 4, table.sizes), 2.0)
    row = validity(table, lengths, {})[0]
    assert row.passed is passed
    assert row.error_rate == 0.01


def test_code_lengths_with_failing_runs_cover_what_is_charged(synthetic):
    """10% of the runs fail and are charged; the mean of such lengths is what is estimated."""
    from priorscope.analysis.estimates import estimate, pooled_variance

    stream, hits = np.random.default_rng(0), []
    for _ in range(600):
        blocks = 1 + 0.3 * stream.standard_normal((5, 10, 8))  # learners, repeats, blocks
        blocks = np.where(stream.random(blocks.shape) < 0.1, 2.0, blocks)
        lengths = blocks.sum(axis=2)
        for i in range(5):
            value = estimate(lengths[i], pooled_variance(lengths, without=i))
            hits.append(value.low <= 8 * 1.1 <= value.high)
    assert 0.93 <= np.mean(hits) <= 0.97
