"""The card of a race of which one learner is left: the others were compared, too."""

from priorscope.wording.card import card
from priorscope.wording.dropped import ended_curves

ESTIMATE = {"center": 0.98, "low": 0.96, "high": 0.99, "n": 3, "method": "mean"}
ANSWER = {
    "goal": "accuracy", "metric": "accuracy", "pick": "cnn", "tied": ["cnn"], "probability": 0.9,
    "word": "leaning", "size": 1438, "value": ESTIMATE, "stopped_by": "budget",
}  # fmt: skip


def lines(**changes):
    summary = {"answer": ANSWER, "leaderboard": [{"learner": "cnn"}], "repeats": 3, **changes}
    return {line.key: line.text for line in card(summary).lines}


def test_the_last_in_a_race_was_not_the_only_one():
    left = lines(dropped=[{"learner": "mlp", "at": 359, "bound": 1.2, "risk": 0.02}])
    assert "only one" not in left["pick"]
    assert "90%" in left["confidence"]
    alone = lines()
    assert "only one" in alone["pick"]
    assert "confidence" not in alone


def test_who_was_left_for_lack_of_time_is_named():
    def left(learner, sizes, structure="intact"):
        return {"learner": learner, "structure": structure, "missing_runs": 3, "sizes": sizes}

    rows = [left("vit", [359, 1438]), left("gru", [2876]), left("mlp", [359], "permuted")]
    limits = lines(unresolved=rows)["limits"]
    assert "vit" in limits
    assert "gru" not in limits  # it was there at the size of the answer
    assert "mlp" not in limits


def test_who_lacks_further_repeats_alone_was_not_left():
    row = {"learner": "gru", "structure": "intact", "missing_runs": 2, "sizes": [1438]}
    points = [{"learner": "gru", "structure": "intact", "n": 1438, "repeats": 3}]
    assert "gru" in lines(unresolved=[row])["limits"]
    assert "gru" not in lines(unresolved=[row], curves=points).get("limits", "")


def test_who_was_dropped_was_not_left_for_lack_of_time():
    row = {"learner": "gru", "structure": "intact", "missing_runs": 2, "sizes": [359]}
    dropped = [{"learner": "gru", "at": 719, "bound": 1.2, "risk": 0.02}]
    assert "gru" not in lines(unresolved=[row], dropped=dropped).get("limits", "")


def test_who_is_not_ruled_out_in_the_verdict_is_not_behind_in_the_card():
    rows = [{"learner": name, "place": i} for i, name in enumerate(("cnn", "gru", "mlp"))]
    said = {"key": "ahead", "values": {"learner": "cnn", "others": ["gru"]}, "part": "verdict"}
    pick = lines(leaderboard=rows, findings=[said])["pick"]
    assert pick == "cnn; not ruled out: gru; behind: mlp"
    assert lines(leaderboard=rows)["pick"] == "cnn, ahead of gru, mlp"


def test_a_question_about_labels_is_answered_also_where_nothing_can_be_said():
    settings = {"target_accuracy": 0.8, "labels": 5000}
    said = lines(reproduce={"settings": settings}, plan=None)
    assert said["target"] == "80%: not known yet, as no model has been measured at 3 sizes"
    assert said["labels"].startswith("5,000: not known yet")
    assert "RMSE 2.5: not known" in lines(reproduce={"settings": {"target_rmse": 2.5}})["target"]
    assert {"target", "labels"}.isdisjoint(lines(reproduce={"settings": {}}))


def test_who_was_not_followed_is_not_said_to_be_behind():
    dropped = [{"learner": "mlp", "at": 359, "bound": 1.2, "risk": 0.02}]
    row = {"learner": "vit", "structure": "intact", "missing_runs": 2, "sizes": [359]}
    assert lines(dropped=dropped)["pick"] == "cnn, ahead of all others"
    left = lines(dropped=dropped, unresolved=[row])["pick"]
    assert left == "cnn, ahead of all that there was time for"


def test_whose_runs_failed_is_said_with_the_reason():
    failed = [
        {"learner": name, "run": "x", "reason": "no memory."} for name in ("vit", "vit", "gru")
    ]
    other = {"learner": "mlp", "run": "x", "reason": "else"}
    assert "4 runs failed (vit, gru: no memory)." in lines(failed=[*failed, other])["limits"]
    old = [{"run": "vit, intact, n = 8", "reason": "no memory"}]
    assert "1 run failed (no memory)." in lines(failed=old)["limits"]


def test_a_budget_that_ended_with_nothing_missing_counts_no_runs():
    assert lines()["limits"] == "Stopped by the budget; the same command continues."


def test_a_run_beyond_the_size_that_a_learner_left_at_is_accounted_for():
    """Without that its curve has a point where the card says that there is none."""
    row = {"learner": "gru", "at": 179, "bound": 1.2, "risk": 0.02}
    plain = lines(dropped=[row])["dropped"]
    assert plain == "gru at 179 labels: even its best case was worse (risk 2%)"
    checked = {"dropped": [{**row, "checked_at": 719, "later": [719]}]}
    assert lines(**checked)["dropped"] == f"{plain}; a run of gru at 719 bore that out"
    assert "beyond" not in ended_curves({"dropped": [row]})
    assert "Points of gru beyond that" in ended_curves(checked)
    assert ended_curves({}) == ""
