"""What values inputs have: their range, that they are finite, that splits are on one scale."""

import numpy as np

from priorscope.core.read import InputRange, Note

SCALES = 20  # times that the spread of a given test split may differ by without a warning


def input_range(inputs: np.ndarray) -> InputRange:
    """Shape of one example, lowest and highest value."""
    shape = tuple(int(size) for size in inputs.shape[1:])
    if not inputs.size:
        return InputRange(shape, 0.0, 0.0)
    return InputRange(shape, float(inputs.min()), float(inputs.max()))


def scale_notes(inputs: np.ndarray, test_inputs: np.ndarray) -> list[Note]:
    """A warning where a given test split is on another scale, as pixels of 0 to 1 and 0 to 255."""
    spread, other = float(inputs.std()), float(test_inputs.std())
    if 0 in (spread, other) or max(spread, other) < SCALES * min(spread, other):
        return []
    own, test = input_range(inputs), input_range(test_inputs)
    return [
        Note(
            f"Training inputs go from {own.low:g} to {own.high:g}, but those of the test split "
            f"from {test.low:g} to {test.high:g}: bring both to one scale.",
            "warning",
        )
    ]


def check_finite(inputs: np.ndarray, which: str, index: np.ndarray | None = None) -> None:
    """Refuse NaN and infinity, and say where.

    Raises:
        ValueError: if there are any.
    """
    if inputs.dtype.kind != "f":
        return
    flat = inputs.reshape(len(inputs), -1)
    # a sum is finite unless a value isn't (or it overflows): no mask of the whole array
    with np.errstate(over="ignore", invalid="ignore"):
        suspects = np.flatnonzero(~np.isfinite(flat.sum(axis=1, dtype=np.float64)))
    wrong = suspects[~np.isfinite(flat[suspects]).all(axis=1)]
    if len(wrong):
        first = wrong[0] if index is None else index[wrong[0]]
        raise ValueError(
            f"{len(wrong):,} of {len(inputs):,} {which} examples hold NaN or infinite values "
            f"(first: example {first}); remove or fill them."
        )
