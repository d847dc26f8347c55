import math

import pytest

from priorscope.report import words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.4119, "0.412"),
        (-0.5, "−0.500"),
        (-0.0001, "0.000"),
        (None, "–"),
        (math.nan, "–"),
        (True, "–"),
    ],
)
def test_number(value, text):
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (12_400, "12,400"), (1_200_000, "1.2 M"), (85.1e6, "85.1 M"), (None, "–")],
)
def test_count(value, text):
    assert words.count(value) == text


def test_a_count_below_zero_has_a_minus_sign():
    assert words.count(-7) == "−7"


@pytest.mark.parametrize(("value", "text"), [(333.2, "330"), (2283, "2,300"), (None, "–")])
def test_an_estimated_size_has_two_digits(value, text):
    assert words.rough(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.42, "0.42"), (2, "2.0"), (3.42, "3.4"), (73.2, "73"), (1234, "1,200"), (None, "–")],
)
def test_ratio_keeps_two_digits(value, text):
    assert words.ratio(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.84, "0.8 s"), (42, "42 s"), (190, "3 min 10 s"), (7500, "2 h 05 min"), (None, "–")],
)
def test_seconds(value, text):
    assert words.seconds(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "< 1%"), (0.004, "< 1%"), (0.93, "93%"), (0.999, "> 99%"), (1, "> 99%")]
)
def test_a_probability_is_never_shown_as_certainty(value, text):
    assert words.percent(value) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (11_000, 80_000, "11,000 to 80,000"),
        (11_000, None, "at least 11,000"),
        (None, 80_000, "at most 80,000"),
        (None, None, ""),
    ],
)
def test_ends_that_are_not_known_are_said_to_be_so(low, high, text):
    assert words.between(low, high) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.084, "8.4%"), (0.2, "20%"), (-0.005, "−0.5%"), (None, "–")]
)
def test_share(value, text):
    assert words.share(value) == text


def test_structures_get_words_and_unknown_ones_keep_their_name():
    assert words.structure("within-patches:4") == "shuffled within patches (4)"
    assert words.structure("mirrored:axis=1") == "mirrored (axis=1)"
