"""Published learning curves, to check the fits against."""

from priorscope.core.json_types import JsonObject

HOIEM: dict[float, list[float]] = {
    25.0: [74.04, 74.48, 74.07, 74.4, 75.95, 74.97, 74.02, 75.8, 74.6, 74.27],
    50.0: [57.59, 58.45, 58.13, 58.44, 59.46, 58.14, 58.71, 58.22],
    100.0: [45.01, 43.64, 45.06, 44.63],
    200.0: [35.36, 35.2],
    400.0: [27.92],
}
"""Test error in percent against examples per class of an image classifier (Hoiem et al. 2021)."""

ADDITION: dict[float, float] = {
    160.0: 2.13809, 192.0: 2.11813, 256.0: 2.08956, 320.0: 2.06988, 384.0: 2.05405, 448.0: 2.03837,
    480.0: 2.02814, 512.0: 2.00497, 544.0: 1.95576, 576.0: 1.86314, 608.0: 1.70892, 640.0: 1.50638,
    672.0: 1.29755, 736.0: 0.96560, 800.0: 0.75856, 864.0: 0.64768, 928.0: 0.55695,
}  # fmt: skip
"""Test cross-entropy of four-digit addition, which breaks after 480 (Caballero et al. 2023)."""

_MILLIONS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)
TRANSLATION: dict[str, dict[float, float]] = {
    name: {n: e for n, e in zip(_MILLIONS, values, strict=True) if e}
    for name, values in {
        "6E6D": (.9312, .7439, .6362, .5568, .4820, .4096, .3737, .3532, .3491, .3403),
        "28E6D": (0, .7592, .6558, .5906, .5085, .4382, .3869, .3528, .3296, .3127),
        "6E28D": (.9903, .8179, .6847, .5961, .5069, .4243, .3775, .3420, .3191, .3003),
        "decoder": (.8737, .7362, .6166, .5085, .4543, .40985, .3965, .3866, .3861, .3807),
        "lstm": (0, .7960, .6452, .5552, .5057, .4499, .4085, .3911, .3867, .3747),
    }.items()
}  # fmt: skip
"""Log-perplexity of machine translation against million sentence pairs, 0 where not published;
e and d are encoder and decoder layers (Bansal et al. 2022)."""

TRANSLATION_CROSSINGS: dict[tuple[str, str], float] = {
    ("6E6D", "decoder"): 15.9,
    ("28E6D", "decoder"): 26.9,
    ("6E28D", "decoder"): 21.6,
    ("6E28D", "6E6D"): 38.1,
    ("28E6D", "6E6D"): 62.7,
}
"""(overtaking, overtaken) -> true crossing by interpolation in log n."""


def curve_rows(curves: dict[str, dict[float, float]]) -> list[JsonObject]:
    """Rows of one repeat, as `fit_curves` takes them."""
    return [
        {"learner": name, "n": n, "repeat": 0, "loss": value}
        for name, curve in curves.items()
        for n, value in curve.items()
    ]
