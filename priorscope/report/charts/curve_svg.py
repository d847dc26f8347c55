"""Learning curves with their forecasts as a plain SVG: log axes, no script, no network."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from priorscope.wording.page import t, word

COLOURS = ("#3b6fb6", "#c8641f", "#2c8a5a", "#9a4fa3", "#b23a48", "#6b6f00", "#1f8a99", "#7a5a3a")
_WIDTH, _HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 130, 14, 44


class _Axes:
    """From values to pixels, on log scales."""

    def __init__(self, xs: Sequence[float], ys: Sequence[float]):
        self.x = np.log([min(xs), max(xs)])
        low, high = np.log([min(ys), max(ys)])
        room = max(0.06 * (high - low), 0.02)
        self.y = np.array([low - room, high + room])

    def across(self, n: float) -> float:
        share = (np.log(n) - self.x[0]) / max(self.x[1] - self.x[0], 1e-9)
        return float(_LEFT + share * (_WIDTH - _LEFT - _RIGHT))

    def up(self, value: float) -> float:
        share = (np.log(value) - self.y[0]) / (self.y[1] - self.y[0])
        return float(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM))


def curve_svg(
    points: Sequence[Mapping[str, Any]], means: Sequence[Mapping[str, Any]], on: str
) -> str:
    """A chart of one metric.

    points: entries of `fits` (learner, n, median, low80, high80, kind). means: observed points
    (learner, n, value). on: the metric, written on the axis.
    """
    bands = [p for p in points if p["on"] == on]
    dots = [p for p in means if p["on"] == on]
    every = [p[k] for p in bands for k in ("low80", "high80", "median")]
    axes = _Axes(
        [p["n"] for p in (*bands, *dots)], [v for v in every if v > 0] + [p["value"] for p in dots]
    )
    parts = [_frame(axes, on)]
    for i, learner in enumerate(sorted({p["learner"] for p in bands})):
        colour = COLOURS[i % len(COLOURS)]
        own = [p for p in bands if p["learner"] == learner]
        parts.append(_curve(axes, own, colour))
        parts += [
            f'<circle cx="{axes.across(p["n"]):.1f}" cy="{axes.up(p["value"]):.1f}" r="2.6" '
            f'fill="{colour}"/>'
            for p in dots
            if p["learner"] == learner
        ]
        parts.append(
            f'<text x="{_WIDTH - _RIGHT + 10}" y="{_TOP + 14 + 18 * i}" fill="{colour}">'
            f"{escape(learner[:18])}</text>"
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(t("curves_page.chart", on=word("on.", on)))}" '
        f'font-family="sans-serif" font-size="12">{"".join(parts)}</svg>'
    )


def _curve(axes: _Axes, points: Sequence[Mapping[str, Any]], colour: str) -> str:
    def line(key: str, chosen: Sequence[Mapping[str, Any]]) -> list[str]:
        return [f"{axes.across(p['n']):.1f},{axes.up(p[key]):.1f}" for p in chosen]

    ahead = [p for p in points if p["kind"] != "observed"]
    shown = [p for p in points if p["kind"] == "observed"]
    ahead = shown[-1:] + ahead
    band = " ".join(line("low80", points) + line("high80", points)[::-1])
    return (
        f'<polygon points="{band}" fill="{colour}" opacity=".16"/>'
        f'<polyline points="{" ".join(line("median", shown))}" fill="none" stroke="{colour}" '
        'stroke-width="1.6"/>'
        f'<polyline points="{" ".join(line("median", ahead))}" fill="none" stroke="{colour}" '
        'stroke-width="1.6" stroke-dasharray="5 4"/>'
    )


def _frame(axes: _Axes, on: str) -> str:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    out = [
        f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" fill="none" stroke="#888"/>',
        f'<text x="{(_LEFT + right) / 2}" y="{_HEIGHT - 8}" text-anchor="middle" fill="#555">'
        f"{escape(t('curves_page.axis'))}</text>",
        f'<text x="14" y="{(_TOP + bottom) / 2}" text-anchor="middle" fill="#555" '
        f'transform="rotate(-90 14 {(_TOP + bottom) / 2})">{escape(word("on.", on))}</text>',
    ]
    for n in _ticks(axes.x, base=4.0):
        x = axes.across(n)
        out.append(f'<path d="M{x:.1f} {bottom}v4" stroke="#888"/>')
        out.append(
            f'<text x="{x:.1f}" y="{bottom + 17}" text-anchor="middle" fill="#555">{n:,.0f}</text>'
        )
    for value in _ticks(axes.y, base=2.0):
        y = axes.up(value)
        out.append(f'<path d="M{_LEFT} {y:.1f}H{right}" stroke="#ddd"/>')
        out.append(
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" fill="#555">{value:.3g}'
            "</text>"
        )
    return "".join(out)


def _ticks(ends: np.ndarray, base: float) -> list[float]:
    """4 to 7 round values within the ends, evenly spaced in logs."""
    steps = max(int(np.ceil((ends[1] - ends[0]) / np.log(base) / 6)), 1)
    count = max(int((ends[1] - ends[0]) / (np.log(base) * steps)) + 1, 3)
    values = np.exp(np.linspace(ends[0], ends[1], count + 1))
    return [float(f"{v:.2g}") for v in values if ends[0] <= np.log(float(f"{v:.2g}")) <= ends[1]]
