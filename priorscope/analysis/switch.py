"""The best mixture: a code that may change its learner between blocks, and what it costs."""

import numpy as np

from priorscope.analysis.curves.quantiles import over_repeats
from priorscope.analysis.curves.rows import CurveTable
from priorscope.analysis.curves.saturation import block_costs
from priorscope.core.json_types import JsonObject


def switch_code(table: CurveTable) -> JsonObject:
    """Code length of the switch distribution over all learners, which learner when, its saving.

    Before block s the learner is changed with probability 1 / (s + 1), to one of the others at
    random (after van Erven, Grünwald & de Rooij 2007); the code sums over every such path.
    Blocks are those that all learners have; the first block, paid alike by all, is left out.

    Returns:
        The keys of `SwitchEntry`; only `reason` where no code can switch: few_common_sizes (it
        takes a loss of every learner at two), blocks_differ, or no_whole_repeat.
    """
    learners = [name for name in table.learners if name in table.cells.get("loss", {})]
    sizes = _common_sizes(table, learners)
    if not learners or len(sizes) < 2:
        return {"reason": "few_common_sizes"}
    costs = [block_costs(table, name, sizes) for name in learners]
    if any(c.basis != costs[0].basis or list(c.starts) != list(costs[0].starts) for c in costs):
        return {"reason": "blocks_differ"}
    bits = np.stack([c.bits for c in costs])  # (learners, blocks, draws)
    whole = np.isfinite(bits).all(axis=(0, 1))
    if not whole.any():
        return {"reason": "no_whole_repeat"}
    bits = bits[:, :, whole]
    total = np.array([mixture_bits(bits[:, :, d]) for d in range(bits.shape[2])])
    single = bits.sum(axis=1)  # (learners, draws)
    best = int(single.mean(axis=1).argmin())
    path = best_path(bits.mean(axis=2))
    starts = costs[0].starts
    return {
        "bits": over_repeats(total),
        "best_single": {"learner": learners[best], "bits": over_repeats(single[best])},
        "saved": over_repeats(single[best] - total),
        "path": _stretches([learners[i] for i in path], starts, sizes),
        "changes": [float(starts[s]) for s in range(1, len(path)) if path[s] != path[s - 1]],
        "basis": costs[0].basis,
        "reason": None,
    }


def _common_sizes(table: CurveTable, learners: list[str]) -> np.ndarray:
    if not learners:
        return np.array([])
    sets = [set(table.cells["loss"][name]) for name in learners]
    return np.array(sorted(set.intersection(*sets)))


def _log_change(step: int, count: int) -> tuple[float, float]:
    """log2 probability of keeping the learner before block `step`, of taking a certain other."""
    if count == 1:
        return 0.0, -np.inf
    change = 1.0 / (step + 1)
    return float(np.log2(1 - change)), float(np.log2(change / (count - 1)))


def mixture_bits(bits: np.ndarray) -> float:
    """-log2 of the switch distribution's probability of all blocks; bits: (learners, blocks)."""
    count = len(bits)
    score = -np.log2(count) - bits[:, 0]
    for s in range(1, bits.shape[1]):
        keep, change = _log_change(s, count)
        step = np.where(np.eye(count, dtype=bool), keep, change)
        score = np.logaddexp2.reduce(score[:, None] + step, axis=0) - bits[:, s]
    return float(-np.logaddexp2.reduce(score))


def best_path(bits: np.ndarray) -> list[int]:
    """The learner of each block on the most probable path; bits: (learners, blocks)."""
    count = len(bits)
    score = -np.log2(count) - bits[:, 0]
    back = []
    for s in range(1, bits.shape[1]):
        keep, change = _log_change(s, count)
        step = score[:, None] + np.where(np.eye(count, dtype=bool), keep, change)
        back.append(step.argmax(axis=0))
        score = step.max(axis=0) - bits[:, s]
    path = [int(score.argmax())]
    for origin in reversed(back):
        path.append(int(origin[path[-1]]))
    return path[::-1]


def _stretches(path: list[str], starts: np.ndarray, sizes: np.ndarray) -> list[JsonObject]:
    """Consecutive blocks of one learner; `to` is None after the last size known."""
    out: list[JsonObject] = []
    for s, learner in enumerate(path):
        end = float(sizes[s + 1]) if s + 1 < len(sizes) else None
        if out and out[-1]["learner"] == learner:
            out[-1]["to"] = end
        else:
            out.append({"learner": learner, "from": float(starts[s]), "to": end})
    return out
