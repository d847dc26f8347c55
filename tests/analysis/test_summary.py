import itertools
import json
import math

import numpy as np
import pytest

from priorscope.analysis.codelength import collect, label_code_bits, reference_bits
from priorscope.analysis.summarise import summarise
from priorscope.analysis.verdict import _best

SIZES, CLASSES, DRAWS = (10, 20, 40), 4, 3
BITS = {
    ("good", "intact"): 0.5,
    ("good", "permuted"): 1.5,
    ("bad", "intact"): 1.6,
    ("bad", "permuted"): 1.6,
}


def score(bits, examples):
    return {
        "examples": examples,
        "bits": bits,
        "bits_spread": 1.0,
        "uncalibrated_bits": bits + 0.1,
        "accuracy": 1 - bits / 2,
    }


def rows(bits=BITS, structures=("intact", "permuted", "random-labels"), noise=0.01):
    stream = np.random.default_rng(0)
    for learner, structure, (i, size), draw in itertools.product(
        ("good", "bad"), structures, enumerate(SIZES), range(DRAWS)
    ):
        mean = 2.0 if structure == "random-labels" else bits[learner, structure]
        value = mean + noise * stream.standard_normal()
        row = {
            "status": "done",
            "learner": learner,
            "structure": structure,
            "digest": "0",
            "run": {"size": size, "draw": draw},
            "test": score(value, 1000),
            "train": score(value / 2, 10),
            "parameters": 5,
            "multiply_adds": 7,
            "seconds": 1.0,
            "steps": 3,
        }
        if size != SIZES[-1]:
            row["block"] = score(value, SIZES[i + 1] - size)
        yield row


def results(found):
    return collect(
        list(found),
        sizes=SIZES,
        num_classes=CLASSES,
        learners=("good", "bad"),
        structures=("intact", "permuted", "random-labels"),
        draws=DRAWS,
    )


def test_code_length_is_the_sum_of_blocks_after_a_uniform_first():
    found = results(rows(noise=0))
    expected = 10 * math.log2(CLASSES) + 10 * 0.5 + 20 * 0.5
    assert found.code_lengths("good", "intact") == pytest.approx(dict.fromkeys(range(3), expected))
    half = 10 * math.log2(CLASSES) + 10 * 0.5
    assert found.code_lengths("good", "intact", upto=20)[0] == pytest.approx(half)


def test_a_draw_with_a_missing_block_has_no_code_length():
    kept = [r for r in rows() if (r["run"]["size"], r["run"]["draw"]) != (20, 1)]
    assert sorted(results(kept).code_lengths("good", "intact")) == [0, 2]


def test_label_code_is_uniform_for_balance_and_shorter_without():
    # KT on (1, 0): the first symbol costs one bit of two classes.
    assert label_code_bits([1, 0]) == pytest.approx(1.0)
    assert label_code_bits([1, 1]) == pytest.approx(3.0)  # 1/2 * 1/4
    assert reference_bits([500, 500]) == 1000
    assert reference_bits([990, 10]) < 150


def test_summary_says_what_the_rows_say():
    found = summarise(results(rows()), [10, 10, 10, 10])
    json.dumps(found, allow_nan=False)
    assert [row["learner"] for row in found["leaderboard"]] == ["good", "bad"]
    assert found["leaderboard"][0]["probability_best"] > 0.99
    strength = {(r["learner"], r["structure"]): r["bits_per_label"] for r in found["strength"]}
    # 30 of 40 labels are coded; each costs one bit more
    assert strength["good", "permuted"]["mean"] == pytest.approx(0.75, abs=0.03)
    assert strength["bad", "permuted"]["low"] <= 0 <= strength["bad", "permuted"]["high"]
    assert found["failed"] == found["unresolved"] == []
    assert all(test["passed"] for test in found["validity"])
    assert "good fits these data best" in found["verdict"][0]
    assert any("permuted costs 0.7" in sentence for sentence in found["verdict"])


def test_what_is_missing_is_unresolved_and_said():
    kept = [r for r in rows() if not (r["learner"] == "bad" and r["structure"] == "permuted")]
    found = summarise(results(kept), [10] * 4)
    assert [(u["learner"], u["structure"]) for u in found["unresolved"]] == [("bad", "permuted")]
    assert any("Unresolved" in sentence for sentence in found["verdict"])


def test_an_early_end_leaves_an_answer_about_what_was_reached():
    kept = [r for r in rows() if r["run"]["size"] == 10]
    found = summarise(results(kept), [10] * 4)
    assert {row["n"] for row in found["leaderboard"]} == {20}
    assert found["leaderboard"][0]["code_bits_per_label"]["mean"] == pytest.approx(1.25, abs=0.02)
    assert any("Up to 40 examples were asked for" in sentence for sentence in found["verdict"])


def test_a_failed_run_is_not_unresolved():
    kept = list(rows())
    kept[0] = {**kept[0], "status": "failed", "reason": "it broke"}
    found = summarise(results(kept), [10] * 4)
    assert found["unresolved"] == []
    assert found["failed"][0]["reason"] == "it broke"


def test_nothing_at_all_is_said_so():
    found = summarise(results([]), [10] * 4)
    assert found["leaderboard"] == []
    assert "Nothing can be said yet" in found["verdict"][0]


def test_learners_that_cannot_be_separated_are_named():
    same = BITS | {("bad", "intact"): 0.5}
    found = summarise(results(rows(same, noise=0.1)), [10] * 4)
    assert any("can't separate" in sentence for sentence in found["verdict"])


def test_with_one_draw_in_common_nobody_is_said_to_be_best():
    code = {"mean": 0.9, "low": 0.8, "high": 1.0, "n": 2}
    rows = [{"learner": n, "code_bits_per_label": code, "probability_best": 0.5} for n in "ab"]
    assert "too few draws were finished for all learners" in _best(rows, 1500)
    rows[0]["probability_best"] = 0.8
    assert _best(rows, 1500).endswith("a fits these data best, with probability 80%.")


def test_measures_are_means_over_draws_and_older_rows_have_none():
    stored = rows()
    for row in stored:
        if row["structure"] == "intact" and row["learner"] == "good":
            draw = row["run"]["draw"]
            row["measures"] = [{"measure": "symmetry", "quantity": "shift", "value": 0.01 * draw}]
    found = summarise(results(stored), [10] * 4)["measures"]
    sizes = sorted({row["run"]["size"] for row in stored})
    assert [(row["learner"], row["n"]) for row in found] == [("good", n) for n in sizes]
    for row in found:
        assert (row["measure"], row["quantity"]) == ("symmetry", "shift")
        assert row["value"]["mean"] == pytest.approx(0.01)
        assert row["value"]["low"] == 0  # such a number can't be below
        assert row["value"]["n"] == DRAWS == 3
