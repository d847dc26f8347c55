"""The pictures of docs/profile.md: small profiles of digits and MNIST-1D.

python benchmarks/profile_pictures.py [FOLDER for what is measured]
"""

import sys
from pathlib import Path

import numpy as np

from priorscope.core.files import write
from priorscope.experiments.settings import Settings
from priorscope.profiles.result import Profile
from priorscope.profiles.run import profile
from priorscope.report.charts.small import SmallLine, heat_map, line_chart
from priorscope.report.palette import LIGHT

DOCS = Path(__file__).parents[1] / "docs"
IMAGES = ["exact-symmetry", "lie-derivative", "locality", "attention", "context", "bands",
                      "similarity", "weights"]  # fmt: skip
STYLE = (
    "text{font:11px sans-serif;fill:#596069}.rule{stroke:#dde1e6;fill:none}"
    ".curve{fill:none;stroke:var(--c);stroke-width:2}.band{fill:var(--c);opacity:.14}"
    ".dot{fill:var(--c)}.heat rect,rect.bar{fill:#0072b2}.heat text{text-anchor:middle}"
    + "".join(f".c{i}{{--c:{colour}}}" for i, colour in enumerate(LIGHT))
)


def main(folder: Path) -> None:
    settings = Settings(preset="quick")
    digits = profile(["cnn", "vit", "mlp"], "digits", measures=IMAGES, out=folder / "images",
                     settings=settings)  # fmt: skip
    noise = profile(["cnn", "mlp"], "digits", measures=["memorisation"], out=folder / "noise",
                    settings=settings)  # fmt: skip
    series = profile(["cnn", "gru", "mlp"], "mnist1d", measures=["order"], out=folder / "series",
                     settings=settings)  # fmt: skip
    trained = ["cnn, trained", "vit, trained", "mlp, trained"]
    curve(digits, "exact-symmetry", "shift by ", trained, "shift, pixels", "change")
    bars("lie-derivative", {
        f"{name.split(',')[0]}{', blurred' if control else ''}": digits.value(
            name, "lie-derivative", f"translation right{', blur control' if control else ''}"
        )["center"]
        for name in trained for control in (False, True)
    })  # fmt: skip
    field = digits.picture("cnn, trained", "locality", "unit field")
    matrix("locality", field / field.max())
    heads = digits.picture("vit, trained", "attention", "distance by head")
    matrix("attention", heads / heads.max())
    curve(digits, "context", "accuracy, ", trained, "share shown in the middle, %", "accuracy",
          "% shown at the centre", 1.0)  # fmt: skip
    curve(digits, "bands", "change, stop band ", trained, "band taken out", "change")
    bars("order", {
        name.split(",")[0]: series.value(name, "order", "change, 1-grams shuffled")["center"]
        for name in series.networks
        if name.endswith(", trained")
    })  # fmt: skip
    bars("memorisation", {
        f"{name}, {kind}": noise.value(
            f"{name}, trained", "memorisation", f"updates to fit {kind} labels"
        )["center"]
        for name in ("cnn", "mlp") for kind in ("real", "random")
    })  # fmt: skip
    matrix("similarity", digits.picture("vit, trained", "similarity", "cka"))
    lines = []
    for index, name in enumerate(trained):
        ranks = [
            r["value"]["center"]
            for r in digits.rows[name]
            if r["measure"] == "weights" and r["name"] == "effective rank" and r["value"]
        ]
        points = tuple((float(i), v, None, None) for i, v in enumerate(ranks, 1))
        lines.append(SmallLine(name, index, points))
    save(
        "weights",
        line_chart(lines, "weights", "matrix, from input to output", "effective rank", 1.0),
    )


def curve(
    result: Profile, measure: str, before: str, names: list[str], across: str, up: str,
    behind: str = "", top: float = 0.0,
) -> None:  # fmt: skip
    lines = []
    for index, name in enumerate(names):
        points = []
        for row in result.rows[name]:
            text = row["name"]
            inside = text.startswith(before) and text.endswith(behind) and row["measure"] == measure
            place = text[len(before) : len(text) - len(behind)] if inside else ""
            if place.isdigit() and row["value"] and row["layer"] is None:
                value = row["value"]
                points.append((float(place), value["center"], value["low"], value["high"]))
        lines.append(SmallLine(name, index, tuple(sorted(points))))
    save(measure, line_chart(lines, measure, across, up, top))


def matrix(name: str, values: np.ndarray) -> None:
    rows, columns = ([str(i + 1) for i in range(n)] for n in values.shape)
    save(name, heat_map(values.tolist(), rows, columns, name))


def bars(name: str, values: dict[str, float]) -> None:
    most = max(values.values())
    out = []
    for i, (label, value) in enumerate(values.items()):
        y = 8 + 24 * i
        out.append(f'<text x="112" y="{y + 13}" text-anchor="end">{label}</text>')
        out.append(
            f'<rect class="bar" x="120" y="{y}" width="{260 * value / most:.1f}" height="16"/>'
        )
        shown = f"{value:,.0f}" if most >= 10 else f"{value:.2f}"
        out.append(f'<text x="{126 + 260 * value / most:.1f}" y="{y + 13}">{shown}</text>')
    height = 16 + 24 * len(values)
    save(
        name, f'<svg viewBox="0 0 460 {height}" role="img" aria-label="{name}">{"".join(out)}</svg>'
    )


def save(name: str, svg: str) -> None:
    text = str(svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" width="460" ', 1)
    start = text.index(">") + 1
    write(DOCS / f"profile-{name}.svg", f"{text[:start]}<style>{STYLE}</style>{text[start:]}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("priorscope-runs/profile-pictures"))
