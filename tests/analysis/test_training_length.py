from priorscope.analysis.training_length import trained_too_short


def test_who_was_ended_by_the_plan_in_half_the_repeats_of_the_largest_size(synthetic):
    """`good` at the largest size in two of three repeats, `bad` in one and at a smaller size."""
    limited = {
        ("good", 40): (0, 1),
        ("bad", 40): (2,),
        ("bad", 20): (0, 1, 2),
    }
    rows = []
    for row in synthetic.rows():
        run = row["run"]
        at_limit = run["repeat"] in limited.get((row["learner"], run["size"]), ())
        rows.append({**row, "at_limit": int(at_limit and row["structure"] == "intact")})
    assert trained_too_short(synthetic.table(rows)) == ["good"]
    assert any(f.key == "trained-too-short" for f in synthetic.summary_of(rows).findings)


def test_rows_that_do_not_say_so_are_not_accused(synthetic):
    assert trained_too_short(synthetic.table(list(synthetic.rows()))) == []
