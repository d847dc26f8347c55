"""The chart of learning curves: round ticks, a name for every line, the palette's classes."""

import re

import pytest

from priorscope.report.charts.curve_svg import curve_svg, ticks


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (100, 12_800, [100, 300, 1000, 3000, 10_000]),
        (0.05, 0.9, [0.05, 0.1, 0.2, 0.5]),
        (0.8, 0.97, [0.8, 0.85, 0.9, 0.95]),
        (1000, 1500, [1000, 1100, 1200, 1300, 1400, 1500]),
        (16, 4e6, [100, 1000, 10_000, 100_000, 1_000_000]),
        (250, 250, [250]),
        (1e-9, 1e9, [1e-8, 1e-4, 1, 1e4, 1e8]),
    ],
)
def test_ticks_are_round_and_few(low, high, expected):
    assert ticks(float(low), float(high)) == pytest.approx(expected)


def chart(*names):
    points = [
        {"learner": name, "on": "loss", "n": n, "median": m, "low80": 0.9 * m, "high80": 1.1 * m}
        | {"kind": "observed" if n < 400 else "predicted"}
        for name in names
        for n, m in ((100.0, 0.5), (200.0, 0.4), (400.0, 0.3))
    ]
    means = [{"learner": name, "on": "loss", "n": 100.0, "value": 0.5} for name in names]
    return curve_svg(points, means, "loss")


def test_long_names_are_whole_or_end_in_an_ellipsis_with_a_title():
    name = "gradient boosting, " * 5 + "<tuned>"
    svg = chart("gradient boosting (LightGBM, tuned)", name)
    assert "</title>gradient boosting (LightGBM, tuned)</text>" in svg
    assert "…</text>" in svg
    assert f"<title>{name.replace('<', '&lt;').replace('>', '&gt;')}</title>" in svg


def test_names_that_do_not_fit_beside_each_other_make_the_chart_higher():
    def height(svg):
        found = re.search(r'viewBox="0 0 460 (\d+)"', svg)
        assert found
        return int(found[1])

    assert height(chart("a")) == height(chart("a", "b")) < height(chart("a" * 40, "b" * 40))


def test_a_learner_has_its_class_in_every_chart():
    assert {'class="c0"', 'class="c1"'} <= set(re.findall(r'class="c\d"', chart("cnn", "vit")))
    points = [{"learner": n, "on": o, "n": 10.0, "median": 1.0, "low80": 0.9, "high80": 1.1}
              | {"kind": "observed"} for n, o in (("cnn", "loss"), ("vit", "error"))]  # fmt: skip
    assert set(re.findall(r'class="c\d"', curve_svg(points, [], "error"))) == {'class="c1"'}
