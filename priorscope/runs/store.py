"""Finished runs on disk: one JSON each, content-addressed, written whole or not at all.

OUT/.priorscope                 this folder is ours
OUT/runs/<digest>.json          the row of a run; see docs/json.md
OUT/runs/<digest>.npz           its results example by example
OUT/data/<fingerprint>/*.npy    the arrays that runs read
OUT/progress/*.json             who works on the folder; see crew.py
"""

import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.core.files import is_own, own, read_regular, refuse_links, sweep, whole, write
from priorscope.core.json_types import JsonObject, parsed
from priorscope.core.signature import Signature
from priorscope.runs.rows import Row, implausible
from priorscope.tasks import Examples

ARRAYS = ("inputs", "targets", "test_inputs", "test_targets")
GROUPS, TIMES = "groups", "times"  # arrays that only some examples have
EXTRA = ("extra_inputs", "extra_targets")  # likewise: a further test set
KIND = "comparison"  # of the marker in a store's folder
NAMES = ("runs", "data", "progress", "figures", "report.html", "summary.json", "tracking")
LARGEST_ROW = 16 * 2**20  # bytes; a row is a few thousand
LARGEST_EXAMPLES = 2 * 2**30  # likewise of what is stored example by example, unpacked
_DIGEST = re.compile(r"[0-9a-f]{16}")
_EARLIER_PART = re.compile(r"\.([0-9a-f]{16}\.json|[a-z_]+\.npy|signature\.json)\.\d+\.part")


