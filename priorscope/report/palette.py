"""One colour, dash and point shape per learner, the same in every chart and table.

The colours were searched for: each has a contrast of at least 3 : 1 with its paper, and
any two stay far apart for readers with and without red-green blindness (the tests hold
the figures). Shape and dash repeat what colour says.
"""

from typing import Any

LIGHT = (
    "#004299",  # blue
    "#f85f00",  # orange
    "#17a06c",  # green
    "#891259",  # plum
    "#3c9bc0",  # sky
    "#763b0d",  # brown
    "#14171a",  # near black
    "#bf63ff",  # violet
)
DARK = (
    "#4c86c8",
    "#f05014",
    "#54be6c",
    "#c06a8c",
    "#45e9fe",
    "#ffe640",
    "#ffffd5",
    "#8c78ff",
)
DASHES = ([1, 0], [6, 3], [2, 2], [9, 3, 2, 3])  # on, off, ... in pixels
SHAPES = (  # SVG paths in the square from -1 to 1, as Vega wants its own shapes
    "M-0.9,0A0.9,0.9,0,1,1,0.9,0A0.9,0.9,0,1,1,-0.9,0Z",  # circle
    "M-0.8,-0.8H0.8V0.8H-0.8Z",  # square
    "M0,-1L1,0.75H-1Z",  # triangle up
    "M0,-1.1L1,0L0,1.1L-1,0Z",  # diamond
    "M0,1L1,-0.75H-1Z",  # triangle down
    "M-0.35,-1H0.35V-0.35H1V0.35H0.35V1H-0.35V0.35H-1V-0.35H-0.35Z",  # plus
    "M1,0L-0.75,1V-1Z",  # triangle right
    "M-1,0L0.75,1V-1Z",  # triangle left
)
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK KR', sans-serif"


def dash(index: int) -> list[int]:
    """Learners that share a colour differ in their dash, and neighbours always do."""
    return DASHES[(index + index // len(LIGHT)) % len(DASHES)]


def shape(index: int) -> str:
    """The path of the `index`-th learner's point."""
    return SHAPES[(index + index // len(LIGHT)) % len(SHAPES)]


def mark(name: str, index: int) -> dict[str, Any]:
    """Colour class, dash and shape of the `index`-th learner, for the templates."""
    return {
        "name": name,
        "index": index,
        "colour": index % len(LIGHT),
        "dash": " ".join(map(str, dash(index))),
        "shape": shape(index),
    }


def theme(dark: bool, font: str = FONT) -> dict[str, Any]:
    """Vega-Lite's `config`: colours, font and quiet axes for one colour scheme."""
    ink, muted, rule = (
        ("#e8eaed", "#a9b0b8", "#3a4048") if dark else ("#1d2126", "#596069", "#dde1e6")
    )
    text = {"labelColor": muted, "titleColor": ink, "labelFont": font, "titleFont": font}
    return {
        "background": "transparent" if dark else "white",
        "font": font,
        "range": {"category": list(DARK if dark else LIGHT)},
        "view": {"stroke": None},
        "axis": {
            **text,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "titlePadding": 8,
            "domainColor": muted,
            "tickColor": rule,
            "gridColor": rule,
            "gridOpacity": 0.8,
            "labelLimit": 180,
        },
        "axisX": {"grid": False},
        "axisY": {"domain": False, "ticks": False},
        "legend": {**text, "labelFontSize": 12, "symbolSize": 70, "labelLimit": 170},
        "header": {**text, "labelFontSize": 12, "labelLimit": 170},
        "title": {"color": ink, "font": font, "fontSize": 14, "anchor": "start"},
        "rule": {"color": muted},
        "text": {"color": ink, "font": font},
        "style": {"quiet": {"fill": muted, "stroke": None}},
    }
