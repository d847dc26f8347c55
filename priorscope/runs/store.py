"""Finished runs on disk: one JSON each, content-addressed, written whole or not at all."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.core.files import whole, write
from priorscope.core.signature import Signature
from priorscope.tasks import Examples

ARRAYS = ("inputs", "targets", "test_inputs", "test_targets")


def _write_array(path: Path, array: np.ndarray) -> None:
    """As `numpy.save`, which says of a full disk nothing but how many bytes it got rid of."""
    rows = np.ascontiguousarray(array)
    with whole(path, shared=True) as part, part.open("wb") as file:
        header = np.lib.format.header_data_from_array_1_0(rows)
        np.lib.format.write_array_header_1_0(file, header)
        file.write(rows.data)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    write(path, json.dumps(content, sort_keys=True, allow_nan=False), shared=True)


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
        _write_json(self.path(digest), row)

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

    def clear(self) -> None:
        """Forget all runs and data; reports stay."""
        for name in ("runs", "data"):
            shutil.rmtree(self.root / name, ignore_errors=True)

    def save_data(self, examples: Examples) -> str:
        """Keep a task's arrays where workers can map them; returns their fingerprint."""
        folder = self.root / "data" / examples.fingerprint
        marker = folder / "signature.json"
        if not marker.exists():
            for name in ARRAYS:
                _write_array(folder / f"{name}.npy", getattr(examples, name))
            _write_json(marker, examples.signature.to_json())
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
