"""What is known while runs arrive: a summary of means, for the same charts as the final one."""

import math
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from priorscope.core.config import digest
from priorscope.runs.rows import Row
from priorscope.runs.store import Store

SCORES = ("accuracy", "rmse", "r2", "mae")
Key = tuple[str, int]  # learner, size


class LiveRows:
    """The rows of a comparison; each file is read once, as a finished row doesn't change."""

    def __init__(self, folder: Path):
        self._store = Store(folder)
        self._kept: dict[str, tuple[Any, Row | None]] = {}
        self._lock = threading.Lock()

    def read(self) -> list[Row]:
        """Those that can be believed."""
        with self._lock:
            names = self._store.finished()
            for name in sorted(names):
                stamp = self._store.stamp(name)
                if name not in self._kept or self._kept[name][0] != stamp:
                    self._kept[name] = (stamp, self._store.load(name))
            rows = (self._kept[name][1] for name in sorted(names))
            return [row for row in rows if row is not None]

    def count(self) -> int:
        """Of all finished runs, without reading them."""
        return len(self._store.finished())


def so_far(name: str, rows: Iterable[Row]) -> dict[str, Any] | None:
    """A summary with means alone, of the runs on intact data; None if there are none.

    name: of the comparison. Where several recipes of a learner were tried at a size, the one that
    has the most runs counts, of equal ones the better. There are no intervals: the answer has them.
    """
    cells = _cells(rows)
    points = [
        {"learner": learner, "structure": "intact", "n": n, "repeats": len(runs), **_means(runs)}
        for (learner, n), runs in sorted(cells.items(), key=lambda item: item[0][1])
    ]
    if not points:
        return None
    last = {point["learner"]: point for point in points}
    shared = _shared_size(points)
    at = last | {point["learner"]: point for point in points if point["n"] == shared}
    board = sorted(at.values(), key=lambda point: (point["n"] != shared, _error(point)))
    return {
        "schema": 2,
        "task": {"name": name},
        "sizes": sorted({point["n"] for point in points}),
        "repeats": max(point["repeats"] for point in points),
        "leaderboard": [{**point, "size": point["n"]} for point in board],
        "curves": points,
        "verdict": [],
    }


def _shared_size(points: list[dict[str, Any]]) -> int:
    """The largest that two learners have reached, or the largest of the only one."""
    reached = Counter(point["n"] for point in points)
    wanted = min(2, len({point["learner"] for point in points}))
    return max((n for n, count in reached.items() if count >= wanted), default=min(reached))


def _error(point: Mapping[str, Any]) -> float:
    """Smaller is better: by accuracy, or the error of quantities, else by the test loss."""
    if "accuracy" in point:
        return -point["accuracy"]["center"]
    return next((point[k]["center"] for k in ("rmse", "test_bits") if k in point), math.inf)


def _cells(rows: Iterable[Row]) -> dict[Key, list[Row]]:
    """Finished runs by learner and size."""
    recipes: dict[Key, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        run = row["run"]
        usable = row["status"] == "done" and row.get("test") and run.get("tune", 1) == 1
        if usable and run["structure"].get("kind") == "intact":
            recipe = digest(run["learner"])
            recipes[str(run.get("text")), int(run["size"])][recipe].append(row)
    return {
        key: max(of_cell.values(), key=lambda runs: (len(runs), -_loss(runs)))
        for key, of_cell in recipes.items()
    }


def _loss(runs: list[Row]) -> float:
    return sum(row["test"]["bits"] for row in runs) / len(runs)


def _means(runs: list[Row]) -> dict[str, Any]:
    """Test loss and scores as estimates without interval."""
    names = {"test_bits": "bits", **{score: score for score in SCORES}}
    return {
        key: _mean([row["test"][name] for row in runs])
        for key, name in names.items()
        if all(name in row["test"] for row in runs)
    }


def _mean(values: list[float]) -> dict[str, Any]:
    ends = {"low": None, "high": None}
    return {"center": sum(values) / len(values), **ends, "n": len(values), "method": "mean"}
