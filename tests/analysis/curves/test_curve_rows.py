import math

import numpy as np
import pytest

from priorscope.analysis.curves.rows import alike_names, gather
from priorscope.analysis.curves.run import curves
from priorscope.wording.sentences import sentence


def test_bad_values_are_left_out_and_named():
    rows = [{"learner": "mlp", "n": n, "repeat": 0, "loss": 1.0} for n in (100, 200)]
    rows += [
        {"learner": "mlp", "n": 400, "repeat": 0, "loss": math.nan},
        {"learner": "mlp", "n": 800, "repeat": 0, "loss": -1.0},
        {"learner": "mlp", "n": 1600, "repeat": 0, "loss": 0.0},
    ]
    table = gather(rows)
    assert list(table.curves["loss"]["mlp"].sizes) == [100, 200]
    said = " ".join(sentence(n.key, n.values) for n in table.notes)
    assert "not a finite number" in said
    assert "negative loss" in said
    assert "0 in every repeat at n = 1600" in said


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"n": 3, "loss": 1.0}, "must name its learner"),
        ({"learner": "mlp", "n": -3, "loss": 1.0}, "n must be a positive number"),
        ({"learner": "mlp", "n": 3, "loss": -1.0}, "No row can be used"),
        ({"learner": "mlp", "n": 3}, "No row can be used"),
    ],
)
def test_refuses_rows_without_a_use(row, sentence):
    with pytest.raises(ValueError, match=sentence):
        gather([row])


def test_sizes_may_come_in_any_order_and_rows_twice():
    rows = [
        {"learner": "mlp", "n": n, "repeat": d, "loss": 1 / n + d}
        for n in (400, 100, 200)
        for d in (0, 1)
    ]
    table, twice = gather(rows), gather([*rows, *rows])
    curve = table.curves["loss"]["mlp"]
    assert list(curve.sizes) == [100, 200, 400]
    assert (curve.values == twice.curves["loss"]["mlp"].values).all()


def test_names_of_draws_do_not_matter():
    def rows(names):
        return [
            {"learner": "mlp", "n": n, "repeat": names[d], "loss": 1 / n + d}
            for n in (100, 200)
            for d in range(3)
        ]

    first, second = gather(rows("abc")), gather(rows("cab"))
    assert (first.curves["loss"]["mlp"].values == second.curves["loss"]["mlp"].values).all()


def test_rows_without_a_draw_are_numbered():
    rows = [{"learner": "mlp", "n": 100, "loss": loss} for loss in (1.0, 2.0)]
    assert gather(rows).curves["loss"]["mlp"].repeats == 2


def test_two_values_of_one_repeat_are_refused():
    rows = [{"learner": "mlp", "n": 100, "repeat": 0, "loss": loss} for loss in (1.0, 2.0)]
    with pytest.raises(ValueError, match="two values of loss at n = 100 in repeat 0, 1 and 2"):
        gather(rows)


def test_a_share_of_the_data_is_no_size():
    with pytest.raises(ValueError, match=r"the largest is 0\.05; if n is a share of the data"):
        gather([{"learner": "mlp", "n": 0.05, "error": 0.5}])


def test_no_error_counts_as_half_an_error():
    rows = [
        {"learner": "mlp", "n": n, "repeat": d, "error": e, "test_examples": 99}
        for n, e in ((100, 0.1), (200, 0.0))
        for d in range(3)
    ]
    table = gather(rows)
    assert table.curves["error"]["mlp"].values[1] == pytest.approx([0.5 / 100] * 3)
    assert "half an error in 99 test examples" in " ".join(
        sentence(n.key, n.values) for n in table.notes
    )
    for row in rows:
        del row["test_examples"]
    # The least error of the table, .1, is at best one example: 10 of them.
    assert gather(rows).curves["error"]["mlp"].values[1] == pytest.approx([0.5 / 11] * 3)


def test_any_positive_metric_is_fitted():
    rows = [{"learner": "mlp", "n": n, "minutes": 1 / n} for n in (100, 200)]
    assert list(gather(rows, ("minutes",)).curves) == ["minutes"]


def test_a_column_is_in_the_order_of_draws():
    rows = [
        {"learner": "mlp", "n": 2, "repeat": d, "loss": 3.0 - d, "seconds": float(d)}
        for d in range(3)
    ]
    table = gather(rows)
    loss = table.curves["loss"]["mlp"].values[0]
    assert (loss + table.column("seconds", "mlp", 2.0) == 3.0).all()
    assert np.isnan(table.column("seconds", "mlp", 4.0)).all()


def test_names_that_differ_in_case_or_hyphens_alone_are_said():
    names = ["CNN", "mlp", "cnn", "ResNet 50", "resnet-50", "C", "C++"]
    said = [note.values["names"] for note in alike_names(names)]
    assert said == [["CNN", "cnn"], ["ResNet 50", "resnet-50"]]
    rows = [{"learner": k, "n": n, "loss": 1 / n} for k in ("CNN", "cnn") for n in (10, 20, 40)]
    (note,) = curves(rows)[""]["notes"]
    assert note.startswith("CNN and cnn differ in case, spaces or hyphens alone")
