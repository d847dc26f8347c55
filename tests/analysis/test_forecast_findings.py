"""A comparison has a forecast for every model, and a sentence on every pair of the pick."""

import dataclasses

import pytest

from priorscope.analysis.curve_entries import (
    CrossoverEntry,
    ForecastEntry,
    ForecastPoint,
    SaturationEntry,
)
from priorscope.analysis.forecast_findings import forecast_findings, more_data
from priorscope.analysis.summarise import Request
from priorscope.analysis.summary import TargetFacts
from priorscope.core.estimate import Estimate
from priorscope.wording.sentences import sentence


def predicted(learner, on="error", n=80.0):
    ends = {"low50": 0.09, "high50": 0.11, "low80": 0.08, "high80": 0.12}
    points = [
        ForecastPoint(
            times=times, n=times * n, median=0.1, **ends, low95=0.07, high95=0.13, tested=True
        )
        for times in (2.0, 4.0)
    ]
    return ForecastEntry(learner=learner, on=on, n=n, sizes=4, repeats=3, ahead=points)


def pair(late, early, verdict, probability, on="error"):
    return CrossoverEntry(
        overtaking=late, overtaken=early, on=on, verdict=verdict, probability=probability
    )


def told(synthetic, crossovers):
    names = ("a", "b", "c", "d")
    bits = {(name, "intact"): 0.5 + 0.2 * i for i, name in enumerate(names)}
    kept = synthetic.rows(bits, structures=("intact",))
    summary = synthetic.summary_of(kept, Request(), learners=names, structures=("intact",))
    assert summary.answer.pick == "a"
    short = ForecastEntry(learner="d", on="error", n=40.0, sizes=2, repeats=3, reason="few_sizes")
    known = [predicted("c"), predicted("b", n=40.0), predicted("a"), predicted("a", "loss"), short]
    summary = dataclasses.replace(summary, forecasts=known, crossovers=crossovers)
    return forecast_findings(summary, summary.answer)


def test_every_model_has_its_forecast_and_every_pair_of_the_pick_a_word(synthetic):
    found = told(
        synthetic,
        [
            pair("b", "a", "stays ahead", 0.08),
            pair("c", "a", "open", 0.3),
            pair("d", "a", "likely overtakes", 0.7),
            pair("c", "b", "likely overtakes", 0.65),
            pair("d", "b", "open", 0.4),
            pair("b", "a", "likely overtakes", 0.9, on="loss"),
        ],
    )
    assert [f.key for f in found] == [
        *("forecasts", "overtakes", "overtakes", "overtaking-open", "stays-ahead"),
    ]
    first = found[0].values
    assert [row["learner"] for row in first["learners"]] == ["a", "b", "c"]
    assert first["learners"][1]["n"] == 160
    assert first["too_few_sizes"] == [{"learner": "d", "sizes": 2}]
    assert [f.values["overtaking"] for f in found[1:4]] == ["d", "c", "c"]
    assert found[4].values["others"] == ["b"]


def test_a_quantity_is_predicted_as_rmse_in_its_own_unit(synthetic):
    """Fits hold errors as shares of the targets' spread, which read as percentages."""
    bits = {(name, "intact"): 0.5 + 0.2 * i for i, name in enumerate(("a", "b"))}
    kept = synthetic.rows(bits, structures=("intact",))
    summary = synthetic.summary_of(kept, Request(), learners=("a", "b"), structures=("intact",))
    target = TargetFacts(kind="quantity", low=0.0, high=90.0, std=20.0)
    falls = Estimate(center=0.2, low=0.1, high=0.3, n=3, method="median")
    falling = SaturationEntry(
        learner="a", on="error", n=80.0, verdict="falling", fall_per_doubling=falls
    )
    summary = dataclasses.replace(
        summary,
        read=dataclasses.replace(summary.read, target=target),
        forecasts=[predicted("a"), predicted("b")],
        crossovers=[pair("b", "a", "stays ahead", 0.05)],
        saturation=[falling],
    )
    first, second = forecast_findings(summary, summary.answer)
    assert first.values["learners"][0]["value"] == pytest.approx(
        {"center": 2.0, "low": 1.6, "high": 2.4}
    )
    said = [sentence(one.key, one.values) for one in (first, second)]
    assert said[0].startswith(
        "Predicted RMSE with 4 × the labels (80% interval): a 2.0 (1.6 to 2.4)"
    )
    assert "on RMSE" in said[1]
    (more,) = more_data(summary)
    assert sentence(more.key, more.values).endswith("doubling cuts a's RMSE by about 20%.")


def test_without_a_forecast_nothing_is_said(synthetic):
    bits = {(name, "intact"): 0.5 for name in ("a", "b")}
    kept = synthetic.rows(bits, structures=("intact",))
    summary = synthetic.summary_of(kept, Request(), learners=("a", "b"), structures=("intact",))
    empty = dataclasses.replace(summary, forecasts=[], crossovers=[])
    assert forecast_findings(empty, summary.answer) == []
