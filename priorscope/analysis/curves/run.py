"""Forecasts from rows or from a table on disk: `priorscope curves`, as a function."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from priorscope.analysis.curves.forecast import forecast
from priorscope.analysis.curves.rows import METRICS, alike_names, gather
from priorscope.analysis.curves.tables import CurveTables, read_tables
from priorscope.core.calls import door
from priorscope.core.json_types import JsonObject
from priorscope.wording.sentences import sentence

Source = str | Path | Iterable[str | Path] | Iterable[Mapping[str, Any]]


@dataclasses.dataclass(frozen=True, kw_only=True)
class CurveSettings:
    """How a table of learning curves is read, and how its forecasts are made.

    columns: role or metric -> name of a column, e.g. {"n": "train_size", "learner": "model",
        "dataset": "corpus", "accuracy": "test score"}.
    metric: what the values of a wide table (one column per learner) are: accuracy, f1, loss, ...
    nats: losses are in nats; they are turned into bits.
    percent: errors and scores are in percent; they are turned into shares.
    seed: of the perturbations that intervals are taken from.
    """

    columns: dict[str, str] = dataclasses.field(default_factory=dict)
    metric: str | None = None
    nats: bool = False
    percent: bool = False
    seed: int = 0


@door
def curves(
    source: Source,
    settings: CurveSettings | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    metric: str | None = None,
    nats: bool | None = None,
    percent: bool | None = None,
    seed: int | None = None,
    progress: Callable[[str], None] = lambda stage: None,
) -> dict[str, JsonObject]:
    """Forecasts, crossovers and data-equivalence of every data set in a table of learning curves.

    source: a file (CSV, also tab- or semicolon-separated, or a Markdown table; long or wide; as
        Weights & Biases or TensorBoard export it), several of them, or rows as `forecast` takes
        them.
    settings: how it is read; or columns, metric, nats, percent and seed, which are its fields.
    progress: is told what is done now.

    Returns:
        Name of the data set ("" if there is only one) -> the keys of `forecast`;
        `recommendation`, the sentences of its findings; `notes`, what was assumed or left out,
        as sentences; `remarks`, the same as keys with values.

    Raises:
        ValueError: if nothing can be read; one sentence with the way out.
    """
    asked = {"columns": columns, "metric": metric, "nats": nats, "percent": percent, "seed": seed}
    given = {key: value for key, value in asked.items() if value is not None}
    settings = dataclasses.replace(settings or CurveSettings(), **given)
    if settings.seed < 0:
        raise ValueError(f"seed must be 0 or more, but it is {settings.seed}.")
    read = _read(source, settings)
    if not any(read.rows.values()):
        raise ValueError("The table has no rows under its header; give one row per size.")
    out = {}
    for name, rows in read.rows.items():
        table = gather(rows, read.metrics)
        progress(f"reading {name or 'the curves'}")
        result = forecast(table, settings.seed, progress=progress)
        told = [sentence(f["key"], f["values"]) for f in result["findings"]]
        notes = [*read.notes, *alike_names(row["learner"] for row in rows)]
        out[name] = result | {
            "metrics": list(read.metrics),
            "recommendation": told,
            "notes": [sentence(note.key, note.values) for note in notes],
            "remarks": [note.to_json() for note in notes],
        }
    return out


def _read(source: Source, settings: CurveSettings) -> CurveTables:
    if isinstance(source, str | Path):
        source = [source]
    if hasattr(source, "to_dict") or hasattr(source, "to_dicts"):
        raise ValueError(
            "curves takes files or rows as dictionaries, not a data frame; give its rows, "
            'frame.to_dict("records") of pandas or frame.to_dicts() of polars.'
        )
    parts = list(source)
    if parts and all(isinstance(part, str | Path) for part in parts):
        return read_tables(
            [Path(str(part)) for part in parts],
            settings.columns,
            settings.metric,
            percent=settings.percent,
            nats=settings.nats,
        )
    rows = [dict(part) for part in parts if isinstance(part, Mapping)]
    if len(rows) < len(parts):
        odd = next(part for part in parts if not isinstance(part, Mapping))
        raise ValueError(
            f"curves takes files, or rows as dictionaries with n and a metric, but one is {odd!r}."
        )
    by_dataset: dict[str, list[JsonObject]] = {}
    for row in rows:
        by_dataset.setdefault(str(row.get("dataset", "")), []).append(row)
    present = [m for m in METRICS if any(m in row for row in rows)]
    return CurveTables(by_dataset, tuple(present or METRICS), ())
