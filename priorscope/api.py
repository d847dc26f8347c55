"""`compare` for Python and notebooks, and what it returns."""

import html
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.data.readers.arrays import examples_from_arrays
from priorscope.data.resolve import resolve
from priorscope.experiments.comparison import Comparison, Named, default_recipe
from priorscope.experiments.settings import LEARNERS, Settings, parse_duration
from priorscope.models import ModelConfig
from priorscope.models.estimator import Estimator
from priorscope.report import words
from priorscope.report.page import write_report
from priorscope.runs.runner import Progress
from priorscope.tasks import Examples, TaskConfig
from priorscope.train.recipe import Learner, Recipe, parse_learner, pretrained_folder


class Table(list[dict[str, Any]]):
    """Rows as dictionaries of plain values; a data frame where pandas or polars is installed."""

    def to_pandas(self) -> Any:
        """A `pandas.DataFrame`."""
        import pandas as pd

        return pd.DataFrame(list(self))

    def to_polars(self) -> Any:
        """A `polars.DataFrame`."""
        import polars as pl  # pyright: ignore[reportMissingImports]

        return pl.DataFrame(list(self))

    def _repr_html_(self) -> str:
        if not self:
            return "<p>no rows</p>"
        head = "".join(f"<th>{html.escape(str(key))}</th>" for key in self[0])
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(_shown(v))}</td>" for v in row.values()) + "</tr>"
            for row in self
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


class Result:
    """What a comparison found. `summary` is the whole of it: schema 1, as `--json` prints it."""

    def __init__(self, summary: dict[str, Any]):
        self.summary = summary

    @property
    def verdict(self) -> list[str]:
        """Sentences: the best learner and how sure, what can't be separated, what it lives on."""
        return self.summary["verdict"]

    @property
    def recommendation(self) -> list[str]:
        """Sentences: now, with more data, what to collect next, what can't be said."""
        return self.summary.get("recommendation", [])

    def leaderboard(self) -> Table:
        """One row a learner, the shortest code first; intervals are `.mean`, `.low`, `.high`."""
        return self.table("leaderboard")

    def curves(self) -> Table:
        """One row a learner, structure and size."""
        return self.table("curves")

    def strength(self) -> Table:
        """One row a learner and structure: bits per label that its destruction costs."""
        return self.table("strength")

    def measures(self) -> Table:
        """One row a learner, size, measure and quantity: what the trained networks do."""
        return self.table("measures")

    def table(self, key: str) -> Table:
        """Any list of the summary as flat rows.

        Raises:
            LookupError: if the summary has no such list.
        """
        rows = self.summary.get(key)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            lists = [k for k, v in self.summary.items() if isinstance(v, list)]
            raise LookupError(f"The summary has no rows named {key!r}; there are {sorted(lists)}.")
        return Table(_flat(row) for row in rows)

    def report(self, path: str | Path) -> Path:
        """Write the page and its figures into the folder `path`; returns the page's path."""
        return write_report(self.summary, Path(path))

    def __repr__(self) -> str:
        return "\n".join(self.verdict)

    def _repr_html_(self) -> str:
        sentences = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self.verdict)
        short = Table(
            {
                "learner": row["learner"],
                "bits per label": _with_interval(row["code_bits_per_label"], 3),
                "accuracy": _with_interval(row["accuracy"], 2),
                "probability best": words.percent(row["probability_best"]),
            }
            for row in self.summary["leaderboard"]
        )
        return sentences + short._repr_html_()


def compare(
    data: str | Path | np.ndarray | TaskConfig | Examples,
    y: Sequence | np.ndarray | None = None,
    *,
    learners: Sequence[str | ModelConfig | Learner | Any] = (),
    test: tuple[np.ndarray, Sequence | np.ndarray] | None = None,
    name: str = "data",
    progress: Callable[[Progress], None] = lambda counts: None,
    **settings: Any,
) -> Result:
    """Compare learners: which fits these data, by how much, how surely, on which structure.

    Args:
        data: what the command line takes, or an array of inputs, (examples, ...), or a task.
        y: labels of an array, (examples,).
        learners: texts as on the command line, model configs, or scikit-learn classifiers.
        test: (inputs, labels) of a test split, for arrays; without it 20% are held out.
        name: what the report calls an array.
        progress: called now and then with counts of runs.
        settings: fields of `Settings`; `budget` may be text such as "10m".

    Raises:
        ValueError, LookupError: if something doesn't exist or fit; one sentence.
    """
    started = time.time()
    for key in ("structures", "sizes", "include", "input"):
        if key in settings:
            settings[key] = tuple(settings[key])
    if isinstance(settings.get("budget"), str):
        settings["budget"] = parse_duration(settings["budget"])
    chosen = Settings.from_json({k: str(v) if k == "out" else v for k, v in settings.items()})
    recipe = default_recipe(chosen)
    made = [_learner(learner, recipe) for learner in learners or chosen.learners]
    named = _named(data, y, test, name, chosen, pretrained_folder(made))
    if not made:
        made = [parse_learner(text, recipe) for text in LEARNERS[named.examples.signature.layout]]
    return Result(Comparison(named, chosen, made, started).run(progress))


def _named(
    data: Any, y: Any, test: Any, name: str, settings: Settings, starting_from: str
) -> Named:
    if isinstance(data, Examples):
        return Named(name, data)
    if isinstance(data, TaskConfig):
        return Named(data.name(), data.load(settings.seed))
    reading = settings.reading()
    if isinstance(data, str | Path):
        task = resolve(str(data), **reading, starting_from=starting_from)
        return Named(Path(str(data)).name.partition(".")[0], task.load(settings.seed))
    if y is None:
        raise ValueError("Inputs as an array need labels; call compare(x, y).")
    x_test, y_test = test if test is not None else (None, None)
    examples = examples_from_arrays(
        np.asarray(data),
        np.asarray(y),
        x_test,
        y_test,
        kind=reading.get("kind"),
        test_share=settings.test_share,
        strict=settings.strict,
        seed=settings.seed,
    )
    return Named(name, examples)


def _learner(learner: Any, recipe: Recipe) -> Learner:
    if isinstance(learner, Learner):
        return learner
    if isinstance(learner, str):
        return parse_learner(learner, recipe)
    if isinstance(learner, ModelConfig):
        return Learner(text=learner.name(), model=learner, recipe=recipe)
    model = Estimator.of(learner)
    return Learner(text=type(learner).__name__, model=model, recipe=recipe)


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{inner}": v for inner, v in value.items()}
        else:
            flat[key] = value
    return flat


def _with_interval(value: Any, digits: int) -> str:
    if not words.has_mean(value):
        return words.MISSING
    ends = words.interval(value, digits)
    return words.number(value["mean"], digits) + (f" ({ends})" if ends else "")


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
