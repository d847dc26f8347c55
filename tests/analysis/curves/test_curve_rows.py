import math

import numpy as np
import pytest

from priorscope.analysis.curves.rows import gather, in_units, read_csv

HEADER = "learner,n,draw,loss,error\n"


def csv_of(tmp_path, text):
    path = tmp_path / "curves.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_what_is_there(tmp_path):
    path = csv_of(tmp_path, HEADER + "mlp, 100 ,a,1.5,\n\ncnn,200,a,,.25\n")
    assert read_csv(path) == [
        {"learner": "mlp", "draw": "a", "n": 100.0, "loss": 1.5},
        {"learner": "cnn", "draw": "a", "n": 200.0, "error": 0.25},
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("learner,n,draw\nmlp,1,0\n", "must have the columns learner, n, draw, and loss or error"),
        ("", "but it has none"),
        (HEADER + "mlp,100,0,1.5,0\nmlp,ten,0,1.5,0\n", "line 3: n must be a number.*'ten'"),
    ],
)
def test_refuses_a_file_it_cannot_read(tmp_path, text, sentence):
    with pytest.raises(ValueError, match=sentence):
        read_csv(csv_of(tmp_path, text))


def test_refuses_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ValueError, match="There is no file"):
        read_csv(tmp_path / "none.csv")


def test_bad_values_are_left_out_and_named():
    rows = [{"learner": "mlp", "n": n, "draw": 0, "loss": 1.0} for n in (100, 200)]
    rows += [
        {"learner": "mlp", "n": 400, "draw": 0, "loss": math.nan},
        {"learner": "mlp", "n": 800, "draw": 0, "loss": -1.0},
        {"learner": "mlp", "n": 1600, "draw": 0, "loss": 0.0},
    ]
    table = gather(rows)
    assert list(table.curves["loss"]["mlp"].sizes) == [100, 200]
    said = " ".join(table.notes)
    assert "not a finite number" in said
    assert "negative loss" in said
    assert "0 in every draw at n = 1600" in said


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
        {"learner": "mlp", "n": n, "draw": d, "loss": 1 / n + d}
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
            {"learner": "mlp", "n": n, "draw": names[d], "loss": 1 / n + d}
            for n in (100, 200)
            for d in range(3)
        ]

    first, second = gather(rows("abc")), gather(rows("cab"))
    assert (first.curves["loss"]["mlp"].values == second.curves["loss"]["mlp"].values).all()


def test_rows_without_a_draw_are_numbered():
    rows = [{"learner": "mlp", "n": 100, "loss": loss} for loss in (1.0, 2.0)]
    assert gather(rows).curves["loss"]["mlp"].draws == 2


def test_units():
    rows = [{"learner": "mlp", "n": 1.0, "loss": math.log(2), "error": 25.0}]
    assert in_units(rows, nats=True, percent=True)[0] == pytest.approx(
        {"learner": "mlp", "n": 1.0, "loss": 1.0, "error": 0.25}
    )
    with pytest.raises(ValueError, match="at most 1, but one is 25; say --percent"):
        in_units(rows)


def test_a_column_is_in_the_order_of_draws():
    rows = [
        {"learner": "mlp", "n": 1, "draw": d, "loss": 3.0 - d, "seconds": float(d)}
        for d in range(3)
    ]
    table = gather(rows)
    loss = table.curves["loss"]["mlp"].values[0]
    assert (loss + table.column("seconds", "mlp", 1.0) == 3.0).all()
    assert np.isnan(table.column("seconds", "mlp", 2.0)).all()
