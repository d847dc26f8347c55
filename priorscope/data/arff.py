"""Weka's .arff as columns."""

import csv
import io
from pathlib import Path

import numpy as np

from priorscope.core.printable import cause
from priorscope.data.compression import content
from priorscope.data.encodings import decode

MALFORMED = (NotImplementedError, ValueError, IndexError, TypeError, KeyError, OverflowError)


def read_arff(path: Path) -> dict[str, np.ndarray]:
    """Columns by name: float64 with NaN where missing, or object arrays of text and None.

    Raises:
        ValueError: if it can't be read, or has attributes of other kinds.
    """
    from scipy.io import arff

    text, _ = decode(str(path), content(path))
    try:
        rows, meta = arff.loadarff(io.StringIO(text))
        kinds = dict(zip(meta.names(), meta.types(), strict=True))
        if "relational" in kinds.values():
            raise ValueError("it has relational attributes")
    except (arff.ParseArffError, StopIteration, csv.Error, *MALFORMED) as error:
        raise ValueError(
            f"{path} can't be read as .arff ({cause(error)}); series of several channels are "
            "read from the .ts file of the same archive, tables from .csv."
        ) from error
    if not len(rows):
        raise ValueError(f"{path} has no rows.")
    return {
        name: rows[name].astype(np.float64) if kind == "numeric" else _texts(rows[name])
        for name, kind in kinds.items()
    }


def _texts(values: np.ndarray) -> np.ndarray:
    """Text, None where a question mark stands for what is missing."""
    texts = [str(v, "utf-8", "replace") if isinstance(v, bytes) else str(v) for v in values]
    return np.array([None if text == "?" else text for text in texts], dtype=object)
