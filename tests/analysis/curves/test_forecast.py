import json
import math

import numpy as np
import pytest

from priorscope.analysis.curves.advice import _between
from priorscope.analysis.curves.forecast import forecast
from priorscope.wording.sentences import sentence

SIZES = 125 * 2.0 ** np.arange(6)
KEYS = {
    "forecasts",
    "observed",
    "equivalence",
    "crossovers",
    "audit",
    "saturation",
    "switch",
    "findings",
    "fits",
    "reach",
    "plan",
}
SHAPES = {
    "linear": lambda n: 0.5 + 2 * n**-0.5,
    "cnn": lambda n: 0.1 + 6 * n**-0.5,
    "vit": lambda n: 40 * n**-0.8,
}


def rows(names=("linear", "cnn", "vit"), sizes=SIZES, repeats=5, noise=0.01, **more):
    stream = np.random.default_rng(0)
    return [
        {
            "learner": name,
            "n": float(n),
            "repeat": d,
            "loss": SHAPES[name](n) * np.exp(noise * z),
            **more,
        }
        for name in names
        for n in sizes
        for d, z in enumerate(stream.standard_normal(repeats))
    ]


def advice(found):
    return [sentence(f["key"], f["values"]) for f in found["findings"]]


@pytest.fixture(scope="module")
def found():
    with_error = [row | {"error": row["loss"] / 4} for row in rows(seconds=30.0, uniform_loss=3.0)]
    return forecast(with_error, members=200)


def test_has_the_keys_of_the_schema_and_is_plain_json(found):
    assert set(found) == KEYS
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_entries_hold_what_the_schema_says(found):
    assert set(found["equivalence"][0]) == {"a", "b", "n", "on", "ratio", "kind"}
    assert {e["kind"] for e in found["equivalence"]} <= {"observed", "predicted"}
    assert set(found["crossovers"][0]["n"]) == {
        "median", "low50", "high50", "low80", "high80", "low95", "high95",
    }  # fmt: skip
    assert {e["on"] for e in found["crossovers"]} == {"loss", "error"}
    for e in found["audit"]:
        assert set(e["predicted"]) == set(e["seen"]) == {"center", "low", "high", "n", "method"}
        assert e["seen"]["low"] < e["seen"]["center"] < e["seen"]["high"]


def test_every_pair_has_a_crossover_entry(found):
    pairs = {frozenset((e["overtaking"], e["overtaken"])) for e in found["crossovers"]}
    assert pairs == {frozenset(p) for p in (("linear", "cnn"), ("linear", "vit"), ("cnn", "vit"))}


def test_fits_follow_the_data_and_reach_four_times_as_far(found):
    points = [p for p in found["fits"] if p["learner"] == "linear" and p["on"] == "loss"]
    assert all(p["low"] < p["median"] < p["high"] for p in points)
    assert points[0]["n"] == 125
    assert points[-1]["n"] == pytest.approx(16_000)
    assert [p["kind"] for p in points if p["n"] <= 4000.1] == ["observed"] * 21
    last = next(p for p in points if p["n"] == pytest.approx(4000))
    assert last["median"] == pytest.approx(SHAPES["linear"](4000), rel=0.02)


def test_the_recommendation_names_the_present_and_the_future(found):
    text = " ".join(advice(found))
    assert "At 4,000 examples vit has the lowest error" in text
    assert "At 2 × that size (8,000, predicted) vit is best with probability above 0.99" in text
    assert "vit overtakes cnn on error" in text


