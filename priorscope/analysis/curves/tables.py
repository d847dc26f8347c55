"""Learning curves in anybody's table: which column is what, and rows that `gather` takes."""

import dataclasses
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from priorscope.analysis.curves.csv_text import TableLines, number, read_lines
from priorscope.analysis.curves.remarks import Remark, remark
from priorscope.core.json_types import JsonObject
from priorscope.core.printable import printable

ROLES = {
    "learner": ("learner", "model", "estimator", "classifier", "method", "algorithm", "arch"),
    "n": (
        "n", "train_size", "n_train", "ntrain", "train_n", "training_size", "num_train", "size",
        "examples", "samples", "documents", "docs", "sentences", "images", "labels",
        "train_examples", "training_examples", "num_examples", "n_examples", "n_samples",
        "num_samples", "train_samples", "training_samples", "num_docs", "n_docs",
        "number_of_documents", "number_of_examples", "number_of_samples", "train_sizes",
    ),
    "repeat": ("repeat", "draw", "seed", "trial", "fold", "replicate", "random_seed"),
    "dataset": ("dataset", "data_set", "data", "task", "openmlid", "corpus"),
    "test_examples": ("test_examples", "n_test", "ntest", "test_size", "num_test"),
}  # fmt: skip
LOWER = (
    "loss", "error", "rmse", "mae", "mse", "logloss", "log_loss", "nll", "perplexity", "wer", "cer",
    "error_rate", "test_loss", "val_loss", "test_error", "val_error", "eval_loss",
)  # fmt: skip
HIGHER = (
    "accuracy", "acc", "test_accuracy", "val_accuracy", "test_acc", "val_acc", "eval_accuracy",
    "f1", "f1_score", "macro_f1", "micro_f1", "f_score", "fscore", "precision", "recall", "auc",
    "auroc", "roc_auc", "average_precision", "map", "balanced_accuracy", "mcc", "kappa", "iou",
    "dice", "exact_match", "r2",
)  # fmt: skip
_SAME = {"error_rate": "error", "log_loss": "loss", "logloss": "loss"}
_KEPT = ("train_loss", "uniform_loss", "block_bits", "block_examples", "seconds")
_WANDB = re.compile(r"^(?P<learner>.+) - (?P<metric>.+?)(?P<end>__MIN|__MAX)?$")


@dataclasses.dataclass(frozen=True)
class CurveTables:
    """Rows per data set ("" if there is one), the metrics in them (lower is better), notes."""

    rows: dict[str, list[JsonObject]]
    metrics: tuple[str, ...]
    notes: tuple[Remark, ...]


def read_tables(
    paths: Sequence[Path],
    columns: Mapping[str, str] | None = None,
    metric: str | None = None,
    *,
    percent: bool = False,
    nats: bool = False,
) -> CurveTables:
    """Read one file or more; several of one learner each (as TensorBoard exports them) are joined.

    columns: role or metric -> name of a column, where it can't be told from the name. metric:
    what the values of a wide table, or of one without a named metric, are. percent: shares
    (errors, accuracies) are in percent. nats: losses are in nats, to be turned into bits.

    Raises:
        ValueError: if a file can't be read or a column is missing; the sentence says what to do.
    """
    rows: dict[str, list[JsonObject]] = {}
    metrics: dict[str, None] = {}
    notes: list[Remark] = []
    for path in paths:
        part = _Reader(path, dict(columns or {}), metric, percent, nats).read()
        for name, some in part.rows.items():
            rows.setdefault(name, []).extend(some)
        metrics |= dict.fromkeys(part.metrics)
        notes += [note for note in part.notes if note not in notes]
    return CurveTables(rows, tuple(metrics), tuple(notes))


def error_name(metric: str) -> str:
    """What 1 - metric is called."""
    accuracy = metric.endswith(("acc", "accuracy")) and not metric.startswith("balanced")
    return "error" if accuracy else f"1 - {metric}"


def _shown(names: Sequence[str]) -> str:
    return ", ".join(printable(name, 40) for name in names)


def _plain(name: str) -> str:
    """A column's name, as the lists of known names write it."""
    return re.sub(r"[^0-9a-z]+", "_", name.lower().replace("#", "n ")).strip("_")


