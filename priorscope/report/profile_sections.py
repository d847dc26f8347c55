"""What the page of a profile shows: a section per measure, with charts, pictures and tables."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from priorscope.report.attention_viewer import Viewer
from priorscope.report.charts.small import SmallLine, heat_map, line_chart
from priorscope.report.hidden_parts import ShadedWord, hidden_windows, hidden_words
from priorscope.report.pictures import field_png
from priorscope.wording.profile import t

MOST_MAPS = 12
Row = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class NetworkFacts:
    """A network as the page shows it.

    rows: as in the JSON: measure, name, layer, value, applies, sentence. pictures: arrays by
    measure and name.
    """

    name: str
    rows: Sequence[Row]
    pictures: Mapping[tuple[str, str], np.ndarray]
    notes: Sequence[str] = ()


@dataclasses.dataclass(frozen=True)
class Profiled:
    """All that the page is made of.

    crossed: CKA between two networks: rows, columns (names) and cka (an array).
    words: of each token id, of texts.
    """

    data: str
    layout: str
    examples: int
    networks: Sequence[NetworkFacts]
    crossed: Sequence[Mapping[str, Any]] = ()
    viewers: Sequence[Viewer] = ()
    words: Sequence[str] = ()


@dataclasses.dataclass
class Section:
    """A section of the page."""

    name: str
    charts: list[tuple[str, Markup]] = dataclasses.field(default_factory=list)
    pictures: list[tuple[str, list[tuple[str, str]]]] = dataclasses.field(default_factory=list)
    maps: list[tuple[str, Markup]] = dataclasses.field(default_factory=list)
    texts: list[tuple[str, list[list[ShadedWord]]]] = dataclasses.field(default_factory=list)
    rows: list[tuple[str, list[Any]]] = dataclasses.field(default_factory=list)
    reasons: list[str] = dataclasses.field(default_factory=list)
    without: list[str] = dataclasses.field(default_factory=list)  # networks without a curve


def _shows(part: Section) -> bool:
    return bool(part.charts or part.pictures or part.maps or part.rows or part.texts)


def sections(p: Profiled) -> list[Section]:
    """The sections that have something to show, in order."""
    parts = [
        _symmetry(p), _smooth(p), _looks(p), _attention(p), _context(p), _bands(p), _order(p),
        _table(p, "memorisation", "memorisation"), _similarity(p), _weights(p),
    ]  # fmt: skip
    return [part for part in parts if _shows(part)]


def _values(one: NetworkFacts, measure: str) -> dict[str, Any]:
    """Numbers of the output by name."""
    return {
        r["name"]: r["value"]
        for r in one.rows
        if r["measure"] == measure and r["layer"] is None and r["value"] is not None
    }


def _chart(
    p: Profiled, measure: str, at: Callable[[str], float | None], title: str, across: str, up: str,
    top: float = 0.0,
) -> list[tuple[str, Markup]]:  # fmt: skip
    """Curves over the numbers whose name has a place `at` the axis; none without two of them."""
    lines = []
    for index, one in enumerate(p.networks):
        places = [(at(name), value) for name, value in _values(one, measure).items()]
        points = sorted((x, v["center"], v["low"], v["high"]) for x, v in places if x is not None)
        lines.append(SmallLine(one.name, index, tuple(points)))
    if max((len(line.points) for line in lines), default=0) < 2:
        return []
    return [(t(title), line_chart(lines, t(title), t(across), t(up), top))]


def _by_depth(
    p: Profiled, measure: str, name: str, title: str, up: str
) -> list[tuple[str, Markup]]:
    """A number of every layer, from input to output; none where there are no two layers."""
    lines = []
    for index, one in enumerate(p.networks):
        values = [
            r["value"]
            for r in one.rows
            if r["measure"] == measure and r["name"] == name and r["layer"] and r["value"]
        ]
        points = tuple(
            (float(i), v["center"], v["low"], v["high"]) for i, v in enumerate(values, start=1)
        )
        lines.append(SmallLine(one.name, index, points))
    if max((len(line.points) for line in lines), default=0) < 2:
        return []
    return [(t(title), line_chart(lines, t(title), t("layer_number"), t(up)))]


def _between(name: str, before: str, behind: str = "") -> float | None:
    """The number that stands between two texts in a name."""
    if not (name.startswith(before) and name.endswith(behind)):
        return None
    text = name[len(before) : len(name) - len(behind) or None].strip().rstrip("%")
    try:
        return float(text)
    except ValueError:
        return None


def _table(p: Profiled, part: str, measure: str, keep: Callable[[str], bool] = bool) -> Section:
    """Numbers of the output, a column per network; why there are none, where there are none."""
    columns = [_values(one, measure) for one in p.networks]
    names = dict.fromkeys(name for column in columns for name in column if keep(name))
    rows = [(name, [column.get(name) for column in columns]) for name in names]
    return Section(part, rows=rows, reasons=_reasons(p, measure))


def _reasons(p: Profiled, measure: str) -> list[str]:
    """Sentences of the networks for which all of a measure does not apply."""
    said: dict[str, list[str]] = {}
    for one in p.networks:
        own = [r for r in one.rows if r["measure"] == measure]
        if own and all(r["value"] is None for r in own):
            said.setdefault(own[0]["sentence"], []).append(one.name)
    return [f"{', '.join(names)}: {sentence}" for sentence, names in said.items()]


def _symmetry(p: Profiled) -> Section:
    part = _table(
        p, "symmetry", "exact-symmetry",
        lambda n: not n.startswith(("shift", "accuracy, shift")) or n == "shift by 1",
    )  # fmt: skip
    part.charts = [
        *_chart(p, "exact-symmetry", lambda n: _between(n, "shift by "), "shift_change", "distance",
                "change", 0.1),
        *_chart(p, "exact-symmetry", lambda n: _between(n, "accuracy, shift by "), "shift_accuracy",
                "distance", "accuracy", 1.0),
        *_chart(p, "lie-derivative", lambda n: _between(n, "accuracy, turned by ", "°"),
                "angle_accuracy", "angle", "accuracy", 1.0),
        *_by_depth(p, "exact-symmetry", "shift by a position", "shift_layers", "change"),
    ]  # fmt: skip
    return part


def _smooth(p: Profiled) -> Section:
    part = _table(
        p, "smooth", "lie-derivative", lambda n: not n.startswith("accuracy") and "arises" not in n
    )
    for generator in ("translation right", "translation in time", "rotation"):
        title = f"arises_{generator.replace(' ', '_')}"
        part.charts += _by_depth(p, "lie-derivative", f"{generator}, arises here", title, "change")
    return part


def _looks(p: Profiled) -> Section:
    part = _table(p, "looks", "locality")
    for one in p.networks:
        fields = [
            (t(f"{name}_field"), field_png(one.pictures["locality", f"{name} field"]))
            for name in ("unit", "answer")
            if ("locality", f"{name} field") in one.pictures
        ]
        if fields:
            part.pictures.append((one.name, fields))
    return part


def _attention(p: Profiled) -> Section:
    part = _table(p, "attention", "attention")
    lines = []
    for index, one in enumerate(p.networks):
        points = []
        for row in one.rows:
            own = row["measure"] == "attention" and row["name"] == "distance" and row["value"]
            block = _between(str(row["layer"]), "block ") if own else None
            if block is not None:
                value = row["value"]
                points.append((block, value["center"], value["low"], value["high"]))
        lines.append(SmallLine(one.name, index, tuple(points)))
    if any(line.points for line in lines):
        chart = line_chart(lines, t("attention"), t("depth"), t("reach"))
        part.charts.append((t("attention"), chart))
        part.without = [line.label for line in lines if not line.points]
    return part


def _context(p: Profiled) -> Section:
    charts = []
    for where in ("centre", "border"):
        charts += _chart(
            p, "context", lambda n, w=where: _between(n, "accuracy, ", f" shown at the {w}"),
            f"shown_{where}", "share_shown", "accuracy", 1.0,
        )  # fmt: skip
    for where in ("first", "last"):
        charts += _chart(
            p, "context", lambda n, w=where: _between(n, f"accuracy, {w} ", " of the words shown"),
            f"shown_{where}", "share_shown", "accuracy", 1.0,
        )  # fmt: skip
    for kind in ("shuffled", "turned"):
        charts += _chart(
            p, "context", lambda n, k=kind: _grid(n, k), kind, "pieces", "accuracy", 1.0
        )
    part = _table(
        p, "context", "context",
        lambda n: n in ("accuracy", "shape share") or "suppressed" in n or n.startswith("answers"),
    )  # fmt: skip
    part.charts = charts
    for one in p.networks:
        if images := hidden_windows(one.pictures):
            part.pictures.append((one.name, images))
        learnt = not one.name.endswith(f", {t('untrained')}")
        if learnt and (texts := hidden_words(one.pictures, p.words)):
            part.texts.append((one.name, texts))
    return part


def _grid(name: str, kind: str) -> float | None:
    for form in (" pieces ", " patches "):
        if name.startswith("accuracy, ") and name.endswith(form + kind):
            return _between(name.split(" x ")[0], "accuracy, ") or _between(
                name, "accuracy, ", form + kind
            )
    return None


def _bands(p: Profiled) -> Section:
    charts = [
        *_chart(p, "bands", lambda n: _between(n, "change, stop band "), "stopped", "band",
                "change"),
        *_chart(p, "bands", lambda n: _between(n, "accuracy, pass band "), "passed", "band",
                "accuracy", 1.0),
        *_by_depth(p, "bands", "high frequencies", "high_layers", "share_of_power"),
    ]  # fmt: skip
    return Section("bands", charts=charts, reasons=_reasons(p, "bands"))


def _order(p: Profiled) -> Section:
    return _table(p, "order", "order")


def _similarity(p: Profiled) -> Section:
    part = Section("similarity", reasons=_reasons(p, "similarity"))
    for one in p.networks:
        values = one.pictures.get(("similarity", "cka"))
        if values is None:
            continue
        names = [str(n) for n in one.pictures["similarity", "layers"]]
        part.maps.append((one.name, heat_map(values.tolist(), names, names, one.name)))
    for pair in p.crossed:
        title = f"{pair['rows']} × {pair['columns']}"
        values = pair["cka"].tolist()
        part.maps.append(
            (title, heat_map(values, pair["row_layers"], pair["column_layers"], title))
        )
    part.maps = part.maps[:MOST_MAPS]
    return part


def _weights(p: Profiled) -> Section:
    lines = []
    for index, one in enumerate(p.networks):
        ranks = [
            row["value"]["center"]
            for row in one.rows
            if row["measure"] == "weights" and row["name"] == "effective rank" and row["value"]
        ]
        points = tuple((float(i), r, None, None) for i, r in enumerate(ranks, start=1))
        lines.append(SmallLine(one.name, index, points))
    if max((len(line.points) for line in lines), default=0) < 2:
        return Section("weights")
    chart = line_chart(lines, t("weights"), t("matrix"), t("rank"), 1.0)
    return Section("weights", charts=[(t("rank"), chart)])
