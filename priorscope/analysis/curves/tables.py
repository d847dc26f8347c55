"""Learning curves in anybody's table: which column is what, and rows that `gather` takes."""

import dataclasses
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from priorscope.analysis.curves.column_names import (
    KEPT,
    LETTERS,
    ROLES,
    fitted_name,
    is_size,
    is_spread_of_any,
    metric_of,
    plain,
    split_rank,
)
from priorscope.analysis.curves.csv_text import (
    TableLines,
    count,
    is_count,
    read_lines,
    without_spread,
)
from priorscope.analysis.curves.remarks import Remark, remark
from priorscope.analysis.curves.units import TableCell, Units
from priorscope.core.json_types import JsonObject
from priorscope.core.printable import printable

_WANDB = re.compile(r"^(?P<learner>.+) - (?P<metric>.+?)(?P<end>__MIN|__MAX)?$")
_TENSORBOARD = re.compile(r"^(?:run-)?(?P<learner>.+)-tag-(?P<metric>.+)$")  # a file's name
_FEWEST_SIZES = 3  # columns that are numbers, from which on they are sizes


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
    twice = next((path for path, times in Counter(paths).items() if times > 1), None)
    if twice is not None:
        raise ValueError(f"{twice} is named twice; name each table once.")
    for path in paths:
        part = _Reader(path, dict(columns or {}), metric, percent, nats).read()
        for name, some in part.rows.items():
            rows.setdefault(name, []).extend(some)
        metrics |= dict.fromkeys(part.metrics)
        notes += [note for note in part.notes if note not in notes]
    return CurveTables(rows, tuple(metrics), tuple(notes))


def _shown(names: Sequence[str]) -> str:
    return ", ".join(printable(name, 40) for name in names)


