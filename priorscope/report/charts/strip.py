"""Intervals on one axis as rows of inline SVG: no script, colours follow the page's scheme."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from priorscope.analysis.verdict import Effect

WIDTH, HEIGHT, EDGE = 240, 26, 8


class StripAxis:
    """The axis that effects of one unit share: it holds 0 and every estimate with its interval.

    Intervals that reach more than three times as far as the estimates are cut at its ends.
    """

    def __init__(self, effects: Sequence[Effect]):
        centers = [abs(e.estimate.center or 0.0) for e in effects]
        ends = [abs(x) for e in effects for x in (e.estimate.low, e.estimate.high) if x is not None]
        reach = min(max([*ends, 0.0]), 3 * max([*centers, 0.0]) or max([*ends, 0.0]))
        self.reach = 1.05 * max(reach, max([*centers, 0.0])) or 1.0

    def at(self, value: float) -> float:
        """Pixels from the left."""
        share = min(max(value / self.reach, -1.0), 1.0)
        return WIDTH / 2 + share * (WIDTH / 2 - EDGE)

    def row(self, effect: Effect, label: str) -> Markup:
        """The estimate as a point, its interval as a line, the corrected one as a thin line."""
        middle = HEIGHT / 2
        parts = [f'<path class="zero" d="M{WIDTH / 2:g} 0V{HEIGHT}"/>']
        if effect.rule.margin:
            sides = (1, -1) if effect.rule.kind in ("within", "apart") else (1,)
            for side in sides:
                x = self.at(side * effect.rule.margin)
                parts.append(f'<path class="least" d="M{x:.1f} 2V{HEIGHT - 2}"/>')
        for name, low, high in (
            ("thin", effect.low, effect.high),
            ("thick", effect.estimate.low, effect.estimate.high),
        ):
            if low is not None and high is not None:
                span = f"M{self.at(low):.1f} {middle:g}H{self.at(high):.1f}"
                parts.append(f'<path class="{name}" d="{span}"/>')
        center = self.at(effect.estimate.center or 0.0)
        parts.append(f'<circle cx="{center:.1f}" cy="{middle:g}" r="4"/>')
        return Markup(
            f'<svg class="strip {effect.decision if effect.role == "test" else "quiet"}" '
            f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">'
            f"{''.join(parts)}</svg>"
        )
