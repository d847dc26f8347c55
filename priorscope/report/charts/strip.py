"""Intervals on one axis as rows of inline SVG: no script, colours follow the page's scheme."""

import math
from collections.abc import Sequence

from markupsafe import Markup, escape

from priorscope.analysis.verdict import Effect

WIDTH, HEIGHT, EDGE = 320, 30, 24  # the edge leaves room for the label of the outermost tick
AXIS_HEIGHT = 36
SIZES = (1, 2, 5, 10)  # of a step between ticks, times a power of ten
CUT = 10  # times the farthest estimate or margin: as far as an interval is drawn
NEAR = 3  # times the farthest point of the rest: as far as a control is drawn
LONG = 4  # decimals; a tick that needs more is written as a power of ten


class StripAxis:
    """The axis that effects of one unit share: 0, every estimate and its interval, every margin.

    What lies beyond ends in an arrow: intervals that reach ten times as far as all estimates and
    margins, and a positive control far from what it is a control of.
    """

    def __init__(self, effects: Sequence[Effect]):
        measured = [e for e in effects if e.role != "control"] or list(effects)
        longest = max(abs(x) for e in measured for x in _points(e))
        near = [e for e in effects if max(map(abs, _points(e))) <= NEAR * longest]
        shown = near or measured
        far = max(abs(x) for e in shown for x in (_center(e), *_margins(e))) or math.inf
        points = [0.0, *(max(-CUT * far, min(CUT * far, x)) for e in shown for x in _points(e))]
        self.low, self.high = min(points), max(points)
        if self.low == self.high:
            self.low, self.high = -1.0, 1.0
        self.step = _step((self.high - self.low) / 5)  # two ticks or more, six at most
        first, last = math.ceil(self.low / self.step), math.floor(self.high / self.step)
        self.ticks = [i * self.step for i in range(first, last + 1)]

    def at(self, value: float) -> float:
        """Pixels from the left."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return EDGE + share * (WIDTH - 2 * EDGE)

    def row(self, effect: Effect) -> Markup:
        """The estimate as a point, its interval as a line, the corrected one as a thin line."""
        middle = HEIGHT / 2
        grid = "".join(f"M{self.at(tick):.1f} 0V{HEIGHT}" for tick in self.ticks if tick)
        parts = [
            f'<path class="grid" d="{grid}"/>',
            f'<path class="zero" d="M{self.at(0.0):.1f} 0V{HEIGHT}"/>',
        ]
        for margin in filter(self._holds, _margins(effect)):
            parts.append(f'<path class="least" d="M{self.at(margin):.1f} 2V{HEIGHT - 2}"/>')
        for name, low, high in _spans(effect):
            line = f"M{self.at(low):.1f} {middle:g}H{self.at(high):.1f}"
            parts.append(f'<path class="{name}" d="{line}"/>')
        center, ends = _center(effect), [x for _, *span in _spans(effect) for x in span]
        if min([center, *ends]) < self.low:
            parts.append(f'<path class="thin" d="M{EDGE + 12} {middle:g}h-17l5 -4m-5 4l5 4"/>')
        if max([center, *ends]) > self.high:
            parts.append(
                f'<path class="thin" d="M{WIDTH - EDGE - 12} {middle:g}h17l-5 -4m5 4l-5 4"/>'
            )
        if self._holds(center):
            parts.append(f'<circle cx="{self.at(center):.1f}" cy="{middle:g}" r="4"/>')
        return Markup(
            f'<svg class="strip" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" '
            f'focusable="false">{"".join(parts)}</svg>'
        )

    def scale(self, unit: str) -> Markup:
        """The ticks with their values, and below them the unit."""
        marks = "".join(f"M{self.at(tick):.1f} 0v5" for tick in self.ticks)
        values = "".join(
            f'<text x="{self.at(tick):.1f}" y="17">{self._written(tick)}</text>'
            for tick in self.ticks
        )
        return Markup(
            f'<svg class="strip scale" viewBox="0 0 {WIDTH} {AXIS_HEIGHT}" aria-hidden="true" '
            f'focusable="false"><path class="zero" d="M{EDGE} .5H{WIDTH - EDGE}{marks}"/>{values}'
            f'<text x="{WIDTH / 2:g}" y="32">{escape(unit)}</text></svg>'
        )

    def _holds(self, value: float) -> bool:
        return self.low <= value <= self.high

    def _written(self, tick: float) -> str:
        decimals = max(0, -math.floor(math.log10(self.step) + 1e-9))
        if not tick:
            return "0"
        text = f"{tick:+.2g}" if decimals > LONG else f"{tick:+,.{decimals}f}"
        return text.replace("-", "−")


def _step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is as large as `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next((size * power for size in SIZES if size * power >= least), 10 * power)


def _center(effect: Effect) -> float:
    return effect.estimate.center or 0.0


def _points(effect: Effect) -> list[float]:
    """All that an axis has to hold."""
    return [_center(effect), *_margins(effect), *(x for _, *span in _spans(effect) for x in span)]


def _spans(effect: Effect) -> list[tuple[str, float, float]]:
    """The intervals that are known: the corrected one, and that of the estimate."""
    both = (
        ("thin", effect.low, effect.high),
        ("thick", effect.estimate.low, effect.estimate.high),
    )
    return [(name, a, b) for name, a, b in both if a is not None and b is not None]


def _margins(effect: Effect) -> list[float]:
    """Where the rule's margin lies, on one side or both."""
    margin = effect.rule.margin
    if not margin:
        return []
    return [margin, -margin] if effect.rule.kind in ("within", "apart") else [margin]
