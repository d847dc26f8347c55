"""What was measured, on disk: one JSON per network and measure, written whole or not at all.

OUT/.priorscope                 this folder is ours
OUT/measures/<digest>.json      readings of one measure of one network
OUT/measures/<digest>.npz       its pictures
OUT/networks/<digest>.safetensors   networks that were trained for the profile
OUT/profile.json, profile.html  the whole
"""

import dataclasses
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.core.config import digest
from priorscope.core.estimate import Estimate
from priorscope.core.files import own, read_regular, refuse_links, whole, write
from priorscope.core.json_types import parsed
from priorscope.measures.probes import Probe, Probed, Reading
from priorscope.profiles.networks import Entry

KIND = "profile"
NAMES = ("measures", "networks", "profile.html", "profile.json")
PROTOCOL = 3  # raise it when the same row comes to mean something else
LARGEST = 64 * 2**20  # bytes of a row
_DIGEST = re.compile(r"[0-9a-f]{16}")


class ProfileStore:
    """Rows under a folder of ours; safe to share between processes."""

    def __init__(self, root: Path):
        self.root = root

    def claim(self) -> None:
        """Make the folder ours, or make sure that it is.

        Raises:
            ValueError: if something else is there under a name of ours.
        """
        for name in ("measures", "networks"):
            refuse_links(self.root / name / "any", self.root)
        own(self.root, KIND, names=NAMES)

    @property
    def networks(self) -> Path:
        """Where trained networks are kept."""
        return self.root / "networks"

    def clear(self) -> None:
        """Forget all rows and networks; whatever isn't ours stays."""
        for folder, ends in (("measures", (".json", ".npz")), ("networks", (".safetensors",))):
            if (self.root / folder).is_symlink():
                continue
            for path in (self.root / folder).glob("*"):
                if path.suffix in ends and _DIGEST.fullmatch(path.stem):
                    path.unlink(missing_ok=True)

    def load(self, name: str) -> Probed | None:
        """What is stored under a digest; None if it isn't there or can't be believed."""
        path = self.root / "measures" / f"{name}.json"
        try:
            row = parsed(read_regular(path, LARGEST))
            if row["digest"] != name:
                return None
            pictures = {}
            if row["pictures"]:
                content = io.BytesIO(read_regular(path.with_suffix(".npz"), LARGEST))
                with np.load(content, allow_pickle=False) as stored:
                    pictures = {key: stored[key] for key in stored.files}
            readings = [_reading(one) for one in row["readings"]]
            return Probed(readings, pictures, tuple(map(str, row["notes"])))
        except Exception:  # a damaged row fails in many ways, and is as good as none
            return None

    def save(self, name: str, result: Probed) -> None:
        """Pictures first, so that a row that exists has them."""
        path = self.root / "measures" / f"{name}.json"
        if result.pictures:
            pictures = path.with_suffix(".npz")
            with whole(pictures, root=self.root) as part, part.open("wb") as file:
                np.savez_compressed(file, allow_pickle=False, **result.pictures)
        row = {
            "schema": 1,
            "digest": name,
            "readings": [dataclasses.asdict(reading) for reading in result.readings],
            "pictures": sorted(result.pictures),
            "notes": list(result.notes),
        }
        write(path, json.dumps(row, allow_nan=False, sort_keys=True), root=self.root)


def row_name(entry: Entry, probe: Probe, examples: int, more: dict[str, Any]) -> str:
    """The digest that a row is named by: everything that decides its numbers."""
    return digest(
        {
            "protocol": PROTOCOL,
            "network": entry.identity,
            "measure": probe.to_json(),
            "examples": examples,
            **more,
        }
    )


def _reading(plain: dict[str, Any]) -> Reading:
    value = plain["value"]
    return Reading(
        name=str(plain["name"]),
        value=None if value is None else Estimate(**value),
        layer=plain["layer"],
        reason=str(plain["reason"]),
    )