class Store:
    """Runs and data under `root`; safe to share between processes and hosts.

    A run is finished when its row exists: it is renamed into place, so a killed process
    leaves nothing that counts.

    damaged: digest -> why, of rows that were read and not believed; they count as missing.
    earlier: rows of an earlier version of priorscope that were there when the folder was claimed.
    kind, names: of the folder's marker, and of all that is written into it.
    """

    def __init__(self, root: Path, kind: str = KIND, names: tuple[str, ...] = NAMES):
        self.root, self.kind, self.names = root, kind, names
        self.damaged: dict[str, str] = {}
        self.earlier = 0

    def path(self, digest: str) -> Path:
        """Where a run's row is, once it is finished."""
        return self.root / "runs" / f"{digest}.json"

    def examples_path(self, digest: str) -> Path:
        """Where a run's results example by example are."""
        return self.root / "runs" / f"{digest}.npz"

    def stamp(self, digest: str) -> tuple[int, int] | None:
        """Changes when a row is written; None if there is none."""
        try:
            status = self.path(digest).stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns

    def save(self, digest: str, row: Row, examples: Mapping[str, np.ndarray] | None = None) -> None:
        """Write one row; a second write of the same run replaces the first by an equal one.

        examples: results example by example, see `load_examples`; they are written first, so
            that a row that exists has them.
        """
        if examples:
            with whole(self.examples_path(digest), root=self.root) as part, part.open("wb") as file:
                np.savez_compressed(file, allow_pickle=False, **examples)
        _write_json(self.path(digest), row, self.root)

    def load(self, digest: str) -> Row | None:
        """The row of a run; None if it isn't finished or can't be believed, see `damaged`."""
        path = self.path(digest)
        try:
            row = parsed(read_regular(path, LARGEST_ROW))
        except FileNotFoundError:
            return None
        except (ValueError, OSError) as error:
            self.damaged[digest] = f"it can't be read as JSON ({type(error).__name__})"
            return None
        if (reason := implausible(row, digest)) is not None:
            self.damaged[digest] = reason
            return None
        return row

    def load_examples(self, digest: str) -> dict[str, np.ndarray] | None:
        """Results of a run example by example, or None if there are none that can be read.

        Keys are `block.NAME` and `test.NAME`. Up to 20 classes, `log2_p`, float16 (examples,
        classes); above, `bits` of the true class, `prediction`, its probability `p`, and
        `squares`, the sum of all squared probabilities; of quantities `prediction` and `scale`.
        """
        try:
            content = io.BytesIO(read_regular(self.examples_path(digest), LARGEST_EXAMPLES))
            with np.load(content, allow_pickle=False) as stored:
                if sum(info.file_size for info in stored.zip.infolist()) > LARGEST_EXAMPLES:
                    return None
                return {name: stored[name] for name in stored.files}
        except FileNotFoundError:
            return None
        except Exception:  # a damaged archive fails in many ways, and is as good as none
            return None

    def finished(self) -> set[str]:
        """Digests of all runs with a row, done, failed or damaged."""
        folder = self.root / "runs"
        return {p.stem for p in folder.glob("*.json")} if folder.is_dir() else set()

    def notes(self) -> list[str]:
        """Sentences for the user about rows that are not used."""
        notes = []
        if self.earlier:
            notes.append(
                f"{self.root / 'runs'} holds {self.earlier} runs of an earlier version of "
                "priorscope, which mean something else now; they are not used, and --fresh "
                "removes them."
            )
        if self.damaged:
            digest, reason = min(self.damaged.items())
            count = len(self.damaged)
            rows = "1 stored row was" if count == 1 else f"{count} stored rows were"
            notes.append(f"{rows} damaged and not used: {self.path(digest)}: {reason}.")
        return notes

    def earlier_rows(self) -> int:
        """How many rows of an earlier version of priorscope are there."""
        paths = (self.root / "runs").glob("*.json")
        return sum(_schema(p) == 1 for p in paths if _DIGEST.fullmatch(p.stem))

    def claim(self) -> None:
        """Make the folder ours, or make sure that it is; remove what killed writers left.

        Raises:
            ValueError: if something else is there under a name of ours.
            OSError: if it can't be written.
        """
        for name in ("runs", "data", "progress"):
            refuse_links(self.root / name / "any", self.root)
        marked = is_own(self.root, self.kind)
        own(self.root, self.kind, names=self.names, earlier=made_by_earlier_version)
        if not marked:
            self.earlier = self.earlier_rows()
        for folder in (
            *(self.root / n for n in ("", "runs", "progress")),
            *(self.root / "data").glob("*"),
        ):
            sweep(folder)

    def clear(self) -> None:
        """Forget all runs and data; reports and whatever isn't ours stay.

        Removed are, in a folder of ours and by their names alone, rows, arrays and signatures.
        """
        marked = is_own(self.root, self.kind)
        if not marked and not made_by_earlier_version(self.root):
            return
        runs, data = self.root / "runs", self.root / "data"
        if not runs.is_symlink():
            for path in (*runs.glob("*.json"), *runs.glob("*.npz")):
                if _DIGEST.fullmatch(path.stem) and (marked or _schema(path) is not None):
                    path.unlink(missing_ok=True)
        for folder in () if data.is_symlink() else data.glob("*"):
            if _DIGEST.fullmatch(folder.name) and not folder.is_symlink():
                for name in (
                    *(f"{name}.npy" for name in (*ARRAYS, GROUPS, TIMES, *EXTRA)),
                    "signature.json",
                ):
                    (folder / name).unlink(missing_ok=True)
                _remove_leftovers(folder)
        _remove_leftovers(runs)
        _remove_leftovers(data)

    def save_data(self, examples: Examples) -> str:
        """Keep a task's arrays where workers can map them; returns their fingerprint.

        Arrays that are there are compared with these value by value, and replaced if they differ.

        Raises:
            ValueError: if something else is in the folder under a name of ours.
        """
        self.claim()
        folder = self.root / "data" / examples.fingerprint
        wanted = {name: getattr(examples, name) for name in ARRAYS}
        if examples.groups is not None:
            wanted[GROUPS] = examples.groups
        if examples.ordered:
            wanted[TIMES] = np.arange(len(examples.targets))
        if examples.extra_inputs is not None:
            wanted |= {name: getattr(examples, name) for name in EXTRA}
        for name, values in wanted.items():
            path, array = folder / f"{name}.npy", np.ascontiguousarray(values)
            if not _holds(path, array):
                _write_array(path, array, self.root)
        for name in {GROUPS, TIMES, *EXTRA} - wanted.keys():  # these data have none
            (folder / f"{name}.npy").unlink(missing_ok=True)
        _write_json(folder / "signature.json", examples.signature.to_json(), self.root)
        return examples.fingerprint

    def load_data(self, fingerprint: str) -> tuple[dict[str, np.ndarray], Signature]:
        """The arrays by name, mapped read-only, and what they feed a model.

        `groups` and `times` are among them where the examples have groups or an order.

        Raises:
            ValueError: if the arrays don't fit each other or the signature.
            OSError: if they can't be read.
        """
        if not _DIGEST.fullmatch(fingerprint):
            raise ValueError(f"A fingerprint has 16 hex digits, but this is {fingerprint!r}.")
        folder = self.root / "data" / fingerprint
        signature = Signature.from_json(parsed((folder / "signature.json").read_bytes()))
        arrays = {
            name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
            for name in ARRAYS
        }
        count = len(arrays["targets"])
        for name in (GROUPS, TIMES):
            path = folder / f"{name}.npy"
            if path.is_file():
                arrays[name] = np.load(path, mmap_mode="r", allow_pickle=False)
                if arrays[name].shape != (count,):
                    raise ValueError(
                        f"The stored data {folder} are damaged: {name} should have the shape "
                        f"{(count,)}, but have {arrays[name].shape}; run the command again."
                    )
        pairs = [("inputs", "targets"), ("test_inputs", "test_targets")]
        if (folder / f"{EXTRA[0]}.npy").is_file():
            pairs.append(EXTRA)
            for name in EXTRA:
                arrays[name] = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
        for inputs, targets in pairs:
            shape = (len(arrays[targets]), *signature.input_shape)
            if arrays[inputs].shape != shape or arrays[targets].ndim != 1:
                raise ValueError(
                    f"The stored data {folder} are damaged: {inputs} should have the shape "
                    f"{shape}, but have {arrays[inputs].shape}; run the command again."
                )
        return arrays, signature


