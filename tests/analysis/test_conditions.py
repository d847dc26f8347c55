"""What tells conditions apart that disagree: read off their labels."""

import pytest

from priorscope.analysis.conditions import factors, told_apart_by


def test_a_label_names_what_is_compared_the_data_a_distance_and_a_size():
    assert factors("cnn − vit, patterns, distance 4, n = 1600") == {
        "compared": "cnn − vit",
        "data": "patterns",
        "distance": "distance 4",
        "labels": "n = 1600",
    }
    assert factors("linear against mlp, digits: gain from 60 to 240") == {
        "compared": "linear against mlp",
        "data": "digits, gain from 60 to 240",
    }


@pytest.mark.parametrize(
    ("yes", "no", "apart"),
    [
        (["a − b, x, n = 1", "a − b, x, n = 2"], ["a − b, y, n = 1"], [("data",)]),
        (["a − b, x, n = 1"], ["a − b, y, n = 2"], [("data",), ("labels",)]),  # can't be told
        (
            ["a − b, x, n = 1", "a − c, y, n = 1"],
            ["a − c, x, n = 1", "a − b, y, n = 1"],
            [("compared", "data")],
        ),
        (["a − b, x, distance 1"], ["a − b, x, distance 3"], [("distance",)]),
        (["a − b, x"], [], []),
        (["a − b, x"], ["a − b, x"], []),
    ],
)
def test_the_fewest_factors_that_no_two_on_either_side_share(yes, no, apart):
    assert list(told_apart_by(yes, no)) == apart
    assert list(told_apart_by(no, yes)) == apart
