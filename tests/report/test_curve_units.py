"""Fits of quantities are stored as positive numbers, and shown in the units of the page."""

import math

import pytest

from priorscope.report.chapters.checks import Checks
from priorscope.report.chapters.more_data import MoreData
from priorscope.report.curve_units import in_units, named
from priorscope.report.view import View

BITS_OF_A_NORMAL = 0.5 * math.log2(2 * math.pi * math.e)


@pytest.fixture
def quantity(variants):
    """A view of a quantity whose spread is 20."""
    made = variants["quantity"]()
    made["read"] = {"target": {"kind": "quantity", "low": 0.0, "high": 90.0, "std": 20.0}}
    return View(made)


def test_a_normal_of_the_targets_own_spread_takes_its_bits(quantity):
    row = {"on": "loss", "median": 1.0, "low": 0.5, "high": 2.0, "n": 8}
    told = in_units(quantity, row, ("median", "low", "high"))
    assert [told[k] for k in ("low", "median", "high")] == pytest.approx(
        [BITS_OF_A_NORMAL + k for k in (-1, 0, 1)]
    )
    assert told["n"] == 8


def test_an_error_is_an_rmse_in_the_targets_unit(quantity, summary):
    row = {"on": "error", "median": 0.4, "high": None}
    assert in_units(quantity, row, ("median", "high"))["median"] == pytest.approx(8.0)
    assert in_units(View(summary), row, ("median", "high")) == row
    assert named(quantity, "error") == "rmse"
    assert named(View(summary), "error") == "error"


def test_points_and_fits_of_a_figure_share_their_axis(quantity):
    """As many bits as were measured, stored as fits are: both must lie at the same height."""
    measured = {
        (r["learner"], r["n"]): r["test_bits"]["center"]
        for r in quantity.rows("curves", structure="intact")
    }
    quantity.summary["fits"] = [
        {"learner": learner, "n": n, "on": "loss", "kind": "observed"}
        | dict.fromkeys(("median", "low", "high"), 2.0 ** (bits - BITS_OF_A_NORMAL))
        for (learner, n), bits in measured.items()
    ]
    figures = {figure.name: figure for figure in MoreData().figures(quantity)}
    for row in figures["fits"].tables["fits"]:
        assert row["median"] == pytest.approx(measured[row["learner"], row["n"]], rel=1e-3)


def test_what_was_predicted_of_hidden_sizes_is_in_the_units_of_the_page(quantity):
    """A spread of 20 and an error of 0.4 of it: an RMSE of 8."""
    held = {"center": 0.4, "low": 0.3, "high": None}
    row = {"learner": "linear", "n": 800, "on": "error", "predicted": held, "seen": held}
    quantity.summary["audit"] = [{**row, "passed": True}]
    (shown,) = Checks().content(quantity)["audit"]
    assert shown["on"] == "rmse"
    assert [shown["seen"][k] for k in ("center", "low", "high")] == [8.0, 6.0, None]


def test_one_size_makes_no_chart_of_fitted_curves(quantity):
    fit = dict.fromkeys(("median", "low", "high"), 1.0)
    quantity.summary["fits"] = [{"learner": "linear", "n": 500, "on": "loss", **fit}]
    assert "fits" not in {figure.name for figure in MoreData().figures(quantity)}