class _Reader:
    """One file."""

    def __init__(
        self, path: Path, columns: dict[str, str], metric: str | None, percent: bool, nats: bool
    ):
        self.path, self.metric, self.percent, self.nats = path, metric, percent, nats
        self.lines: TableLines = read_lines(path)
        self.names = self.lines.names
        self.notes: list[Remark] = []
        missing = [c for c in columns.values() if c not in self.names]
        if missing:
            raise ValueError(
                f"{path} has no column {missing[0]!r}; its columns are {_shown(self.names)}."
            )
        self.role_of = {column: role for role, column in columns.items()}

    def read(self) -> CurveTables:
        if [_plain(n) for n in self.names] == ["wall_time", "step", "value"]:
            return self._tensorboard()
        if any(_WANDB.match(n) for n in self.names):
            return self._wandb()
        self._find_roles()
        if "n" not in self.role_of.values():
            raise ValueError(
                f"{self.path} must have a column with the number of training examples, but it has "
                f"{_shown(self.names) or 'none'}; name it: --columns n=COLUMN."
            )
        measured = [c for c, role in self.role_of.items() if role in (*LOWER, *HIGHER)]
        if measured and self.metric is not None and self.metric not in (*LOWER, *HIGHER):
            raise ValueError(
                f"{self.path} names its metric ({', '.join(measured)}), and no metric "
                f"{self.metric!r} is known; leave out --metric."
            )
        return self._long(measured) if measured else self._wide()

    def _find_roles(self) -> None:
        taken = set(self.role_of.values())
        for role, spellings in ROLES.items():
            if role in taken:
                continue
            fitting = [n for n in self.names if _plain(n) in spellings and n not in self.role_of]
            fitting.sort(key=lambda n: spellings.index(_plain(n)))
            if fitting:
                self.role_of[fitting[0]] = role
        for name in self.names:
            if name not in self.role_of and _plain(name) in (*LOWER, *HIGHER, *_KEPT):
                self.role_of[name] = _plain(name)

    def _long(self, measured: list[str]) -> CurveTables:
        out: dict[str, list[JsonObject]] = {}
        roles = {role: column for column, role in self.role_of.items()}
        for line, cells in self.lines.rows:
            row: JsonObject = {"learner": self.path.stem}
            dataset = ""
            for column, role in self.role_of.items():
                text = cells[column]
                if role == "dataset":
                    dataset = text
                elif not text:
                    continue
                elif role in ("learner", "repeat"):
                    row[role] = text
                else:
                    name, value = self._value(role, column, line, text)
                    row[name] = value
            out.setdefault(dataset, []).append(row)
        self._refuse_unnamed(out, roles)
        metrics = tuple(dict.fromkeys(self._name(self.role_of[c]) for c in measured))
        return CurveTables(out, metrics, tuple(self.notes))

    def _wide(self) -> CurveTables:
        """One column per learner."""
        (size,) = [c for c, role in self.role_of.items() if role == "n"]
        others = [c for c in self.names if c not in self.role_of]
        learners = [c for c in others if self._numeric(c)]
        if self.metric is None or not learners:
            raise ValueError(
                f"{self.path} has no column that is known as a metric among "
                f"{_shown(self.names)}; name it (--columns error=COLUMN), or say --metric if "
                "every other column is a learner."
            )
        groups = [(c, c, self.metric) for c in learners]
        return self._melted(size, groups)

    def _wandb(self) -> CurveTables:
        """`Step, NAME - METRIC, NAME - METRIC__MIN, NAME - METRIC__MAX`."""
        matches = {n: m for n in self.names if (m := _WANDB.match(n)) and not m["end"]}
        groups = [(n, m["learner"], self.metric or _plain(m["metric"])) for n, m in matches.items()]
        sizes = [c for c, role in self.role_of.items() if role == "n"] or self.names[:1]
        self._assume_size(sizes[0])
        return self._melted(sizes[0], groups)

    def _tensorboard(self) -> CurveTables:
        """`Wall time, Step, Value`, one learner a file."""
        if self.metric is None:
            raise ValueError(f"{self.path} doesn't say what its values are; say --metric accuracy.")
        self._assume_size(self.names[1])
        return self._melted(self.names[1], [(self.names[2], self.path.stem, self.metric)])

    def _assume_size(self, column: str) -> None:
        self.notes.append(remark("table-size-column", file=self.path.name, column=column))

    def _melted(self, size: str, groups: list[tuple[str, str, str]]) -> CurveTables:
        for _, _, metric in groups:
            if metric not in (*LOWER, *HIGHER):
                raise ValueError(
                    f"{self.path}: whether more {metric!r} is better isn't known; say --metric "
                    f"with one of {', '.join((*LOWER[:4], *HIGHER[:1], 'f1', 'precision'))}."
                )
        rows = []
        for line, cells in self.lines.rows:
            for column, learner, metric in groups:
                if cells[column]:
                    name, value = self._value(metric, column, line, cells[column])
                    n = number(self.path, line, size, cells[size])
                    rows.append({"learner": learner, "n": n, name: value})
        metrics = tuple(dict.fromkeys(self._name(metric) for _, _, metric in groups))
        return CurveTables({"": rows}, metrics, tuple(self.notes))

    def _name(self, role: str) -> str:
        return error_name(role) if role in HIGHER else _SAME.get(role, role)

    def _value(self, role: str, column: str, line: int, text: str) -> tuple[str, float]:
        value, name = number(self.path, line, column, text), self._name(role)
        if role in HIGHER or name == "error":
            value = value / 100 if self.percent and not text.endswith("%") else value
            if value > 1:
                way_out = "" if self.percent else "; say --percent if it is in percent"
                raise ValueError(
                    f"{self.path}, line {line}: {column} must be at most 1, but it is "
                    f"{value:g}{way_out}."
                )
        if self.nats and role.endswith("loss"):
            value /= math.log(2)
        return name, 1.0 - value if role in HIGHER else value

    def _numeric(self, column: str) -> bool:
        texts = [cells[column] for _, cells in self.lines.rows if cells[column]]
        return bool(texts) and all(re.match(r"^[-+.\d]", t) for t in texts)

    def _refuse_unnamed(self, rows: dict[str, list[JsonObject]], roles: dict[str, str]) -> None:
        """Rows of one size without a repeat are repeats, unless a column tells otherwise."""
        if "repeat" in roles:
            return
        places = [(d, r["learner"], r.get("n")) for d, some in rows.items() for r in some]
        if len(set(places)) == len(places):
            return
        for name in self.names:
            values = {cells[name] for _, cells in self.lines.rows}
            if name not in self.role_of and 1 < len(values) < len(places):
                raise ValueError(
                    f"{self.path} has several rows of one learner and size, which differ in "
                    f"{name!r}; say what it is: --columns dataset={name} or repeat={name}."
                )
        self.notes.append(remark("table-repeats-by-order", file=self.path.name))
