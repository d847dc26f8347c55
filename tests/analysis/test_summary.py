import itertools
import json
import time

import jsonschema
import numpy as np
import pytest

from priorscope.analysis.summarise import Request
from priorscope.analysis.summary_json import from_json, schema_json, to_json
from priorscope.wording.sentences import sentences

REPEATS = 3


@pytest.fixture(autouse=True)
def _no_forecast(monkeypatch, request):
    """Fitting learning curves takes seconds and is tested in its own room."""
    if request.function is not test_it_keeps_the_json_schema_and_comes_back_as_it_was:
        monkeypatch.setattr("priorscope.analysis.summarise.forecast", lambda rows, **more: {})


def verdict(summary):
    return sentences(summary.findings, "verdict")


def test_summary_says_what_the_rows_say(synthetic):
    found = synthetic.summary_of(synthetic.rows())
    assert [row.learner for row in found.leaderboard] == ["good", "bad"]
    assert found.leaderboard[0].probability_best > 0.99
    strength = {(r.learner, r.structure): r.bits_per_label for r in found.strength}
    # 30 of 40 labels are coded; each costs one bit more
    assert strength["good", "permuted"].center == pytest.approx(0.75, abs=0.03)
    assert strength["bad", "permuted"].low <= 0 <= strength["bad", "permuted"].high
    assert found.failed == found.unresolved == []
    assert len(found.validity) == 3
    assert all(test.passed for test in found.validity)


def test_it_keeps_the_json_schema_and_comes_back_as_it_was(synthetic):
    found = synthetic.summary_of(synthetic.rows())
    data = json.loads(json.dumps(to_json(found), allow_nan=False))
    jsonschema.validate(data, json.loads(schema_json()))
    assert from_json(data) == found


def test_the_answer_keeps_the_contract(synthetic):
    answer = synthetic.summary_of(synthetic.rows()).answer
    assert (answer.goal, answer.metric, answer.pick) == ("accuracy", "accuracy", "good")
    assert answer.tied == ["good"]
    assert answer.word == "clear"
    assert answer.size == 40
    assert answer.value.center == pytest.approx(0.75, abs=0.01)
    assert answer.reference == 0.25
    assert answer.beats_reference.word == "clear"
    assert answer.depends_on_recipe is None
    assert answer.stopped_by == "data"


def test_each_row_says_how_probably_it_is_best_by_what_was_asked(synthetic):
    found = synthetic.summary_of(synthetic.rows())
    rows = {row.learner: row for row in found.leaderboard}
    assert (rows["good"].place, rows["bad"].place) == (1, 2)
    assert rows["good"].probability == found.answer.probability
    assert rows["bad"].probability < 0.05
    looked = synthetic.summary_of(synthetic.rows(), Request(share=0.25))
    best = next(row for row in looked.leaderboard if row.learner == "good")
    assert best.probability == looked.answer.probability


def test_the_leaderboard_is_in_the_order_of_what_was_asked(synthetic):
    """The shorter code has the lower accuracy: whoever asked for accuracy finds it second."""
    kept = list(synthetic.rows())
    for row in kept:
        row["test"]["accuracy"] = 0.6 if row["learner"] == "good" else 0.9
    board = synthetic.summary_of(kept).leaderboard
    assert [(row.learner, row.place) for row in board] == [("bad", 1), ("good", 2)]
    assert board[1].behind.center == 0 < board[0].behind.center
    by_code = synthetic.summary_of(kept, Request(goal="code")).leaderboard
    assert [row.learner for row in by_code] == ["good", "bad"]


def test_both_goals_are_answered(synthetic):
    found = synthetic.summary_of(synthetic.rows(), Request(goal="code"))
    assert found.answer == found.answers["code"]
    assert found.answer.metric == "code-bits"
    assert found.answer.value.center == pytest.approx(0.5 * 0.75 + 2.0 * 0.25, abs=0.02)
    assert found.answer.reference == pytest.approx(2.0)
    assert found.answers["accuracy"].metric == "accuracy"


def test_what_is_missing_is_unresolved_and_said(synthetic):
    kept = [r for r in synthetic.rows() if (r["learner"], r["structure"]) != ("bad", "permuted")]
    found = synthetic.summary_of(kept)
    assert [(u.learner, u.structure) for u in found.unresolved] == [("bad", "permuted")]
    assert "Rerun the same command to continue." in verdict(found)[-1]
    assert found.answer.stopped_by == "budget"


def test_an_early_end_leaves_an_answer_about_what_was_reached(synthetic):
    kept = [r for r in synthetic.rows() if r["run"]["size"] == 10]
    found = synthetic.summary_of(kept)
    assert {row.n for row in found.leaderboard} == {20}
    assert found.leaderboard[0].code_bits_per_label.center == pytest.approx(1.25, abs=0.02)
    assert "Up to 40 labels were asked for; this holds for 10." in verdict(found)


