"""Whether more data still help, what was paid before the learner beat chance, and the gap."""

import dataclasses

import numpy as np

from priorscope.analysis.curves.grid import interpolate
from priorscope.analysis.curves.learning_curves import Fitted
from priorscope.analysis.curves.quantiles import interval, over_repeats
from priorscope.analysis.curves.rows import CurveTable
from priorscope.core.json_types import JsonObject

FLAT = 0.02  # relative fall per doubling below which a curve is called saturated


@dataclasses.dataclass(frozen=True)
class Blocks:
    """bits: (blocks, repeats) of code length, NaN where unknown. starts: (blocks,) examples known
    before each block. basis: where the bits come from.
    """

    bits: np.ndarray
    starts: np.ndarray
    basis: str


def saturation(table: CurveTable, fits: dict[str, Fitted]) -> list[JsonObject]:
    """One entry per learner: fall per doubling at the largest size, verdict, catch-up, gap.

    `fall` is 1 - e(N) / e(N/2) of the fitted curve (of the two last sizes, if there are fewer
    than 3): .08 is "still falling 8% per doubling". `catch_up` and `gap` are None where the rows
    don't tell (they need uniform_loss and train_loss).
    """
    out = []
    for learner, fit in sorted(fits.items()):
        fall = _fall(fit)
        verdict = "undecided" if fall is None else _verdict(fall)
        on_loss = fit.curve.on == "loss"
        out.append(
            {
                "learner": learner,
                "on": fit.curve.on,
                "n": fit.largest,
                "fall_per_doubling": None if fall is None else interval(fall, fit.means.repeats),
                "verdict": verdict,
                "catch_up": _catch_up(table, fit) if on_loss else None,
                "gap": _gap(table, fit) if on_loss else None,
            }
        )
    return out


def _fall(fit: Fitted) -> np.ndarray | None:
    """Relative fall per doubling at the largest size, (members,)."""
    if len(fit.means.sizes) < 2:
        return None
    if fit.ensemble is not None:
        y = fit.ensemble_log(fit.largest * np.array([0.5, 1.0]))
    else:
        x = np.log2(fit.means.sizes)
        y = interpolate(x[-1] - np.array([1.0, 0.0]), x, np.log(fit.observed))
    return -np.expm1(y[:, 1] - y[:, 0])


def _verdict(fall: np.ndarray) -> str:
    low, high = np.quantile(fall, (0.025, 0.975))
    if high < -FLAT:
        return "rising"
    if low > FLAT:
        return "falling"
    if low >= -FLAT and high <= FLAT:
        return "saturated"
    return "undecided"


def _catch_up(table: CurveTable, fit: Fitted) -> JsonObject | None:
    """Bits paid before the first size whose mean loss is certainly below that of guessing.

    The whole is the prequential code length where the rows hold block_bits; else the left sum of
    the test curve, an upper bound of it for falling curves. The first block is paid in full.
    """
    learner, sizes = fit.curve.learner, fit.means.sizes
    guess = np.concatenate([table.column("uniform_loss", learner, s) for s in sizes])
    if not np.isfinite(guess).any():
        return None
    uniform = float(np.nanmean(guess))
    beats = (fit.observed < uniform).mean(axis=0) > 0.975
    first = int(beats.argmax()) if beats.any() else len(sizes)
    blocks = block_costs(table, fit.curve.learner, sizes)
    early = blocks.starts < (sizes[first] if first < len(sizes) else np.inf)
    before = uniform * sizes[0] + blocks.bits[early].sum(axis=0)
    total = uniform * sizes[0] + blocks.bits.sum(axis=0)
    if not len(blocks.starts) or not np.isfinite(total).any():
        return None
    return {
        "bits": over_repeats(before),
        "share": over_repeats(before / total),
        "code_length": over_repeats(total),
        "beats_chance_at": float(sizes[first]) if first < len(sizes) else None,
        "basis": blocks.basis,
    }


def block_costs(table: CurveTable, learner: str, sizes: np.ndarray) -> Blocks:
    """What a learner pays for each block after the first."""
    stored = np.array([table.column("block_bits", learner, s) for s in sizes])
    usable = np.isfinite(stored).any(axis=1)
    if usable.any():
        return Blocks(stored[usable], sizes[usable], "prequential blocks")
    loss = np.array([table.column("loss", learner, s) for s in sizes[:-1]])
    bits = loss.reshape(len(sizes) - 1, -1) * np.diff(sizes)[:, None]
    return Blocks(bits, sizes[:-1], "left sum of the test curve")


def _gap(table: CurveTable, fit: Fitted) -> list[JsonObject] | None:
    """Test loss minus training loss at every size where both are known."""
    out = []
    for size in fit.means.sizes:
        train = table.column("train_loss", fit.curve.learner, size)
        gap = table.column("loss", fit.curve.learner, size) - train
        if np.isfinite(gap).any():
            out.append({"n": float(size), "gap": over_repeats(gap)})
    return out or None
