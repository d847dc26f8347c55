"""Arrays by name from .npz, .npy, folders of .npy, idx, .mat and .h5; read when asked for."""

import dataclasses
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np

from priorscope.core.printable import cause, printable
from priorscope.data.idx import is_idx, read_idx_folder
from priorscope.data.matlab import Variable, values, variables

INPUTS = ("x", "inputs", "input", "data", "images", "features", "arr_0")  # names of inputs
MAX_BYTES = 16 * 2**30  # of one array
MAX_VALUES = 4 * 2**30  # of one array that isn't bytes: 16 GiB as float32
ARRAY_SUFFIXES = (".npz", ".npy", ".mat", ".h5", ".hdf5")
DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, ValueError, TypeError,
    MemoryError, NotImplementedError, SyntaxError, OverflowError, RuntimeError, AttributeError,
    IndexError, UnicodeError, TokenError,
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class ArrayFile:
    """Arrays by name; what nobody asks for is never read."""

    path: Path
    readers: dict[str, Callable[[], np.ndarray]]

    def read(self, name: str) -> np.ndarray:
        """The array of this name.

        Raises:
            ValueError: if it is damaged, too large, or holds objects.
        """
        array = self.readers[name]()
        if array.dtype.kind == "U" and array.size and _last_character(array) > sys.maxunicode:
            raise ValueError(
                f"The text in the array {printable(name)!r} of {self.path} is damaged: it has "
                "characters beyond Unicode's last; save it again."
            )
        return array


def open_arrays(path: Path, target: str) -> ArrayFile:
    """The arrays of a source.

    target: of a single .npy file of inputs, the .npy file of its labels; "" is y.npy beside it.

    Raises:
        ValueError: if the source can't be read.
    """
    name = path.name.lower()
    if (path.is_dir() and not any(path.glob("*.npy"))) or is_idx(path):
        return ArrayFile(path, {k: _ready(v) for k, v in read_idx_folder(path).items()})
    if path.is_dir():
        return ArrayFile(path, {f.stem: _npy(f) for f in sorted(path.glob("*.npy"))})
    if name.endswith(".npy"):
        labels = Path(target) if target.endswith(".npy") else path.with_name("y.npy")
        if not labels.is_file():
            raise ValueError(
                f"{path} holds inputs alone; give the .npy file of the labels as the target."
            )
        return ArrayFile(path, {"x": _npy(path), target.lower() or "y": _npy(labels)})
    if name.endswith(".mat"):
        return _mat(path)
    if name.endswith((".h5", ".hdf5")):
        return _hdf5(path)
    return _npz(path)


def read_inputs(path: Path) -> np.ndarray:
    """The array of inputs of a source, with or without labels: x, inputs, data, ..., or x_test.

    Raises:
        ValueError: if there is none, or it can't be read.
    """
    if path.name.lower().endswith(".npy"):
        return _npy(path)()
    if not (path.is_dir() or is_idx(path) or path.name.lower().endswith(ARRAY_SUFFIXES)):
        raise ValueError(f"{path} holds no arrays; this model reads {', '.join(ARRAY_SUFFIXES)}.")
    file = open_arrays(path, "")
    by_name = {name.lower(): name for name in file.readers}
    wanted = [form for name in INPUTS for form in (name, f"{name}_test", f"test_{name}")]
    result = next((by_name[name] for name in wanted if name in by_name), None)
    if result is None:
        raise ValueError(
            f"{path} has no array of inputs; it has {printable(', '.join(by_name.values()))}. "
            "Name it x."
        )
    return file.read(result)


def _last_character(array: np.ndarray) -> int:
    """The largest code point: what numpy hands on as text without a look at it."""
    text = np.ascontiguousarray(array)
    return (
        int(text.view(text.dtype.byteorder.replace("|", "=") + "u4").max()) if text.itemsize else 0
    )


def _ready(array: np.ndarray) -> Callable[[], np.ndarray]:
    return lambda: array


def _check(path: Path, name: str, shape: tuple[int, ...], dtype: np.dtype) -> None:
    """Refuse an array by what its header declares, before it is read."""
    values = 1
    for size in shape:
        values *= int(size)
    is_bytes = dtype.kind in "biuSU" and dtype.itemsize == 1
    if values * dtype.itemsize > MAX_BYTES or (values > MAX_VALUES and not is_bytes):
        size = max(values * dtype.itemsize, 0 if is_bytes else 4 * values)
        raise ValueError(
            f"The array {printable(name)!r} of {path} would take {size / 2**30:.0f} GiB; the limit "
            f"is {MAX_BYTES / 2**30:.0f}."
        )
    if dtype.hasobject:
        raise ValueError(
            f"The array {printable(name)!r} of {path} holds pickled objects, which are never read; "
            "save it with astype(str) or as numbers."
        )