def test_a_failed_run_is_not_unresolved_and_qualifies_the_verdict(synthetic):
    kept = list(synthetic.rows())
    kept[0] = {**kept[0], "status": "failed", "reason": "it broke\nat line 7"}
    found = synthetic.summary_of(kept)
    assert found.unresolved == []
    assert found.failed[0].reason == "it broke\nat line 7"
    assert found.leaderboard[0].failed_runs == 1
    assert any("1 run failed: good (1: it broke)." in s for s in verdict(found))


def test_nothing_at_all_is_said_so(synthetic):
    found = synthetic.summary_of([])
    assert found.leaderboard == []
    assert found.answer.pick is None
    assert "Nothing can be said yet" in verdict(found)[0]


def test_learners_that_cannot_be_told_apart_are_tied_and_the_cheapest_is_picked(synthetic):
    same = synthetic.BITS | {("bad", "intact"): 0.5}
    found = synthetic.summary_of(synthetic.rows(same, noise=0.003), Request(goal="code"))
    assert set(found.answer.tied) == {"good", "bad"}
    assert found.answer.pick == "good"  # fewer multiply-adds
    assert any("can't be told apart" in s for s in verdict(found))


def test_where_nothing_beats_the_reference_that_is_the_first_sentence(synthetic):
    useless = {key: 2.05 for key in synthetic.BITS}
    found = synthetic.summary_of(synthetic.rows(useless, noise=0.05))
    assert found.answer.beats_reference.word == "open"
    assert "no learner clearly beats a guess" in verdict(found)[0]


def test_all_accuracies_on_the_board_are_of_one_size(synthetic):
    kept = [r for r in synthetic.rows() if (r["learner"], r["run"]["size"]) != ("bad", 40)]
    found = synthetic.summary_of(kept)
    assert len({row.size for row in found.leaderboard}) == 1


def test_measures_are_means_over_repeats_and_older_rows_have_none(synthetic):
    kept = list(synthetic.rows())
    for row in kept:
        if row["structure"] == "intact" and row["learner"] == "good":
            value = 0.01 * row["run"]["repeat"]
            row["measures"] = [{"measure": "symmetry", "quantity": "shift", "value": value}]
    found = synthetic.summary_of(kept).measures
    assert [(row.learner, row.n) for row in found] == [("good", n) for n in (10, 20, 40)]
    for row in found:
        assert (row.measure, row.quantity) == ("symmetry", "shift")
        assert row.value.center == pytest.approx(0.01)
        assert row.value.low == 0  # such a number can't be below
        assert row.value.n == REPEATS


def test_rows_of_schema_1_are_read(synthetic):
    old = []
    for row in synthetic.rows():
        run = {"size": row["run"]["size"], "draw": row["run"]["repeat"]}
        parts = {k: row[k] for k in ("block", "test", "train") if k in row}
        renamed = {
            k: {("bits_spread" if m == "bits_std" else m): v for m, v in part.items()}
            for k, part in parts.items()
        }
        old.append({**row, **renamed, "run": run})
    assert synthetic.summary_of(old) == synthetic.summary_of(synthetic.rows())


def test_the_long_table_holds_every_number_once(synthetic):
    kept = list(synthetic.rows())
    columns = synthetic.table(kept).columns()
    keys = list(zip(*(columns[k].tolist() for k in list(columns)[:-1]), strict=True))
    assert list(columns) == ["learner", "structure", "n", "repeat", "split", "metric", "value"]
    assert len(set(keys)) == len(keys)
    wanted = ("bad", "permuted", 20, 2, "block", "bits")
    row = next(r for r in kept if r["digest"] == "bad-permuted-20-2")
    assert columns["value"][keys.index(wanted)] == row["block"]["bits"]


def test_two_thousand_rows_take_a_few_seconds_without_the_curves(synthetic):
    """8 learners, 8 structures, 6 sizes, 5 repeats; learning curves are another room's."""
    learners = [f"l{i}" for i in range(8)]
    structures = ("intact", "random-labels", *(f"s{i}" for i in range(6)))
    bits = {pair: 1.0 for pair in itertools.product(learners, structures)}
    sizes = tuple(50 * 2**i for i in range(6))
    kept = list(synthetic.rows(bits, structures, 0.1, sizes, 5))
    start = time.process_time()
    found = synthetic.summary_of(
        kept, learners=learners, structures=structures, sizes=sizes, repeats=5
    )
    assert time.process_time() - start < 5
    assert len(found.curves) == len(learners) * len(structures) * len(sizes)
    assert np.isfinite([r.probability_best for r in found.leaderboard]).all()
