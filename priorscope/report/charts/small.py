"""Small charts as inline SVG: no script, and colours that follow the page's scheme."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from priorscope.report.palette import LIGHT, dash

WIDTH, HEIGHT = 460, 240
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 12, 44


@dataclass(frozen=True)
class SmallLine:
    """A curve: points (x, y, low, high); ends are None where there is no interval."""

    label: str
    index: int
    points: tuple[tuple[float, float, float | None, float | None], ...]


def line_chart(
    lines: Sequence[SmallLine], title: str, across: str, up: str, top: float = 0.0
) -> Markup:
    """Curves over a common axis from 0; top: the least height of the axis."""
    lines = [line for line in lines if line.points]
    if not lines:
        return Markup("")
    xs = [p[0] for line in lines for p in line.points]
    ys = [v for line in lines for p in line.points for v in p[1:] if v is not None]
    left, right = min(xs), max(xs)
    highest = max(top, min(max(ys), 1.6 * max(p[1] for line in lines for p in line.points)))
    highest = highest or 1.0

    def at(x: float, y: float) -> tuple[float, float]:
        share = (x - left) / (right - left) if right > left else 0.5
        return (
            LEFT + share * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - min(max(y / highest, 0.0), 1.0) * (HEIGHT - TOP - BOTTOM),
        )

    parts = [_frame(highest, sorted(set(xs)), at, across, up)]
    parts += [_line(line, at) for line in lines]
    label = escape(f"{title}: " + ", ".join(line.label for line in lines))
    return Markup(
        f'<svg class="small" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
        + "".join(parts)
        + "</svg>"
    )


def _line(line: SmallLine, at) -> str:
    colour = f"c{line.index % len(LIGHT)}"
    points = [at(x, y) for x, y, _, _ in line.points]
    bounds = [
        (x, low, high) for x, _, low, high in line.points if low is not None and high is not None
    ]
    out = ""
    if len(bounds) > 1:
        upper = [at(x, high) for x, _, high in bounds]
        lower = [at(x, low) for x, low, _ in reversed(bounds)]
        out += f'<polygon class="band" points="{_text(upper + lower)}"/>'
    dashes = " ".join(map(str, dash(line.index)))
    out += f'<polyline class="curve" stroke-dasharray="{dashes}" points="{_text(points)}"/>'
    for (x, y), point in zip(points, line.points, strict=True):
        tip = escape(f"{line.label}: {point[0]:g}, {point[1]:.3g}")
        out += (
            f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="2.6"><title>{tip}</title></circle>'
        )
    return f'<g class="{colour}">{out}</g>'


def _text(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _frame(highest: float, xs: list[float], at, across: str, up: str) -> str:
    bottom = HEIGHT - BOTTOM
    out = []
    step = _step(highest)
    value = 0.0
    while value <= highest * 1.0001:
        y = at(xs[0], value)[1]
        out.append(f'<path class="rule" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        out.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
        value += step
    every = max(1, math.ceil(len(xs) / 10))
    for x in xs[::every]:
        place = at(x, 0.0)[0]
        out.append(f'<text x="{place:.1f}" y="{bottom + 16}" text-anchor="middle">{x:g}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    out.append(f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{escape(across)}</text>')
    height = (TOP + bottom) / 2
    out.append(
        f'<text x="13" y="{height}" text-anchor="middle" transform="rotate(-90 13 {height})">'
        f"{escape(up)}</text>"
    )
    return "".join(out)


def _step(highest: float) -> float:
    raw = highest / 4
    power = 10 ** math.floor(math.log10(raw))
    return next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999)


def heat_map(
    values: Sequence[Sequence[float]], rows: Sequence[str], columns: Sequence[str], title: str
) -> Markup:
    """Cells from 0 to 1, numbered along both edges; each says its names and number when pointed at.

    Columns go from left to right, rows from top to bottom.
    """
    cell = max(14, min(26, 288 // max(len(columns), len(rows), 1)))
    edge = 16  # for the numbers
    width, height = edge + cell * len(columns), edge + cell * len(rows)
    out = [_number(edge + (j + 0.5) * cell, 0.75 * edge, j) for j in range(len(columns))]
    for i, row in enumerate(values):
        top = edge + i * cell
        out.append(_number(0.45 * edge, top + 0.5 * cell + 3, i))
        for j, value in enumerate(row):
            tip = escape(f"{rows[i]} × {columns[j]}: {value:.2f}")
            share = min(max(float(value), 0.0), 1.0)
            out.append(
                f'<rect x="{edge + j * cell}" y="{top}" width="{cell - 1}" height="{cell - 1}" '
                f'fill-opacity="{0.06 + 0.94 * share:.2f}"><title>{tip}</title></rect>'
            )
    return Markup(
        f'<svg class="heat" viewBox="0 0 {width} {height}" style="width:{width}px" role="img" '
        f'aria-label="{escape(title)}">{"".join(out)}</svg>'
    )


def _number(x: float, y: float, index: int) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}">{index + 1}</text>'
