"""From runs to the summary of a comparison (for now schema 1, which `summary_json` reads)."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from priorscope.analysis.codelength import Results, reference_bits
from priorscope.analysis.curves.forecast import forecast
from priorscope.analysis.intervals import Interval, interval, probability_lowest
from priorscope.analysis.measures import measures
from priorscope.analysis.strength import strengths
from priorscope.analysis.validity import validity
from priorscope.analysis.verdict import verdict

SCHEMA = 1


def summarise(
    results: Results,
    class_counts: list[int],
    lossy: frozenset[str] = frozenset(),
    progress: Callable[[str], None] = lambda stage: None,
) -> dict[str, Any]:
    """The keys of schema 1 that follow from rows alone.

    class_counts: how often each class occurs in the training split.
    lossy: structures whose destruction loses information; they stand under `cue_reliance`.
    """
    bijective = [s for s in results.structures if s != "intact" and s not in lossy]
    strength = strengths(results, bijective)
    unresolved = missing(results)
    board = leaderboard(results, class_counts)
    return {
        "schema": SCHEMA,
        "sizes": list(results.sizes),
        "draws": results.draws,
        "chance_bits": math.log2(results.num_classes),
        "leaderboard": board,
        "curves": curves(results),
        "code_length": cumulative(results),
        "strength": strength,
        "cue_reliance": strengths(results, [s for s in results.structures if s in lossy]),
        "measures": measures(results),
        "validity": validity(results, strength),
        "cost": costs(results),
        "failed": [_failed(row) for row in results.failed],
        "unresolved": unresolved,
        "verdict": verdict(results, board, strength, unresolved),
        **forecasts(results, progress),
    }


def leaderboard(results: Results, class_counts: list[int]) -> list[dict[str, Any]]:
    """Learners by code length of the intact data, the shortest first; those with all blocks."""
    n = results.reached
    shares = np.asarray(class_counts) / np.sum(class_counts)
    reference = reference_bits((shares * n).tolist()) / n
    lengths = {name: results.code_lengths(name, "intact", upto=n) for name in results.learners}
    lengths = {name: by_draw for name, by_draw in lengths.items() if by_draw}
    if not lengths:
        return []
    names = sorted(lengths, key=lambda name: np.mean(list(lengths[name].values())))
    probability = _probabilities(names, lengths)
    board = []
    for name in names:
        bits = np.array(list(lengths[name].values())) / n
        seen = [list(results.rows(name, "intact", size).values()) for size in results.sizes]
        last = [rows for rows in seen if rows][-1]
        shared = sorted(lengths[name].keys() & lengths[names[0]].keys())
        behind = [lengths[name][d] - lengths[names[0]][d] for d in shared]
        any_row = next(iter(results.rows(name, "intact", results.sizes[0]).values()))
        board.append(
            {
                "learner": name,
                "n": n,
                "code_bits_per_label": interval(bits),
                "fit": interval(1 - bits / reference),
                "accuracy": _test(last, "accuracy"),
                "test_bits": _test(last, "bits"),
                "probability_best": probability[name],
                "behind": interval(np.array(behind) / n) if shared else None,
                "reference_bits_per_label": reference,
                "parameters": any_row["parameters"],
                "multiply_adds": any_row["multiply_adds"],
                "seconds": _seconds(results, name),
            }
        )
    return board


def _probabilities(
    names: list[str], lengths: dict[str, dict[int, float]]
) -> dict[str, float | None]:
    """Over the draws that all of them have; None if there is no such draw."""
    common = sorted(set.intersection(*(set(lengths[name]) for name in names)))
    if not common:
        return dict.fromkeys(names)
    table = np.array([[lengths[name][d] for d in common] for name in names])
    return dict(zip(names, probability_lowest(table).tolist(), strict=True))


def _test(rows: list[dict[str, Any]], key: str, part: str = "test") -> Interval | None:
    """Interval over draws, widened by what a finite test split leaves open; None without rows."""
    rows = [row for row in rows if part in row]
    if not rows:
        return None
    values = np.array([row[part][key] for row in rows])
    if part == "train":
        return interval(values)
    count = rows[0][part]["examples"]
    accuracy = float(np.mean([row[part]["accuracy"] for row in rows]))
    spread = np.mean([row[part]["bits_spread"] for row in rows])
    if key == "accuracy":
        spread = math.sqrt(max(accuracy * (1 - accuracy), 0.0))
    found = interval(values, float(spread) / math.sqrt(count))
    return _within(found, 0.0, 1.0 if key == "accuracy" else math.inf)


def _within(value: Interval, least: float, most: float) -> Interval:
    """An interval cut to what is possible."""
    if value["low"] is None or value["high"] is None:
        return value
    return {**value, "low": max(least, value["low"]), "high": min(most, value["high"])}


def curves(results: Results) -> list[dict[str, Any]]:
    """Learning curves: one point per learner, structure and size."""
    points = []
    for (learner, structure), by_size in results.done.items():
        for n, by_draw in sorted(by_size.items()):
            rows = list(by_draw.values())
            points.append(
                {
                    "learner": learner,
                    "structure": structure,
                    "n": n,
                    "draws": len(rows),
                    "test_bits": _test(rows, "bits"),
                    "uncalibrated_test_bits": _test(rows, "uncalibrated_bits"),
                    "train_bits": _test(rows, "bits", "train"),
                    "accuracy": _test(rows, "accuracy"),
                    "train_accuracy": _test(rows, "accuracy", "train"),
                }
            )
    return points


def cumulative(results: Results) -> list[dict[str, Any]]:
    """Code length of the intact labels up to each block end, in bits."""
    points = []
    for learner in results.learners:
        for n in results.sizes[1:]:
            lengths = results.code_lengths(learner, "intact", upto=n)
            if lengths:
                bits = interval(np.array(list(lengths.values())))
                points.append({"learner": learner, "n": n, "bits": bits})
    return points


def costs(results: Results) -> list[dict[str, Any]]:
    """What each learner cost over all of its runs."""
    rows = []
    for learner in results.learners:
        own = [row for _, row in _rows_of(results, learner)]
        if own:
            rows.append(
                {
                    "learner": learner,
                    "parameters": own[0]["parameters"],
                    "multiply_adds": own[0]["multiply_adds"],
                    "seconds": sum(row["seconds"] for row in own),
                    "runs": len(own),
                }
            )
    return rows


def missing(results: Results) -> list[dict[str, Any]]:
    """What was asked for and isn't there, by learner and structure."""
    failed = {
        (row["learner"], row["structure"], row["run"]["size"], row["run"]["draw"])
        for row in results.failed
    }
    cells = []
    for learner in results.learners:
        for structure in results.structures:
            gaps = [
                (size, draw)
                for size in results.sizes
                for draw in range(results.draws)
                if draw not in results.rows(learner, structure, size)
                and (learner, structure, size, draw) not in failed
            ]
            if gaps:
                cells.append(
                    {
                        "learner": learner,
                        "structure": structure,
                        "missing_runs": len(gaps),
                        "sizes": sorted({size for size, _ in gaps}),
                        "reason": "the budget ended before these runs",
                    }
                )
    return cells


