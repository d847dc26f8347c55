"""Learning curves with their forecasts as a plain SVG: log axes, no script, no network.

Colours and shapes are the palette's; a page that has the classes of `palette.css` draws them, and
the grey of the frame, in the reader's colour scheme.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from priorscope.report.palette import LIGHT, shape
from priorscope.wording.page import t, word

_WIDTH, _HEIGHT = 460, 300  # without the names; read on a phone at three quarters of its size
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 14, 12, 42
_NAMES = 20  # height of a line of names
_LETTER, _WIDE = 7.4, 13.0  # width of a letter, of a Korean one
_MARK = 22.0  # width of the shape before a name
_GREY = "#596069"  # of the frame, where no page has a colour for it
_TICKS = 6  # at most, on an axis
_MANTISSAS = ((1, 1.5, 2, 3, 4, 5, 6, 7, 8), (1, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,))


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
    learners = sorted({p["learner"] for p in points})
    bands = [p for p in points if p["on"] == on]
    dots = [p for p in means if p["on"] == on]
    every = [p[k] for p in bands for k in ("low80", "high80", "median")]
    axes = _Axes(
        [p["n"] for p in (*bands, *dots)], [v for v in every if v > 0] + [p["value"] for p in dots]
    )
    parts = [_frame(axes, on)]
    for i, learner in enumerate(learners):
        own = [p for p in bands if p["learner"] == learner]
        if own:
            observations = [p for p in dots if p["learner"] == learner]
            parts.append(f"{_group(i)}{_curve(axes, own)}{_dots(axes, observations, i)}</g>")
    here = {p["learner"] for p in bands}
    names, lines = _names([(i, name) for i, name in enumerate(learners) if name in here])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} '
        f'{_HEIGHT + _NAMES * lines}" role="img" '
        f'aria-label="{escape(t("curves_page.chart", on=word("on.", on)))}" '
        f'font-family="sans-serif" font-size="13">{"".join(parts)}{names}</svg>'
    )


def _group(index: int) -> str:
    """The opening tag of what belongs to a learner, in its colour."""
    place = index % len(LIGHT)
    return f'<g class="c{place}" color="{LIGHT[place]}">'


def _mark(x: float, y: float, index: int, size: float) -> str:
    return (
        f'<path transform="translate({x:.1f} {y:.1f}) scale({size:g})" d="{shape(index)}" '
        'fill="currentColor"/>'
    )


def _dots(axes: _Axes, points: Sequence[Mapping[str, Any]], index: int) -> str:
    return "".join(_mark(axes.across(p["n"]), axes.up(p["value"]), index, 3.6) for p in points)


def _names(learners: Sequence[tuple[int, str]]) -> tuple[str, int]:
    """Names with their shapes under the chart, in as many lines as they need; that number."""
    out, x, line = [], float(_LEFT), 0
    for i, name in learners:
        shown = _fitting(name, _WIDTH - _LEFT - _RIGHT - _MARK)
        width = _MARK + _width(shown) + 14
        if x > _LEFT and x + width > _WIDTH:
            x, line = float(_LEFT), line + 1
        y = _HEIGHT + _NAMES * line + 8.0
        out.append(
            f"{_group(i)}{_mark(x + 6, y, i, 4.6)}</g>"
            f'<g class="frame" color="{_GREY}"><text x="{x + _MARK:.1f}" y="{y + 4.5}" '
            f'fill="currentColor"><title>{escape(name)}</title>{escape(shown)}</text></g>'
        )
        x += width
    return "".join(out), line + 1


def _width(text: str) -> float:
    return sum(_LETTER if letter < "\u1100" else _WIDE for letter in text)


def _fitting(name: str, width: float) -> str:
    """The name, cut with an ellipsis where it is wider."""
    shown = name
    while _width(shown) > width:
        shown = f"{shown[:-2]}…"
    return shown


def _curve(axes: _Axes, points: Sequence[Mapping[str, Any]]) -> str:
    def line(key: str, chosen: Sequence[Mapping[str, Any]]) -> list[str]:
        return [f"{axes.across(p['n']):.1f},{axes.up(p[key]):.1f}" for p in chosen]

    ahead = [p for p in points if p["kind"] != "observed"]
    shown = [p for p in points if p["kind"] == "observed"]
    ahead = shown[-1:] + ahead
    band = " ".join(line("low80", points) + line("high80", points)[::-1])
    return (
        f'<polygon points="{band}" fill="currentColor" opacity=".18"/>'
        f'<polyline points="{" ".join(line("median", shown))}" fill="none" stroke="currentColor" '
        'stroke-width="1.6"/>'
        f'<polyline points="{" ".join(line("median", ahead))}" fill="none" stroke="currentColor" '
        'stroke-width="1.6" stroke-dasharray="5 4"/>'
    )


def _frame(axes: _Axes, on: str) -> str:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    out = [
        f'<g class="frame" color="{_GREY}" fill="currentColor" stroke="none">',
        f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" fill="none" stroke="currentColor"/>',
        f'<text x="{(_LEFT + right) / 2}" y="{_HEIGHT - 8}" text-anchor="middle">'
        f"{escape(t('curves_page.axis'))}</text>",
        f'<text x="14" y="{(_TOP + bottom) / 2}" text-anchor="middle" '
        f'transform="rotate(-90 14 {(_TOP + bottom) / 2})">{escape(word("on.", on))}</text>',
    ]
    for n in ticks(*np.exp(axes.x).tolist()):
        x = axes.across(n)
        out.append(f'<path d="M{x:.1f} {bottom}v4" stroke="currentColor"/>')
        out.append(
            f'<text x="{min(x, right - 12):.1f}" y="{bottom + 18}" text-anchor="middle">'
            f"{_short(n)}</text>"
        )
    for value in ticks(*np.exp(axes.y).tolist()):
        y = axes.up(value)
        out.append(
            f'<path d="M{_LEFT} {y:.1f}H{right}" stroke="currentColor" stroke-opacity=".25"/>'
        )
        out.append(f'<text x="{_LEFT - 6}" y="{y + 4.5:.1f}" text-anchor="end">{value:.4g}</text>')
    return "".join([*out, "</g>"])


def _short(n: float) -> str:
    return f"{n:,.0f}" if n >= 10 else f"{n:.3g}"


def ticks(low: float, high: float) -> list[float]:
    """3 to 6 round values from low to high (both above 0) for a log axis: as 1, 2, 5 and 10, else
    powers of ten; evenly spaced where the two are so close that there are fewer than 3; one where
    they are the same."""
    if high <= low:
        return [low]
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    apart = len(decades) // _TICKS + 1
    for mantissas in _MANTISSAS:
        places = _within([m * 10.0**k for k in decades for m in mantissas], low, high)
        if 3 <= len(places) <= _TICKS:
            return places
    places = _within([10.0**k for k in decades if k % apart == 0], low, high)
    if len(places) >= 3:
        return places
    size = 10.0 ** np.floor(np.log10((high - low) / 2))
    for step in (size / 2, size, 2 * size, 5 * size):
        places = _within(
            [step * k for k in range(int(low / step), int(high / step) + 2)], low, high
        )
        if len(places) <= _TICKS:
            break
    return places


def _within(values: Sequence[float], low: float, high: float) -> list[float]:
    """Those from low to high, without what is lost in rounding."""
    return [float(f"{v:.6g}") for v in values if low * (1 - 1e-9) <= v <= high * (1 + 1e-9)]