def _npz(path: Path) -> ArrayFile:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [i.filename.removesuffix(".npy") for i in archive.infolist() if not i.is_dir()]
    except DAMAGED as error:
        raise ValueError(f"{path} can't be read as .npz: {cause(error)}.") from error
    return ArrayFile(path, {name: _member(path, name) for name in names})


def _member(path: Path, name: str) -> Callable[[], np.ndarray]:
    def read() -> np.ndarray:
        try:
            with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as file:
                shape, _, dtype = _header(file)
                _check(path, name, shape, dtype)
            with np.load(path, allow_pickle=False) as file:
                return np.asarray(file[name])
        except DAMAGED as error:
            if str(path) in str(error):
                raise
            raise ValueError(
                f"The array {printable(name)!r} of {path} can't be read: {cause(error)}."
            ) from error

    return read


def _header(file: Any) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(file)
    return np.lib.format.read_array_header_2_0(file)


def _npy(path: Path) -> Callable[[], np.ndarray]:
    def read() -> np.ndarray:
        try:
            with path.open("rb") as file:
                shape, _, dtype = _header(file)
            _check(path, path.stem, shape, dtype)
            array = np.load(path, mmap_mode="r", allow_pickle=False)  # refuses a header that lies
        except DAMAGED as error:
            if isinstance(error, PermissionError) or str(path) in str(error):
                raise
            raise ValueError(f"{path} can't be read as .npy: {cause(error)}.") from error
        return np.asarray(array)

    return read


def _mat(path: Path) -> ArrayFile:
    """MATLAB's .mat; version 7.3 is HDF5. Arrays of numbers and text alone."""
    with path.open("rb") as file:
        head = file.read(10)
    if head == b"MATLAB 7.3" and path.stat().st_size > 512:
        return _hdf5(path)
    if 0 in head[:4]:
        return _mat_4(path)
    try:
        listed = variables(path)
    except DAMAGED as error:
        raise ValueError(f"{path} can't be read as .mat: {cause(error)}.") from error

    def reader(variable: Variable) -> Callable[[], np.ndarray]:
        def read() -> np.ndarray:
            _check(path, variable.name, variable.shape, np.dtype(np.float64))
            try:
                return _row(values(variable))
            except DAMAGED as error:
                raise ValueError(
                    f"The array {printable(variable.name)!r} of {path} can't be read: "
                    f"{cause(error)}."
                ) from error

        return read

    return ArrayFile(path, {variable.name: reader(variable) for variable in listed})


def _mat_4(path: Path) -> ArrayFile:
    """A .mat of version 4, all of whose arrays are matrices."""
    from scipy.io import loadmat, whosmat
    from scipy.io.matlab import MatReadError

    try:
        listed = whosmat(path)
    except (*DAMAGED, MatReadError) as error:
        raise ValueError(f"{path} can't be read as .mat: {cause(error)}.") from error

    def reader(name: str, shape: tuple[int, ...]) -> Callable[[], np.ndarray]:
        def read() -> np.ndarray:
            _check(path, name, shape, np.dtype(np.float64))
            try:
                array = np.asarray(loadmat(path, variable_names=[name])[name])
            except (*DAMAGED, MatReadError) as error:
                raise ValueError(f"{path} can't be read as .mat: {cause(error)}.") from error
            if array.dtype.hasobject:
                raise ValueError(
                    f"The array {printable(name)!r} of {path} holds a sparse matrix, not numbers."
                )
            return _row(array)

        return read

    return ArrayFile(path, {name: reader(name, shape) for name, shape, _ in listed})


def _row(array: np.ndarray) -> np.ndarray:
    """MATLAB has no vectors: what is one row is one."""
    return array[0] if array.ndim == 2 and array.shape[0] == 1 and array.shape[1] > 1 else array


def _hdf5(path: Path) -> ArrayFile:
    try:
        import h5py  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise ValueError(
            f"{path} needs h5py: pip install 'priorscope[hdf5]', or save it as .npz."
        ) from error
    try:
        with h5py.File(path, "r") as file:
            names = [str(name) for name in file if isinstance(file.get(name), h5py.Dataset)]
    except DAMAGED as error:
        raise ValueError(f"{path} can't be read as HDF5: {cause(error)}.") from error

    def reader(name: str) -> Callable[[], np.ndarray]:
        def read() -> np.ndarray:
            try:
                with h5py.File(path, "r") as file:
                    data = file[name]
                    assert isinstance(data, h5py.Dataset)  # `names` holds nothing else
                    if data.is_virtual or data.external:
                        raise ValueError("it refers to other files, which are not read")
                    _check(
                        path,
                        name,
                        data.shape,
                        data.dtype if not data.dtype.hasobject else np.dtype("u1"),
                    )
                    array = data[()]
            except DAMAGED as error:
                if str(path) in str(error):
                    raise
                raise ValueError(f"{path} can't be read as HDF5: {cause(error)}.") from error
            return np.asarray(array)

        return read

    return ArrayFile(path, {name: reader(name) for name in names})