def forecasts(results: Results, progress: Callable[[str], None]) -> dict[str, Any]:
    """What `analysis.forecast` makes of the intact learning curves; empty without any row."""
    rows = []
    for learner in results.learners:
        for (size, draw), row in _rows_of(results, learner, "intact"):
            block = row.get("block", {})
            rows.append(
                {
                    "learner": learner,
                    "n": size,
                    "draw": draw,
                    "loss": row["test"]["bits"],
                    "error": 1 - row["test"]["accuracy"],
                    "train_loss": row["train"]["bits"],
                    "uniform_loss": math.log2(results.num_classes),
                    "block_bits": block.get("bits", 0) * block.get("examples", 0) or None,
                    "block_examples": block.get("examples"),
                    "seconds": row["seconds"],
                }
            )
    return forecast(rows, progress=progress) if rows else {}


def _rows_of(
    results: Results, learner: str, structure: str | None = None
) -> list[tuple[tuple[int, int], dict[str, Any]]]:
    return [
        ((size, draw), row)
        for (name, of), by_size in results.done.items()
        if name == learner and structure in (None, of)
        for size, by_draw in sorted(by_size.items())
        for draw, row in sorted(by_draw.items())
    ]


def _seconds(results: Results, learner: str) -> float:
    return sum(row["seconds"] for _, row in _rows_of(results, learner, "intact"))


def _failed(row: dict[str, Any]) -> dict[str, Any]:
    run = row["run"]
    title = f"{row['learner']}, {row['structure']}, n = {run['size']}, draw {run['draw']}"
    return {"run": title, "digest": row["digest"], "reason": row["reason"]}
