"""Draws the pictures of docs/curves.md.

    python benchmarks/curves_pictures.py

One curve with its forecast from benchmarks/results/mnist1d_32000.csv, and how often forecasts were
right from benchmarks/results/forecasts_lcdb_dev.json (which benchmarks/forecasts.py measured).
"""

import json
from pathlib import Path

from priorscope.analysis.curves.forecast import curve_table
from priorscope.analysis.curves.learning_curves import fit_curves
from priorscope.analysis.curves.tables import read_tables
from priorscope.report.charts.curve_svg import curve_svg

RESULTS = Path(__file__).parent / "results"
DOCS = Path(__file__).parent.parent / "docs"
BLUE, GREY = "#3b6fb6", "#888"
SHOWN = 8000


def one_curve() -> str:
    """A fit to the sizes up to 8,000, its forecast, and what was observed later."""
    names = {"cnn", "linear"}
    rows = read_tables([RESULTS / "mnist1d_32000.csv"]).rows[""]
    rows = [r for r in rows if r["learner"].split(":")[0] in names]
    fits = fit_curves([r for r in rows if r["n"] <= SHOWN])["loss"]
    later: dict[tuple[str, float], list[float]] = {}
    for row in rows:
        later.setdefault((row["learner"], row["n"]), []).append(row["loss"])
    means = [
        {"learner": learner, "on": "loss", "n": n, "value": sum(v) / len(v)}
        for (learner, n), v in later.items()
    ]
    return curve_svg(curve_table(fits), means, "loss")


def frame(title: str, x: str, y: str, marks: str) -> str:
    """A square from 0 to 1 both ways, with its diagonal."""
    grid = "".join(
        f'<path d="M60 {290 - 250 * s:.0f}H310" stroke="#ddd"/>'
        f'<text x="52" y="{294 - 250 * s:.0f}" text-anchor="end">{s:g}</text>'
        f'<text x="{60 + 250 * s:.0f}" y="308" text-anchor="middle">{s:g}</text>'
        for s in (0, 0.25, 0.5, 0.75, 1)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 340 350" role="img" '
        f'aria-label="{title}" font-family="sans-serif" font-size="12" fill="#444">{grid}'
        f'<path d="M60 290L310 40" stroke="{GREY}" stroke-dasharray="4 4"/>{marks}'
        f'<text x="185" y="332" text-anchor="middle">{x}</text>'
        f'<text x="16" y="165" text-anchor="middle" transform="rotate(-90 16 165)">{y}</text>'
        f'<text x="60" y="24" font-weight="600">{title}</text></svg>'
    )


def dot(x: float, y: float, radius: float, colour: str, label: str = "") -> str:
    text = f'<text x="{68 + 250 * x:.1f}" y="{300 - 250 * y:.1f}">{label}</text>' if label else ""
    return (
        f'<circle cx="{60 + 250 * x:.1f}" cy="{290 - 250 * y:.1f}" r="{radius:.1f}" '
        f'fill="{colour}"/>{text}'
    )


def main():
    found = json.loads((RESULTS / "forecasts_lcdb_dev.json").read_text(encoding="utf-8"))
    covered = "".join(
        dot(level / 100, found[f"cover{level}_{times}"], 4, colour)
        for times, colour in (("2x", BLUE), ("4x", "#c8641f"))
        for level in (50, 80, 95)
    )
    covered += '<text x="200" y="270" fill="#3b6fb6">at 2 ×</text>'
    covered += '<text x="250" y="270" fill="#c8641f">at 4 ×</text>'
    overtaken = "".join(
        dot(e["p"], e["right"], 2 + e["n"] ** 0.5 / 12, BLUE)
        for e in found["overtaking_probabilities"]
    )
    pictures = {
        "curves-forecast.svg": one_curve(),
        "curves-coverage.svg": frame(
            "Truth inside the interval", "level of the interval", "share of curves", covered
        ),
        "curves-overtaking.svg": frame(
            "Overtakings that came", "probability that was said", "share of pairs", overtaken
        ),
    }
    for name, text in pictures.items():
        (DOCS / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
