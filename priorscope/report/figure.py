"""A chart as a Vega-Lite specification, drawn by the page, or here into SVG and PNG."""

import dataclasses
from pathlib import Path
from typing import Any

import vl_convert

from priorscope.core.files import write
from priorscope.core.system import address_limit
from priorscope.report.palette import theme

VERSION = "6.4"  # of Vega-Lite, in the page and here alike
MARGIN = {"left": 12, "top": 12, "right": 40, "bottom": 12}  # slanted labels lean to the right
ADDRESSES = 80 * 2**30  # bytes; 38 GiB were too few, 76 enough
PLAIN = "sans-serif"  # measuring text in a list of fonts takes vl-convert eight times as long


@dataclasses.dataclass(frozen=True, kw_only=True)
class Figure:
    """One chart.

    name: names its files and its place in the page; unique.
    title: says what is seen, above an exported figure.
    spec: Vega-Lite without data; `"data": {"name": t}` refers to the table t.
    tables: the rows of each table, as JSON types.
    width: pixels of an exported figure; None keeps what the specification says.
    export: another specification for the exported figure, where the page shows many panels.
    """

    name: str
    title: str
    spec: dict[str, Any]
    tables: dict[str, list[dict[str, Any]]]
    width: int | None = 640
    export: dict[str, Any] | None = None

    def on_page(self) -> dict[str, Any]:
        """The specification without its data, which the page holds once, and without legends."""
        return _without_legends(self.spec)

    def standalone(self) -> dict[str, Any]:
        """The specification with its data, a title and legends, for the light scheme."""
        spec = dict(self.export or self.spec)
        if self.width is not None:
            spec["width"] = self.width
        spec["title"] = {"text": self.title, "offset": 12}
        return {
            **spec,
            "datasets": self.tables,
            "config": theme(dark=False, font=PLAIN),
            "padding": MARGIN,
        }

    def save(self, folder: Path) -> None:
        """Write `figures/<name>.svg` and `.png` (twice the pixels) into `folder`."""
        svg = vl_convert.vegalite_to_svg(self.standalone(), vl_version=VERSION)
        figures = folder / "figures"
        write(figures / f"{self.name}.svg", svg, root=folder)
        write(figures / f"{self.name}.png", vl_convert.svg_to_png(svg, scale=2), root=folder)


def can_draw() -> bool:
    """Whether the process may have the addresses that vl-convert's V8 sets aside (`ulimit -v`).

    With fewer it ends the process by a signal.
    """
    limit = address_limit()
    return limit is None or limit >= ADDRESSES


def _without_legends(spec: Any) -> Any:
    """On the page the learners' switches are the legend."""
    if isinstance(spec, list):
        return [_without_legends(item) for item in spec]
    if isinstance(spec, dict):
        return {k: None if k == "legend" else _without_legends(v) for k, v in spec.items()}
    return spec
