"""Predictions as a CSV file that a spreadsheet can open: no cell of text is ever a formula."""

import csv
import io

import numpy as np

from priorscope.core.preprocessing import NewInputs
from priorscope.core.printable import without_controls
from priorscope.fitted.model import FittedModel

FORMULA = (  # what a spreadsheet takes a cell that begins so for; also full-width, as OWASP lists
    "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠",
)  # fmt: skip
HEAD = ("example", "prediction")


def predictions_csv(model: FittedModel, inputs: NewInputs) -> str:
    """Rows: example, prediction, and of classes the probability of each, in `p CLASS`.

    Text that begins as a formula does gets an apostrophe in front; numbers are left alone.
    Control characters are written as `\\x1b`, but for line ends and tabs.
    """
    values = model.expectation(inputs)
    head = list(HEAD)
    buffer = io.StringIO(newline="")
    rows = csv.writer(buffer, lineterminator="\n")
    if values.ndim == 1:
        rows.writerow(head)
        rows.writerows(
            (cell(name), repr(float(value)))
            for name, value in zip(inputs.names, values, strict=True)
        )
        return buffer.getvalue()
    names = model.facts.classes
    rows.writerow([*head, *(f"p {without_controls(name)}" for name in names)])
    best = values.argmax(axis=1)
    for name, k, shares in zip(inputs.names, best, values, strict=True):
        rows.writerow([cell(name), cell(names[k]), *(f"{p:.6g}" for p in shares)])
    return buffer.getvalue()


def cell(text: str) -> str:
    """Text as a cell, harmless in a spreadsheet; a plain number stays one."""
    text = without_controls(text)
    if not text.startswith(FORMULA):
        return text
    return text if _is_number(text) else f"'{text}"


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text))) and text.strip() == text
    except ValueError:
        return False