def made_by_earlier_version(folder: Path) -> bool:
    """Whether a folder without a marker is a store of version 1, by what is in it."""
    runs, data = folder / "runs", folder / "data"
    if any(_DIGEST.fullmatch(p.stem) and _schema(p) is not None for p in runs.glob("*.json")):
        return True
    return any(
        _DIGEST.fullmatch(p.name) and all((p / f"{name}.npy").is_file() for name in ARRAYS)
        for p in data.glob("*")
    )


def _schema(path: Path) -> Any:
    """The schema of a row that some version of priorscope wrote; None if a file isn't one."""
    if path.is_symlink():
        return None
    try:
        row = parsed(read_regular(path, LARGEST_ROW))
    except (OSError, ValueError):
        return None
    if not isinstance(row, dict) or row.get("digest") != path.stem:
        return None
    return row.get("schema")


def _write_json(path: Path, content: JsonObject, root: Path) -> None:
    write(path, json.dumps(content, sort_keys=True, allow_nan=False), root=root)


class _Writer:
    """A file without its descriptor: numpy, given that, loses the reason why a write failed."""

    def __init__(self, file: Any):
        self.write = file.write


def _write_array(path: Path, array: np.ndarray, root: Path) -> None:
    with whole(path, root=root) as part, part.open("wb") as file:
        np.lib.format.write_array(_Writer(file), array, allow_pickle=False)


def _holds(path: Path, array: np.ndarray) -> bool:
    """Whether a file holds exactly this array."""
    if path.is_symlink() or not path.is_file():
        return False
    try:
        stored = np.lib.format.open_memmap(path, mode="r")
    except Exception:  # a damaged header fails in many ways, and is as good as none
        return False
    if stored.dtype != array.dtype or stored.shape != array.shape:
        return False
    first, second = (np.ascontiguousarray(a).reshape(-1).view(np.uint8) for a in (stored, array))
    return np.array_equal(first, second)


def _remove_leftovers(folder: Path) -> None:
    """Temporary files of dead writers, of version 1 too, and the folder once it is empty."""
    if not folder.is_dir() or folder.is_symlink():
        return
    sweep(folder)
    for path in folder.iterdir():
        if _EARLIER_PART.fullmatch(path.name):
            path.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
