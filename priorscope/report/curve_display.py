"""Learning curves for notebooks: an altair chart, a matplotlib plot, a small picture."""

import base64
from typing import Any

from priorscope.report.chapters.learning_curves import LearningCurves
from priorscope.report.figure import Figure, can_draw
from priorscope.report.palette import DASHES, LIGHT
from priorscope.report.view import View
from priorscope.wording.numbers import count, has_center, has_interval
from priorscope.wording.page import t

MARKERS = ("o", "s", "^", "D", "v", "P", ">", "<")  # matplotlib's, in the order of the palette's
SMALL = 420  # pixels of the width of a picture beside a card


def curve_chart(summary: dict[str, Any], metric: str | None = None) -> Any:
    """An `altair` chart of learning curves on intact data, with intervals.

    Args:
        summary: of a comparison.
        metric: "test_bits", or a score of the curves, such as "accuracy"; by default the score
            that the page shows first.

    Raises:
        LookupError: if there are no curves of it.
    """
    import altair as alt

    return alt.Chart.from_dict(_figure(summary, metric).standalone())


def curve_picture(summary: dict[str, Any]) -> str:
    """A small SVG picture as a `data:` address; "" where there are no curves, or no drawing."""
    try:
        import vl_convert

        spec = {**_figure(summary, None).standalone(), "width": SMALL}
    except (ImportError, LookupError):
        return ""
    if not can_draw():
        return ""
    svg = vl_convert.vegalite_to_svg(spec)
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _figure(summary: dict[str, Any], metric: str | None) -> Figure:
    view = View(summary)
    figures = {figure.name: figure for figure in LearningCurves().figures(view)}
    name = (metric or view.score.key).replace("_", "-")
    first = figures.get(name) or (None if metric else figures.get("test-bits"))
    if first is None:
        shown = [name for name in figures if name not in ("overfitting", "code-length")]
        raise LookupError(f"There are no learning curves of {name!r}; there are {shown}.")
    return first


class PriorCurveDisplay:
    """Learning curves of several learners for matplotlib, in scikit-learn's manner of displays.

    Args:
        curves: learner -> rows with `n` and the estimate `value` (center, low, high).
        name: of what is plotted, for the axis.

    Attributes:
        ax_, figure_: what was plotted on. lines_: learner -> line. bands_: learner -> band, of
            learners with three repeats or more.
    """

    def __init__(self, curves: dict[str, list[dict[str, Any]]], name: str):
        self.curves, self.name = curves, name

    @classmethod
    def from_result(cls, result: Any, metric: str | None = None) -> "PriorCurveDisplay":
        """Of a `Result`, on intact data.

        Args:
            result: of a comparison.
            metric: "test_bits", or a score such as "accuracy"; by default the page's first.

        Raises:
            LookupError: if there are no curves of it.
        """
        view = View(result.summary)
        key = metric or view.score.key
        curves: dict[str, list[dict[str, Any]]] = {}
        rows = view.rows("curves", structure="intact")
        for row in sorted(rows, key=lambda row: view.index(row["learner"])):
            if has_center(row.get(key)):
                point = {"n": row["n"], "value": row[key], "repeats": row.get("repeats") or 0}
                curves.setdefault(row["learner"], []).append(point)
        if not curves:
            raise LookupError(f"There are no learning curves of {key!r}.")
        return cls(curves, t(f"axis.{key}"))

    def plot(self, ax: Any = None, **line: Any) -> "PriorCurveDisplay":
        """Draw lines with bands.

        Args:
            ax: matplotlib's axes; new ones by default.
            line: keywords of every line, for `Axes.plot`.
        """
        if ax is None:
            import matplotlib.pyplot as plt  # pyright: ignore[reportMissingImports]

            _, ax = plt.subplots()
        self.ax_, self.figure_ = ax, getattr(ax, "figure", None)
        self.lines_: dict[str, Any] = {}
        self.bands_: dict[str, Any] = {}
        for place, (learner, points) in enumerate(self.curves.items()):
            self._draw(place, learner, sorted(points, key=lambda point: point["n"]), line)
        ax.set_xscale("log")
        sizes = sorted({point["n"] for points in self.curves.values() for point in points})
        ax.set_xticks(sizes, [count(n) for n in sizes], rotation=45 if len(sizes) > 6 else 0)
        ax.set_xticks([], minor=True)
        ax.set_xlabel(t("axis.labels"))
        ax.set_ylabel(self.name)
        ax.legend()
        return self

    def _draw(
        self, place: int, learner: str, points: list[dict[str, Any]], line: dict[str, Any]
    ) -> None:
        sizes = [point["n"] for point in points]
        style = {
            "color": LIGHT[place % len(LIGHT)],
            "marker": MARKERS[place % len(MARKERS)],
            "linestyle": (0, tuple(DASHES[place % len(DASHES)])) if place else "-",
        }
        centres = [point["value"]["center"] for point in points]
        shown = learner if not learner.startswith("_") else f" {learner}"  # _ hides from legends
        (self.lines_[learner],) = self.ax_.plot(sizes, centres, label=shown, **{**style, **line})
        if all(has_interval(point["value"]) and point["repeats"] >= 3 for point in points):
            low, high = ([point["value"][end] for point in points] for end in ("low", "high"))
            colour = self.lines_[learner].get_color()
            self.bands_[learner] = self.ax_.fill_between(sizes, low, high, color=colour, alpha=0.14)