class _Reader:
    """One file."""

    def __init__(
        self, path: Path, columns: dict[str, str], metric: str | None, percent: bool, nats: bool
    ):
        self.path, self.units = path, Units(percent, nats)
        self.metric = None if metric is None else metric_of(metric) or metric
        self.lines: TableLines = read_lines(path)
        self.names = self.lines.names
        self.notes: list[Remark] = []
        self.exported = False  # by Weights & Biases or TensorBoard, which begin at step 0
        missing = [c for c in columns.values() if c not in self.names]
        if missing:
            raise ValueError(
                f"{path} has no column {missing[0]!r}; its columns are {_shown(self.names)}."
            )
        self.role_of = {column: _role(role) for role, column in columns.items()}

    def read(self) -> CurveTables:
        if [plain(n) for n in self.names] == ["wall_time", "step", "value"]:
            return self._tensorboard()
        if any(_WANDB.match(n) for n in self.names):
            return self._wandb()
        self._find_roles()
        if "n" not in self.role_of.values():
            sized = [n for n in self.names if n not in self.role_of and is_count(n)]
            if len(sized) >= _FEWEST_SIZES:
                return self._transposed(sized)
            raise ValueError(
                f"{self.path} must have a column with the number of training examples, but it has "
                f"{_shown(self.names) or 'none'}; name it: --columns n=COLUMN."
            )
        measured = [c for c, role in self.role_of.items() if metric_of(role)]
        if measured and self.metric is not None and metric_of(self.metric) is None:
            raise ValueError(
                f"{self.path} names its metric ({', '.join(measured)}), and no metric "
                f"{self.metric!r} is known; leave out --metric."
            )
        return self._long(measured) if measured else self._wide()

    def _find_roles(self) -> None:
        taken = set(self.role_of.values())
        spelled = {
            role: [n for n in self.names if plain(n) in all_] for role, all_ in ROLES.items()
        }
        for role, fitting in spelled.items():
            fitting = [n for n in fitting if n not in self.role_of]
            fitting.sort(key=lambda n: ROLES[role].index(plain(n)))
            if fitting and role not in taken:
                self.role_of[fitting[0]] = role
        sizes = [n for n in self.names if is_size(n) and n not in self.role_of]
        if sizes and "n" not in taken:
            self.role_of[sizes[0]] = "n"
        self._find_metrics()

    def _find_metrics(self) -> None:
        """Of two columns of one metric that of the test split is read, with a note."""
        letters = {plain(n) for n in self.names} >= set("pr")
        columns: dict[str, list[str]] = {}
        for name in self.names:
            metric = LETTERS.get(plain(name)) if letters else None
            metric = metric or metric_of(name)
            if name in self.role_of:
                continue
            if plain(name) in KEPT:
                self.role_of[name] = plain(name)
            elif metric is not None:
                columns.setdefault(metric, []).append(name)
        for metric, names in columns.items():
            used, *others = sorted(names, key=split_rank)
            if metric in self.role_of.values():
                used, others = next(c for c, r in self.role_of.items() if r == metric), names
            self.role_of[used] = metric
            if others:
                where = {"file": self.path.name, "column": used}
                self.notes.append(remark("table-one-of-a-metric", **where, left_out=others))

    def _long(self, measured: list[str]) -> CurveTables:
        out: dict[str, list[JsonObject]] = {}
        for line, cells in self.lines.rows:
            row: JsonObject = {"learner": self.path.stem} | self._place(cells)
            for column, role in self.role_of.items():
                if role not in ("dataset", "learner", "repeat") and cells[column]:
                    name, value = self._value(role, column, line, cells[column])
                    row[name] = value
            out.setdefault(self._dataset(cells), []).append(row)
        return self._tables(out, [self.role_of[column] for column in measured])

    def _wide(self) -> CurveTables:
        """One column per learner."""
        (size,) = [c for c, role in self.role_of.items() if role == "n"]
        others = [c for c in self.names if c not in self.role_of]
        spreads = [c for c in others if is_spread_of_any(c, others)]
        if spreads:
            where = {"file": self.path.name, "columns": spreads}
            self.notes.append(remark("table-spread-columns", **where))
        learners = [c for c in others if c not in spreads and self._numeric(c)]
        if self.metric is None or not learners:
            raise ValueError(
                f"{self.path} has no column that is known as a metric among "
                f"{_shown(self.names)}; name it (--columns error=COLUMN), or say --metric if "
                "every other column is a learner."
            )
        return self._melted(size, [(c, c, self.metric) for c in learners])

    def _transposed(self, sized: list[str]) -> CurveTables:
        """One line per learner, one column per size."""
        metric = self._stated_metric()
        rest = [n for n in self.names if n not in sized and n not in self.role_of]
        if rest and "learner" not in self.role_of.values():
            self.role_of[rest[0]] = "learner"
        out: dict[str, list[JsonObject]] = {}
        for line, cells in self.lines.rows:
            for column in sized:
                if cells[column]:
                    row: JsonObject = {"learner": self.path.stem} | self._place(cells)
                    row["n"] = count(self.path, 1, column, column)
                    name, value = self._value(metric, column, line, cells[column])
                    out.setdefault(self._dataset(cells), []).append(row | {name: value})
        return self._tables(out, [metric])

    def _wandb(self) -> CurveTables:
        """`Step, NAME - METRIC, NAME - METRIC__MIN, NAME - METRIC__MAX`."""
        matches = {n: m for n in self.names if (m := _WANDB.match(n)) and not m["end"]}
        groups = [
            (n, m["learner"], self.metric or metric_of(m["metric"]) or plain(m["metric"]))
            for n, m in matches.items()
        ]
        sizes = [c for c, role in self.role_of.items() if role == "n"] or self.names[:1]
        self._assume_size(sizes[0])
        return self._melted(sizes[0], groups)

    def _tensorboard(self) -> CurveTables:
        """`Wall time, Step, Value`, one learner a file, named `run-LEARNER-tag-METRIC.csv`."""
        match = _TENSORBOARD.match(self.path.stem)
        learner = self.path.stem if match is None else match["learner"]
        if self.metric is None and match is not None:
            self.metric = metric_of(match["metric"])
        metric = self._stated_metric()
        self._assume_size(self.names[1])
        return self._melted(self.names[1], [(self.names[2], learner, metric)])

    def _stated_metric(self) -> str:
        if self.metric is None:
            raise ValueError(f"{self.path} doesn't say what its values are; say --metric accuracy.")
        self._refuse_unknown(self.metric)
        return self.metric

    def _refuse_unknown(self, metric: str) -> None:
        if metric_of(metric) is None:
            raise ValueError(
                f"{self.path}: whether more {metric!r} is better isn't known; say --metric "
                "with one of loss, error, rmse, mae, accuracy, f1, precision."
            )

    def _assume_size(self, column: str) -> None:
        self.exported = True
        self.notes.append(remark("table-size-column", file=self.path.name, column=column))

    def _melted(self, size: str, groups: list[tuple[str, str, str]]) -> CurveTables:
        for _, _, metric in groups:
            self._refuse_unknown(metric)
        out: dict[str, list[JsonObject]] = {}
        for line, cells in self.lines.rows:
            for column, learner, metric in groups:
                if cells[column]:
                    n = count(self.path, line, size, cells[size])
                    if n == 0 and self.exported:
                        start = remark("table-starts-at-0", file=self.path.name, column=size)
                        self.notes += [start] * (start not in self.notes)
                        continue
                    name, value = self._value(metric, column, line, cells[column])
                    row = self._place(cells) | {"learner": learner, "n": n, name: value}
                    out.setdefault(self._dataset(cells), []).append(row)
        return self._tables(out, [metric for _, _, metric in groups])

    def _place(self, cells: dict[str, str]) -> JsonObject:
        """Learner and repeat of a line, where it has them."""
        named = {role: cells[column] for column, role in self.role_of.items()}
        return {role: named[role] for role in ("learner", "repeat") if named.get(role)}

    def _dataset(self, cells: dict[str, str]) -> str:
        return next((cells[c] for c, role in self.role_of.items() if role == "dataset"), "")

    def _tables(self, rows: dict[str, list[JsonObject]], metrics: list[str]) -> CurveTables:
        self._refuse_unnamed(rows)
        names = tuple(dict.fromkeys(fitted_name(metric) for metric in metrics))
        return CurveTables(rows or {"": []}, names, tuple(self.notes))

    def _value(self, role: str, column: str, line: int, text: str) -> tuple[str, float]:
        text, spread = (text, False) if role == "n" else without_spread(text)
        if spread and (note := remark("table-spread", file=self.path.name)) not in self.notes:
            self.notes.append(note)
        return self.units.value(role, TableCell(self.path, line, column, text))

    def _numeric(self, column: str) -> bool:
        texts = [cells[column] for _, cells in self.lines.rows if cells[column]]
        return bool(texts) and all(re.match(r"^[-+.\d]", t) for t in texts)

    def _refuse_unnamed(self, rows: dict[str, list[JsonObject]]) -> None:
        """Rows of one size without a repeat are repeats, unless a column tells otherwise."""
        if "repeat" in self.role_of.values():
            return
        places = [
            (d, r["learner"], r.get("n"), *(key for key in r if key not in ("learner", "n")))
            for d, some in rows.items()
            for r in some
        ]
        if len(set(places)) == len(places):
            return
        for name in self.names:
            values = {cells[name] for _, cells in self.lines.rows}
            free = name not in self.role_of and metric_of(name) is None and not self._numeric(name)
            if free and 1 < len(values) < len(places):
                shown = printable(name, 60)
                raise ValueError(
                    f"{self.path} has several rows of one learner and size, which differ in "
                    f"{shown!r}; say what it is: --columns dataset={shown} or repeat={shown}."
                )
        self.notes.append(remark("table-repeats-by-order", file=self.path.name))


def _role(role: str) -> str:
    """The role that the user names, `test_acc` as `accuracy`."""
    if role in ("n", *ROLES, *KEPT):
        return role
    metric = metric_of(role)
    if metric is None:
        raise ValueError(
            f"--columns: no role {role!r} is known; they are n, {', '.join(ROLES)} and metrics "
            "such as loss, error, accuracy, f1."
        )
    return metric
