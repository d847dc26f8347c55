"""Prequential code length of the labels, from stored runs (DEFINITIONS 1)."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammaln

Cell = tuple[str, str]  # learner, structure


@dataclass(frozen=True)
class Results:
    """Finished runs by what was run.

    sizes: block ends, increasing. num_classes: K. done: (learner, structure) -> size -> draw ->
    row. failed: rows of failed runs. learners, structures: in the order asked for.
    """

    sizes: tuple[int, ...]
    num_classes: int
    learners: tuple[str, ...]
    structures: tuple[str, ...]
    draws: int
    done: dict[Cell, dict[int, dict[int, dict[str, Any]]]]
    failed: list[dict[str, Any]]

    def rows(self, learner: str, structure: str, size: int) -> dict[int, dict[str, Any]]:
        """Rows of one size by draw."""
        return self.done.get((learner, structure), {}).get(size, {})

    @property
    def reached(self) -> int:
        """The largest block end up to which every learner that didn't fail has a code length.

        A budget that ended early leaves an answer about what it reached, not none.
        """
        broken = {row["learner"] for row in self.failed}
        asked = [name for name in self.learners if name not in broken] or list(self.learners)
        counts = {
            n: sum(bool(self.code_lengths(name, "intact", upto=n)) for name in asked)
            for n in self.sizes[1:]
        }
        most = max(counts.values())
        return max(n for n, count in counts.items() if count == most) if most else self.sizes[-1]

    def code_lengths(
        self, learner: str, structure: str, upto: int | None = None
    ) -> dict[int, float]:
        """Bits for the labels of the first `upto` examples, by draw, where every block is there.

        The first block is paid at log2 K a label. It is a valid code: each block was predicted
        by a network that had seen only what stands before it.
        """
        stop = upto or self.sizes[-1]
        starts = [size for size in self.sizes[:-1] if size < stop]
        draws = range(self.draws)
        lengths = {}
        for draw in draws:
            blocks = [self.rows(learner, structure, start).get(draw) for start in starts]
            if all(block is not None and "block" in block for block in blocks):
                coded = [b["block"]["bits"] * b["block"]["examples"] for b in blocks if b]
                lengths[draw] = self.sizes[0] * math.log2(self.num_classes) + sum(coded)
        return lengths


def collect(
    rows: Iterable[dict[str, Any]],
    *,
    sizes: Sequence[int],
    num_classes: int,
    learners: Sequence[str],
    structures: Sequence[str],
    draws: int,
) -> Results:
    """Sort rows into cells; each row carries `learner` and `structure` as tables show them."""
    done: dict[Cell, dict[int, dict[int, dict[str, Any]]]] = defaultdict(lambda: defaultdict(dict))
    failed = []
    for row in rows:
        if row["status"] == "done":
            run = row["run"]
            done[row["learner"], row["structure"]][run["size"]][run["draw"]] = row
        else:
            failed.append(row)
    return Results(
        tuple(sizes), num_classes, tuple(learners), tuple(structures), draws, dict(done), failed
    )


def label_code_bits(counts: Sequence[float | int]) -> float:
    """Bits of the labels alone under the adaptive code of Krichevsky & Trofimov (1981).

    The reference that a learner must beat: it adapts to the shares of the classes. For balanced
    classes it is close to n log2 K; it depends on the counts, not on the order.
    """
    n, classes = np.asarray(counts, dtype=float), len(counts)
    log_p = gammaln(n + 0.5).sum() - classes * gammaln(0.5)
    log_p += gammaln(classes / 2) - gammaln(n.sum() + classes / 2)
    return float(-log_p / math.log(2))


def reference_bits(counts: Sequence[float | int]) -> float:
    """What code length is compared with in the fit C: uniform, or adaptive if that is shorter.

    For balanced classes the uniform code is the shorter one; with imbalance the adaptive one.
    """
    return min(float(np.sum(counts)) * math.log2(len(counts)), label_code_bits(counts))
