"""Estimators through skops: types and plain values, made only if each type is trusted."""

import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

from priorscope.core.files import whole
from priorscope.core.printable import cause
from priorscope.fitted.tree_check import PREDICTOR, TREE, check_trees

# Beyond what skops trusts: trees, which are checked, and classes whose attributes are data.
TRUSTED = (
    TREE,
    PREDICTOR,
    "priorscope.models._ngrams.NGrams",
    "priorscope.models._ngrams.OnNGrams",
    "priorscope.models._ridge.LeaveOneOutRidge",
    "priorscope.models._selection.Selected",
    "priorscope.models.dtw.NearestSeries",
    "priorscope.models.random_convolutions.Convolutions",
    "priorscope.models.random_convolutions.KernelGroup",
    "priorscope.models.random_convolutions.RidgeOnConvolutions",
    "priorscope.train.estimator.OneClass",
)
MOST_BYTES = 8 * 2**30  # of a file's members, unpacked
MOST_RATIO = 1000  # of unpacked to packed: zeros reach it, and nothing else


def write_estimator(estimator: Any, path: Path) -> None:
    """Write a fitted estimator.

    Raises:
        ValueError: if it holds something that can't be kept without a pickle.
    """
    skops = _skops()
    with whole(path) as part:
        try:
            skops.dump(estimator, part)
        except Exception as error:  # whatever a third party's object makes of it
            raise ValueError(
                f"{type(estimator).__name__} can't be saved without a pickle: {error}."
            ) from error


def read_estimator(path: Path, trusted: tuple[str, ...] = ()) -> Any:
    """The estimator in a file.

    trusted: types beyond scikit-learn's and ours that may be made.

    Raises:
        ValueError: if it is missing, damaged, too large, or holds a type that isn't trusted.
    """
    skops = _skops()
    if not path.is_file():
        raise ValueError(f"{path} is missing; save the model again.")
    _check_size(path)
    try:
        unknown = set(skops.get_untrusted_types(file=path)) - {*TRUSTED, *trusted}
    except Exception as error:  # whatever a damaged file makes of skops
        raise _unreadable(path, error) from None
    if unknown:
        names = ", ".join(sorted(unknown)[:5])
        raise ValueError(
            f"{path} holds {names}, which isn't trusted; if you trust the file, name it with "
            "--trust (trusted=)."
        )
    try:
        estimator = skops.load(path, trusted=[*TRUSTED, *trusted])
        check_trees(estimator)
    except Exception as error:
        raise _unreadable(path, error) from None
    return estimator


def _unreadable(path: Path, error: Exception) -> ValueError:
    what = cause(error) or type(error).__name__
    return ValueError(f"{path} isn't an estimator that can be read ({what}); save the model again.")


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except Exception as error:  # whatever a damaged file makes of zipfile
        raise _unreadable(path, error) from None
    if size > min(MOST_BYTES, MOST_RATIO * max(path.stat().st_size, 2**20)):
        raise ValueError(f"{path} would take {size / 2**30:.1f} GiB, more than it can hold.")


def _skops() -> ModuleType:
    import skops.io

    return skops.io
