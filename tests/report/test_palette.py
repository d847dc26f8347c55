import itertools

import numpy as np
import pytest

from priorscope.report.palette import DARK, LIGHT, dash, shape

# Linear RGB as people without long- or middle-wave cones see it: Viénot, Brettel and
# Mollon (1999), their equations for a projection of linear RGB.
PROTAN = np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]])
DEUTAN = np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]])


def linear(colour):
    share = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def luminance(colour):
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    """WCAG 2: from 1 (equal) to 21 (black on white)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    """CIELAB, D65."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    t = to_xyz @ np.clip(rgb, 0, 1) / [0.9505, 1, 1.089]
    f = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize(("palette", "paper"), [(LIGHT, "#ffffff"), (DARK, "#14171a")])
def test_every_colour_stands_out_from_its_paper(palette, paper):
    # WCAG 2.1, criterion 1.4.11: graphics need a contrast of 3 : 1.
    assert min(contrast(colour, paper) for colour in palette) >= 3


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("sight", [np.eye(3), PROTAN, DEUTAN], ids=["all", "protan", "deutan"])
def test_colours_differ_for_every_kind_of_sight(palette, sight):
    # A difference of 2.3 in CIELAB is just noticeable (Mahy et al. 1994); ten are plain.
    seen = [lab(sight @ linear(colour)) for colour in palette]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 10 * 2.3


def test_learners_that_share_a_colour_differ_in_shape_and_dash():
    for index in range(len(LIGHT)):
        assert shape(index) != shape(index + len(LIGHT))
        assert dash(index) != dash(index + len(LIGHT))