def test_nobody_is_best_more_likely_than_their_pairs_say():
    # `late` overtakes at twice the data: the curves alone say so with .99, pairs more modestly.
    given = [
        row | {"learner": name, "loss": 0.4 * shape(row["n"]) / shape(8000) * row["loss"]}
        for name, shape in (("late", lambda n: n**-0.5), ("early", lambda n: n**-0.15))
        for row in rows(("cnn",))
    ]
    found = forecast(given, members=200)
    (pair,) = (e for e in found["crossovers"] if e["verdict"] != "observed")
    assert (pair["overtaking"], pair["verdict"]) == ("late", "likely overtakes")
    alone = [f["values"] for f in found["findings"] if f["key"] == "curves-may-win"]
    odds = {o["learner"]: o["probability"] for v in alone if v["times"] == 4 for o in v["learners"]}
    assert 0.5 < odds["late"] <= pair["probability"] + 1e-9
    assert sum(odds.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("share", [[0.99, 0.01, 0.0], [0.7, 0.2, 0.1], [1.0, 0.0, 0.0]])
@pytest.mark.parametrize("bound", [0.6, 0.9])
def test_who_is_best_of_all_is_bounded_by_the_pairs(share, bound):
    told = _between(np.array(share), 0, 0.0, bound)
    assert told[0] == min(share[0], bound)
    assert told.sum() == pytest.approx(1.0)
    assert told[1] >= told[2]


@pytest.mark.parametrize("bound", [0.3, 0.8, 1.0])
def test_who_is_best_of_all_is_at_least_what_the_pairs_leave(bound):
    told = _between(np.array([0.5, 0.3, 0.2]), 0, bound, 1.0)
    assert told[0] == max(0.5, bound)
    assert told.sum() == pytest.approx(1.0)
    assert told[1] * 2 == pytest.approx(told[2] * 3)


def table(on, **values):
    """One value a size, sizes doubling from 100."""
    return [
        {"learner": name, "n": 100 * 2**i, on: value}
        for name, line in values.items()
        for i, value in enumerate(line)
    ]


@pytest.mark.parametrize("lines", [
    {"a": (0.4, 0.6, 0.65), "b": (0.5, 0.6, 0.62)},
    {"a": (0.45, 0.4, 0.3), "b": (0.5, 0.5, 0.4)},
    {"a": (0.9, 0.8, 0.7), "b": (0.98, 0.7, 0.69)},
])  # fmt: skip
def test_of_two_learners_both_kinds_of_sentences_say_the_same(lines):
    found = forecast(table("error", **lines), members=100)
    (pair,) = (e for e in found["crossovers"] if e["verdict"] != "observed")
    told = [f for f in found["findings"] if f["key"] in ("curves-wins", "curves-may-win")]
    at4 = next(f["values"] for f in told if f["values"]["times"] == 4)
    odds = {at4["learner"]: at4["probability"]} if "learner" in at4 else {
        row["learner"]: row["probability"] for row in at4["learners"]
    }  # fmt: skip
    for name, share in odds.items():
        late = pair["probability"]
        assert share == pytest.approx(late if name == pair["overtaking"] else 1 - late, abs=1e-6)


@pytest.mark.parametrize("line", [(0.1, 0.2, 0.4, 0.8), (0.9, 0.95, 0.98, 0.99), (1.0,) * 4])
def test_no_error_above_1_is_told(line):
    found = forecast(table("error", a=line, b=(0.5, 0.6, 0.7, 0.6)), members=100)
    ahead = [v for e in found["forecasts"] for step in e["ahead"] for v in step.values()]
    ends = ("median", "low95", "high95")
    assert max(step[end] for e in found["forecasts"] for step in e["ahead"] for end in ends) <= 1
    assert ahead
    assert max(point["high"] for point in found["fits"]) <= 1
    assert max(a["predicted"]["high"] for a in found["audit"]) <= 1
    lowest = next(f["values"]["value"] for f in found["findings"] if f["key"] == "curves-lowest")
    assert lowest["high"] <= 1


def test_what_is_lowest_now_is_what_the_table_says():
    found = forecast(table("error", a=(0.5, 0.3, 0.5, 0.1, 0.6), b=(0.7,) * 5), members=100)
    lowest = next(f["values"] for f in found["findings"] if f["key"] == "curves-lowest")
    assert (lowest["learner"], lowest["value"]["center"]) == ("a", pytest.approx(0.6))
    assert lowest["value"]["low"] <= 0.6 <= lowest["value"]["high"]
    given = [row | {"repeat": 0} for row in table("error", a=(0.5, 0.4, 0.3))]
    given += [row | {"repeat": 1, "error": 0.9 * row["error"]} for row in given[:2]]
    told = " ".join(advice(forecast(given, members=100)))
    assert "a has the lowest error: 0.3 (" in told
    assert ", 1 repeat." in told


def test_one_learner_has_its_forecast_in_words():
    told = advice(forecast(table("error", a=(0.5, 0.4, 0.33)), members=100))
    assert any(
        text.startswith("At 2 × that size (800, predicted) the error of a is") for text in told
    )


def test_learners_whose_ranges_do_not_meet_are_not_said_to_be_compared_there():
    given = table("error", a=(0.5, 0.4, 0.33))
    far = [row | {"learner": "b", "n": 100 * row["n"]} for row in given]
    for later, expected in ((far, False), ([row | {"n": row["n"] / 50} for row in far], True)):
        told = " ".join(advice(forecast([*given, *later], members=100)))
        assert ("compared where their ranges overlap" in told) == expected


def test_without_noise_to_measure_no_crossing_is_observed():
    found = forecast(table("error", a=(0.5, 0.4), b=(0.6, 0.3)), members=100)
    assert [e["verdict"] for e in found["crossovers"]] == ["unknown"]


def test_same_seed_same_result():
    assert forecast(rows(), members=50) == forecast(rows(), members=50)


def test_draws_that_would_separate_two_learners_have_a_price():
    same = [row | {"learner": "copy"} for row in rows(("cnn",), noise=0.05, seconds=60.0)]
    stream = np.random.default_rng(1)
    for row in same:
        row["loss"] *= 1.01 * np.exp(0.05 * stream.standard_normal())
    text = " ".join(advice(forecast(rows(("cnn",), noise=0.05, seconds=60.0) + same, members=100)))
    assert "can't be told apart" in text
    assert "more repeats at 4,000 (about" in text or "take them as equal" in text


BAD = {
    "two sizes": (rows(sizes=SIZES[:2]), "needs 3"),
    "one size": (rows(sizes=SIZES[:1]), "known at 1 size,"),
    "one draw": (rows(repeats=1), "There is one repeat of cnn, linear and vit"),
    "zero": (
        [*rows(), {"learner": "cnn", "n": 8000.0, "repeat": 0, "loss": 0.0}],
        "0 in every repeat at n = 8000",
    ),
    "negative": (
        [*rows(), {"learner": "cnn", "n": 8000.0, "repeat": 0, "loss": -1.0}],
        "negative loss was left out",
    ),
    "nan": (
        [*rows(), {"learner": "cnn", "n": 8000.0, "repeat": 0, "loss": math.nan}],
        "not a finite number",
    ),
    "unequal sizes": (rows(("cnn",)) + rows(("vit",), sizes=1.5 * SIZES), "not seen at the same"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_rows_are_answered_with_a_sentence(case):
    given, sentence = BAD[case]
    found = forecast(given, members=60)
    json.dumps(found, allow_nan=False)
    assert sentence in " ".join(advice(found))
    assert advice(found)[0].startswith("At ")  # what can be said still is
    for p in found["fits"]:
        assert p["low"] < p["high"]


def without_error(learner):
    return [
        {"learner": learner, "n": n, "repeat": d, "error": 0.0} for n in SIZES for d in range(3)
    ]


def test_who_makes_no_error_is_not_ranked_below_who_does():
    said = advice(forecast(without_error("a")))
    assert said[0] == f"At {SIZES[-1]:,.0f} examples the error of a is 0 in every repeat."
    others = [{**r, "error": 0.2 + 10 / r["n"]} for r in without_error("b")]
    found = advice(forecast([*without_error("a"), *others], members=60))
    assert found[0] == said[0]
    assert not any("lowest error" in sentence for sentence in found)


def test_where_somebody_makes_no_error_the_loss_still_compares():
    given = rows(("cnn", "vit"), repeats=3)
    for row in given:
        row["error"] = 0.0 if row["learner"] == "cnn" else 0.1
    found = advice(forecast(given, members=60))
    assert found[0] == f"At {SIZES[-1]:,.0f} examples the error of cnn is 0 in every repeat."
    assert any("has the lowest loss" in sentence for sentence in found)
    assert not any("On error it is" in sentence for sentence in found)


def intervals(found):
    """Every interval anywhere in the forecast."""
    if isinstance(found, dict):
        if "low" in found and "high" in found:
            yield found
        found = list(found.values())
    if isinstance(found, list):
        for part in found:
            yield from intervals(part)


@pytest.mark.parametrize("names", [("cnn",), ("cnn", "vit"), ("flat", "flat too")])
def test_no_interval_has_a_width_of_zero_even_where_draws_are_equal(names, monkeypatch):
    for name in ("flat", "flat too"):
        monkeypatch.setitem(SHAPES, name, lambda n: 0.5 + 0 * n)
    found = forecast(rows(names, noise=0.0, train_loss=0.1, uniform_loss=3.0), members=60)
    every = list(intervals(found))
    assert len(every) > 10
    assert not [i for i in every if i["low"] == i["high"] is not None]
    assert "(0.5 to 0.5)" not in advice(found)[0]


def test_unequal_sizes_are_compared_where_both_were_seen():
    given = rows(("cnn",), sizes=SIZES[:5]) + rows(("vit",), sizes=1.5 * SIZES[:5])
    found = advice(forecast(given, members=60))
    assert found[0].startswith("At 2,000 examples")  # vit was seen to 3,000


def test_no_winner_is_predicted_where_the_best_has_no_forecast():
    given = rows(("linear", "vit")) + [
        {"learner": "best", "n": n, "repeat": d, "loss": 0.02 - n / 1e6 + d / 1e4}
        for n in SIZES[-2:]
        for d in range(5)
    ]
    found = advice(forecast(given, members=60))
    assert "best has the lowest loss" in found[0]
    assert any(s.startswith("We can't say which learner wins with more data: best") for s in found)
    assert not any("is best with probability" in sentence for sentence in found)


def test_wild_values_do_not_break_the_optimiser():
    stream = np.random.default_rng(0)
    wild = [
        {
            "learner": name,
            "n": float(n),
            "repeat": d,
            "loss": float(np.exp(5 * stream.standard_normal())),
        }
        for name in ("a", "b")
        for n in SIZES
        for d in range(3)
    ]
    json.dumps(forecast(wild, members=60), allow_nan=False)


@pytest.mark.slow
def test_eighty_percent_intervals_hold():
    from priorscope.analysis.curves.learning_curves import fit_curves

    stream = np.random.default_rng(0)
    inside = []
    for seed in range(4):
        shapes = {f"c{i}": (stream.uniform(0, 0.7), stream.uniform(0.2, 0.9)) for i in range(50)}
        given = [
            {"learner": name, "n": n, "repeat": d, "loss": float(e)}
            for name, (share, rate) in shapes.items()
            for n in SIZES
            for d, e in enumerate(
                (share + (1 - share) * (n / SIZES[-1]) ** -rate)
                * np.exp(0.02 * stream.standard_normal(5))
            )
        ]
        for name, fit in fit_curves(given, seed=seed)["loss"].items():
            share, rate = shapes[name]
            low, high = np.quantile(fit.ensemble_log(np.array([4 * SIZES[-1]])), (0.1, 0.9))
            inside.append(low <= np.log(share + (1 - share) * 4**-rate) <= high)
    # 200 curves: the share is known to .03 (one standard error)
    assert 0.7 <= np.mean(inside) <= 0.95


def test_nobody_is_best_where_a_better_learner_was_not_seen():
    # The budget ended before cnn's largest size; at half of it cnn is ahead of what linear has now.
    stopped = rows(("linear",)) + rows(("cnn",), sizes=SIZES[:-1])
    now = advice(forecast(stopped, members=60))[0]
    assert SHAPES["cnn"](SIZES[-2]) < SHAPES["linear"](SIZES[-1])
    assert now.startswith(f"At {SIZES[-2]:,.0f} examples cnn has the lowest loss: ")
    # Two that go on are compared where they end, beside one that ended early and behind.
    behind = rows(("linear", "cnn")) + rows(("vit",), sizes=SIZES[:3])
    now = advice(forecast(behind, members=60))[0]
    assert now.startswith(
        f"At {SIZES[-1]:,.0f} examples cnn has the lowest loss of those seen there: "
    )
