import math
import string

import pytest

from priorscope.wording import numbers as words
from priorscope.wording.card import card
from priorscope.wording.checks import meaning
from priorscope.wording.page import TEXTS, structure, t


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
    [
        (0.01, "< 0.1 s"),
        (0.84, "0.8 s"),
        (42, "42 s"),
        (190, "3 min 10 s"),
        (7500, "2 h 05 min"),
        (None, "–"),
    ],
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


def test_a_ratio_that_may_be_all_but_0_has_no_low_end():
    assert words.between(0.004, 1.7, "ratio") == "at most 1.7"
    assert words.between(0.004, None, "ratio") == ""
    assert words.between(0.02, 1.7, "ratio") == "0.02 to 1.7"


def test_no_change_has_no_sign():
    row = {"test": "invariance", "passed": True, "low": -0.1, "high": 0.1, "values": {"repeats": 5}}
    shown = [meaning({**row, "value": value}) for value in (-0.0001, 0.0001, 0.02, -0.02)]
    changes = [text.split("changes by ")[1].split(" ")[0] for text in shown]
    assert changes == ["0.000", "0.000", "+0.020", "−0.020"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.084, "8%"), (0.004, "0.4%"), (0.2, "20%"), (-0.005, "−0.5%"), (None, "–")],
)
def test_share(value, text):
    assert words.share(value) == text


def test_structures_get_words_and_unknown_ones_keep_their_name():
    assert structure("within-patches:4") == "shuffled within patches (4)"
    assert structure("mirrored:axis=1") == "mirrored (axis=1)"


def estimate(center, low, high):
    return {"center": center, "low": low, "high": high, "n": 5, "method": "m"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (estimate(1.53219, 1.5021, 1.5621), "1.53 (1.50 to 1.56)"),
        (estimate(0.14213, 0.1281, 0.1561), "0.142 (0.128 to 0.156)"),
        (estimate(1.5, -20.0, 23.0), "0 (−20 to 20)"),
        (estimate(54_321.0, 51_000.0, 57_600.0), "54,000 (51,000 to 58,000)"),
        (estimate(0.027778, 0.027775, 0.02778), "0.028 (0.028 to 0.028)"),
        (estimate(0.5, None, None), "0.50"),
        (estimate(-1.25, -1.3, -1.2), "−1.25 (−1.30 to −1.20)"),
        (None, "–"),
    ],
)
def test_no_number_has_more_digits_than_its_interval(value, text):
    assert words.estimate(value) == text


@pytest.mark.parametrize(
    ("value", "center", "ends"),
    [
        (estimate(0.9412, 0.9311, 0.9534), "94.1%", "93.1% to 95.3%"),
        (estimate(0.94, 0.80, 1.0), "94%", "80% to 100%"),
        (estimate(0.94, None, None), "94%", ""),
    ],
)
def test_shares_are_as_precise_as_their_interval(value, center, ends):
    assert words.share_of(value) == center
    assert words.share_interval(value) == ends


def test_an_unknown_text_is_named():
    with pytest.raises(LookupError, match="no text named 'nothing'"):
        t("nothing")


@pytest.mark.parametrize("language", TEXTS)
def test_every_text_of_the_page_is_sound(language):
    for key, text in TEXTS[language].items():
        assert text, key
        fields = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        assert all(name.isidentifier() for name in fields), key


def test_an_empty_summary_still_has_a_card():
    shown = card({"schema": 2, "leaderboard": [], "verdict": []})
    assert shown.headline == t("card.nothing")
    assert shown.lines == []


def answered(beats: str, learners: int) -> dict[str, str]:
    method = "mean; corrected for the choice among 2 learners" if learners == 2 else "mean"
    value = {"center": 0.5, "low": 0.4, "high": 0.6, "n": 5, "method": method}
    answer = {
        "pick": "cnn",
        "tied": ["cnn"],
        "metric": "accuracy",
        "value": value,
        "size": 120,
        "probability": 0.97,
        "word": "clear",
        "beats_reference": {"probability": 0.6, "word": beats},
    }
    rows = [{"learner": name} for name in ("cnn", "mlp")[:learners]]
    shown = card({"schema": 2, "leaderboard": rows, "verdict": ["x"], "answer": answer})
    return {line.key: line.text for line in shown.lines}


def test_a_card_is_not_sure_of_a_pick_that_may_be_guessing():
    assert answered("open", 2)["confidence"] == "none: better than a guess with 60%"
    assert answered("open", 2)["pick"] == "cnn"
    assert answered("clear", 2)["confidence"] == "clear, 97%"
    assert answered("clear", 2)["pick"] == "cnn, ahead of mlp"


def test_a_model_alone_is_ahead_of_none():
    lines = answered("clear", 1)
    assert lines["pick"] == "cnn, the only one that was compared"
    assert "confidence" not in lines
    assert "corrected" not in lines["judged"]
    assert "corrected" in answered("clear", 2)["judged"]


def test_small_and_large_quantities_keep_their_digits():
    def shown(scale):
        ends = {"center": 5 * scale, "low": 2 * scale, "high": 8 * scale}
        return words.estimate(ends)

    assert shown(1e-5) == "0.00005 (0.00002 to 0.00008)"
    assert shown(1e-12) == "5e−12 (2e−12 to 8e−12)"
    assert shown(1e40) == "5e+40 (2e+40 to 8e+40)"
    assert words.center({"center": 0.000123}) == "0.000123"
