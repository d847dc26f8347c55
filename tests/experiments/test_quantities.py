"""A quantity from the data to the report: scikit-learn's diabetes."""

import pytest
from compare_command import without_figures

from priorscope.experiments.comparison import Comparison
from priorscope.experiments.settings import Settings


@pytest.fixture(scope="module")
def summary(tmp_path_factory):
    settings = Settings(
        learners=("linear", "ridge"),
        structures=("permuted",),
        sizes=(80, 160, 320),
        repeats=2,
        steps=120,
        epochs=5,
        workers=0,
        out=tmp_path_factory.mktemp("diabetes") / "out",
    )
    with without_figures():
        return Comparison.of("diabetes", settings).run()


def test_every_run_is_done_and_the_page_written(summary):
    assert summary["failed"] == []
    assert summary["unresolved"] == []
    assert summary["verdict"]


def test_linear_regression_explains_half_of_the_variance(summary):
    row = next(row for row in summary["leaderboard"] if row["learner"] == "linear")
    assert row["accuracy"] is None
    # least squares explains .51 of this target (Efron et al. 2004, all ten variables)
    assert row["metrics"]["r2"]["center"] == pytest.approx(0.51, abs=0.08)
    saved = row["reference_bits_per_label"] - row["code_bits_per_label"]["center"]
    assert row["fit"]["center"] == pytest.approx(1 - 4**-saved)
    assert 0.2 < row["fit"]["center"] < 0.51


def test_the_target_is_told_as_a_quantity(summary):
    target = summary["read"]["target"]
    assert target["kind"] == "quantity"
    assert target["low"] >= 25
    assert target["high"] <= 346
