import numpy as np
import pytest

from priorscope.analysis.verdict import ABOVE, Contrast, Rule, judge


def effect(center, spread=0.1, n=8, label="a", condition="", role="test", rule=ABOVE):
    noise = np.resize([1.0, -1.0], n) * spread
    values = tuple((center + noise).tolist())
    return Contrast(label=label, values=values, role=role, rule=rule, condition=condition or label)


UP, DOWN, OPEN = effect(1.0), effect(-1.0, label="b"), effect(0.0, label="c")


@pytest.mark.parametrize(
    ("measured", "mode", "outcome"),
    [
        ([UP], "most", "supported"),
        ([DOWN], "most", "refuted"),
        ([OPEN], "most", "undecided"),
        ([UP, DOWN], "most", "depends"),
        ([UP, OPEN], "most", "supported"),
        ([DOWN, OPEN], "most", "refuted"),
        ([UP, OPEN, effect(0.0, label="d")], "most", "undecided"),
        ([UP, OPEN], "all", "undecided"),
        ([UP, effect(1.0, label="d")], "all", "supported"),
        ([DOWN, effect(-1.0, label="d")], "all", "refuted"),
        ([UP, DOWN], "all", "depends"),
        ([UP, DOWN], "both", "supported"),
        ([UP, effect(1.0, label="d")], "both", "refuted"),
        ([UP, OPEN], "both", "undecided"),
    ],
)
def test_conditions_make_an_outcome(measured, mode, outcome):
    assert judge(measured, mode).outcome == outcome


@pytest.mark.parametrize(
    ("rule", "center", "decision"),
    [
        (Rule("above", 0.2), 1.0, "yes"),
        (Rule("above", 0.2), 0.05, "no"),
        (Rule("above", 0.2), -1.0, "no"),
        (Rule("above", 0.2), 0.15, "open"),
        (Rule("above", 0.2), 0.2, "yes"),
        (Rule("above", 0.2), 0.0, "no"),
        (Rule("above", 0.05), 0.0, "open"),
        (Rule("within", 0.2), 0.0, "yes"),
        (Rule("within", 0.2), 1.0, "no"),
        (Rule("within", 0.2), -1.0, "no"),
        (Rule("within", 0.2), 0.2, "open"),
        (Rule("apart", 0.2), 1.0, "yes"),
        (Rule("apart", 0.2), -1.0, "yes"),
        (Rule("apart", 0.2), 0.0, "no"),
        (Rule("apart", 0.2), -0.15, "open"),
        (Rule("beyond", -0.2), 0.0, "yes"),
        (Rule("beyond", -0.2), -1.0, "no"),
        (Rule("beyond", -0.2), -0.2, "open"),
    ],
)
def test_a_rule_by_an_interval(rule, center, decision):
    """The interval of 8 values +-0.1 is +-0.089 wide."""
    assert judge([effect(center, rule=rule)]).effects[0].decision == decision


def test_effects_of_one_condition_must_all_hold():
    both = [effect(1.0, label="a", condition="x"), effect(-1.0, label="b", condition="x")]
    assert judge(both).outcome == "refuted"
    assert judge([both[0], effect(0.0, label="c", condition="x")]).outcome == "undecided"


def test_more_tests_need_more_evidence():
    """p is .03 for one test: decided alone, open among ten."""
    weak = effect(0.1, 0.1, n=8, label="weak")
    assert judge([weak]).effects[0].decision == "yes"
    others = [effect(0.0, label=f"none {i}") for i in range(9)]
    assert judge([weak, *others]).effects[0].decision == "open"


def test_a_control_that_fails_leaves_it_undecided():
    null = effect(1.0, label="null", role="null", rule=Rule("above", 0.1))
    assert judge([UP, null]).outcome == "undecided"
    assert judge([UP, null]).failed == ("null",)
    control = effect(0.0, label="control", role="control")
    assert judge([UP, control]).failed == ("control",)
    assert judge([UP, effect(1.0, label="control", role="control")]).outcome == "supported"
    assert judge([UP, effect(0.0, label="null", role="null")]).outcome == "supported"


def test_noise_is_undecided_nineteen_times_in_twenty():
    stream = np.random.default_rng(0)
    outcomes = [
        judge([Contrast(label="a", values=tuple(stream.standard_normal(6)))]).outcome
        for _ in range(400)
    ]
    share = np.mean([outcome == "undecided" for outcome in outcomes])
    assert abs(share - 0.95) < 3 * np.sqrt(0.05 * 0.95 / 400)


def test_an_open_one_says_how_many_repeats_it_needs():
    """Twice the distance needs a quarter of the repeats."""
    far, near = judge([effect(0.06)]).more, judge([effect(0.03)]).more
    assert near == pytest.approx(4 * far)
    assert judge([UP]).more is None


def test_the_headline_takes_a_condition_by_its_first_test():
    both = [effect(1.0, label="a", condition="x"), effect(9.0, label="b", condition="x")]
    assert judge([*both, effect(2.0, label="c")]).effect.center == pytest.approx(1.5)


def test_the_headline_is_the_mean_over_tests_of_one_unit():
    verdict = judge([UP, effect(2.0, label="b")])
    assert verdict.effect.center == pytest.approx(1.5)
    assert verdict.effect.n == 8


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_a_number_is_no_repeat(bad):
    values = (1.0, 1.1, 0.9, 1.0, 1.1, bad)
    with pytest.raises(ValueError, match="finite"):
        judge([Contrast(label="a", values=values)])


@pytest.mark.parametrize("role", ["null", "control"])
def test_a_control_of_few_repeats_controls_nothing(role):
    with pytest.raises(ValueError, match="5 repeats"):
        judge([UP, effect(0.0, n=2, label=role, role=role)])


@pytest.mark.parametrize(
    ("rule", "center"),
    [
        (Rule("above", 0.2), 0.15),  # no, once it is surely less than what matters
        (Rule("above", 0.2), 0.25),
        (Rule("above", 0.2), -0.03),
        (Rule("apart", 0.2), 0.15),
        (Rule("apart", 0.2), -0.25),
        (Rule("within", 0.2), 0.19),
        (Rule("within", 0.2), -0.22),
        (Rule("beyond", -0.2), -0.15),
    ],
)
def test_so_many_repeats_decide_and_fewer_do_not(rule, center):
    """An interval as narrow as `more` times the repeats make it is just about decided."""
    stream = np.random.default_rng(0)
    noise = stream.standard_normal(8)
    noise = (noise - noise.mean()) / noise.std(ddof=1)
    values = tuple((center + 2.0 * noise).tolist())
    (open_one,) = judge([Contrast(label="a", values=values, rule=rule)]).effects
    assert open_one.decision == "open"
    more = judge([Contrast(label="a", values=values, rule=rule)]).more
    half = (open_one.high - open_one.low) / 2
    for factor, decided in ((1.05, True), (0.95, False)):
        narrow = half / np.sqrt(more * factor)
        assert (rule.decide(center - narrow, center + narrow) != "open") is decided


def test_fewer_than_five_repeats_are_refused():
    with pytest.raises(ValueError, match="5 repeats"):
        judge([effect(1.0, n=4)])
    with pytest.raises(ValueError, match="one test"):
        judge([])
