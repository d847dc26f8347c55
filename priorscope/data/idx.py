"""MNIST's idx format (`train-images-idx3-ubyte`, also .gz), as LeCun's page describes it."""

import re
from pathlib import Path

import numpy as np

from priorscope.data.compression import content, plain_name

TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
NAME = re.compile(r".*[-._]idx\d([-._]ubyte)?")


def is_idx(path: Path) -> bool:
    """Whether the name is that of an idx file."""
    return bool(NAME.fullmatch(plain_name(path)))


def read_idx(path: Path) -> np.ndarray:
    """The array of an idx file.

    Raises:
        ValueError: if it is damaged.
    """
    raw = content(path)
    if len(raw) < 4 or raw[:2] != b"\0\0" or raw[2] not in TYPES or not 1 <= raw[3] <= 8:
        raise ValueError(f"{path} is no idx file: it begins with {raw[:4].hex() or 'nothing'}.")
    dtype, start = np.dtype(TYPES[raw[2]]), 4 + 4 * raw[3]
    if len(raw) < start:
        raise ValueError(f"{path} ends within its header.")
    shape = tuple(int(size) for size in np.frombuffer(raw, ">u4", raw[3], 4))
    expected = int(np.prod([float(size) for size in shape])) * dtype.itemsize
    if len(raw) - start != expected:
        raise ValueError(
            f"{path} declares {' x '.join(map(str, shape))} values ({expected:,} bytes), but "
            f"holds {len(raw) - start:,} bytes."
        )
    return np.frombuffer(raw, dtype, offset=start).reshape(shape).astype(dtype.newbyteorder("="))


def read_idx_folder(path: Path) -> dict[str, np.ndarray]:
    """Arrays called x_train, y_train, x_test, y_test or x, y, from a folder or one file's folder.

    Raises:
        ValueError: if two files are the same part.
    """
    folder = path if path.is_dir() else path.parent
    arrays: dict[str, np.ndarray] = {}
    for file in sorted(f for f in folder.iterdir() if is_idx(f) and f.is_file()):
        name = plain_name(file)
        axis = "y" if re.search(r"idx1|label", name) else "x"
        is_test = re.search(r"t10k|test", name) is not None
        part = "_test" if is_test else "_train" if "train" in name else ""
        if axis + part in arrays:
            raise ValueError(f"{folder} has two idx files for {axis}{part}; take one out.")
        arrays[axis + part] = read_idx(file)
    return arrays
