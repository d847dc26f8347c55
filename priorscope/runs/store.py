"""Finished runs on disk: one JSON each, content-addressed, written whole or not at all."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.core.files import is_own, own, refuse_links, sweep, whole, write
from priorscope.core.signature import Signature
from priorscope.tasks import Examples

ARRAYS = ("inputs", "targets", "test_inputs", "test_targets")
KIND = "comparison"  # of the marker in a store's folder
NAMES = ("runs", "data", "figures", "report.html", "summary.json")
_DIGEST = re.compile(r"[0-9a-f]{16}")
_EARLIER_PART = re.compile(r"\.([0-9a-f]{16}\.json|[a-z_]+\.npy|signature\.json)\.\d+\.part")


def _write_array(path: Path, array: np.ndarray, root: Path) -> None:
    """As `numpy.save`, which says of a full disk nothing but how many bytes it got rid of."""
    rows = np.ascontiguousarray(array)
    with whole(path, root=root) as part, part.open("wb") as file:
        header = np.lib.format.header_data_from_array_1_0(rows)
        np.lib.format.write_array_header_1_0(file, header)
        file.write(rows.data)


def _write_json(path: Path, content: dict[str, Any], root: Path) -> None:
    write(path, json.dumps(content, sort_keys=True, allow_nan=False), root=root)


def _is_row(path: Path) -> bool:
    """Whether a file is a row that some version of priorscope wrote."""
    if path.is_symlink() or not path.is_file():
        return False
    try:
        row = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(row, dict) and "schema" in row and row.get("digest") == path.stem


def made_by_earlier_version(folder: Path) -> bool:
    """Whether a folder without a marker is a store of version 1, by what is in it."""
    runs, data = folder / "runs", folder / "data"
    if any(_DIGEST.fullmatch(p.stem) and _is_row(p) for p in runs.glob("*.json")):
        return True
    return any(
        _DIGEST.fullmatch(p.name) and all((p / f"{name}.npy").is_file() for name in ARRAYS)
        for p in data.glob("*")
    )


class Store:
    """Runs under `root/runs`, data under `root/data`; safe to share between processes and hosts.

    A run is finished when its file exists: it is renamed into place, so a killed process
    leaves nothing that counts.
    """

    def __init__(self, root: Path):
        self.root = root

    def path(self, digest: str) -> Path:
        """Where a run's row is, once it is finished."""
        return self.root / "runs" / f"{digest}.json"

    def save(self, digest: str, row: dict[str, Any]) -> None:
        """Write one row; a second write of the same run replaces the first by an equal one."""
        _write_json(self.path(digest), row, self.root)

    def load(self, digest: str) -> dict[str, Any] | None:
        """The row of a run, or None if it isn't finished."""
        try:
            return json.loads(self.path(digest).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def finished(self) -> set[str]:
        """Digests of all runs with a row, done or failed."""
        folder = self.root / "runs"
        return {p.stem for p in folder.glob("*.json")} if folder.is_dir() else set()

    def claim(self) -> None:
        """Make the folder ours, or make sure that it is; remove what killed writers left.

        Raises:
            ValueError: if something else is there under a name of ours.
            OSError: if it can't be written.
        """
        for name in ("runs", "data"):
            refuse_links(self.root / name / "any", self.root)
        own(self.root, KIND, names=NAMES, earlier=made_by_earlier_version)
        for folder in (self.root, self.root / "runs", *(self.root / "data").glob("*")):
            sweep(folder)

    def clear(self) -> None:
        """Forget all runs and data; reports and whatever isn't ours stay.

        Removed are, in a folder of ours and by their names alone, rows, arrays and signatures.
        """
        marked = is_own(self.root, KIND)
        if not marked and not made_by_earlier_version(self.root):
            return
        runs, data = self.root / "runs", self.root / "data"
        if not runs.is_symlink():
            for path in (*runs.glob("*.json"), *runs.glob("*.npz")):
                if _DIGEST.fullmatch(path.stem) and (marked or _is_row(path)):
                    path.unlink(missing_ok=True)
        for folder in () if data.is_symlink() else data.glob("*"):
            if _DIGEST.fullmatch(folder.name) and not folder.is_symlink():
                for name in (*(f"{name}.npy" for name in ARRAYS), "signature.json"):
                    (folder / name).unlink(missing_ok=True)
                _remove_leftovers(folder)
        _remove_leftovers(runs)
        _remove_leftovers(data)

    def save_data(self, examples: Examples) -> str:
        """Keep a task's arrays where workers can map them; returns their fingerprint.

        Raises:
            ValueError: if something else is in the folder under a name of ours.
        """
        self.claim()
        folder = self.root / "data" / examples.fingerprint
        marker = folder / "signature.json"
        if not marker.exists():
            for name in ARRAYS:
                _write_array(folder / f"{name}.npy", getattr(examples, name), self.root)
            _write_json(marker, examples.signature.to_json(), self.root)
        return examples.fingerprint

    def load_data(self, fingerprint: str) -> tuple[dict[str, np.ndarray], Signature]:
        """The arrays by name, mapped read-only, and what they feed a model."""
        folder = self.root / "data" / fingerprint
        signature = Signature.from_json(json.loads((folder / "signature.json").read_text()))
        arrays = {
            name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
            for name in ARRAYS
        }
        return arrays, signature


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
