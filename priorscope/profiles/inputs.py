"""The examples that a profile measures networks on, and what networks read of them."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch

from priorscope.core.seeds import derive, numpy_stream
from priorscope.core.signature import Signature
from priorscope.data.pixels import UNREADABLE, decode, is_image_name, quiet_decoding, stretched
from priorscope.experiments.dataset import Dataset
from priorscope.runs.draws import draw_order
from priorscope.subjects import CueConflict
from priorscope.train.inputs import Reader
from priorscope.train.prefix import Prefix, SplitPrefix
from priorscope.train.recipe import Recipe

MOST_STIMULI = 2000
LARGEST_IMAGE = 4096


@dataclasses.dataclass(frozen=True)
class Inputs:
    """What all networks of a profile are trained and measured on.

    prefix: training examples. tests, targets: those that are measured, (examples, ...).
    stimuli: images with a cue conflict as stored, with the classes of shape and texture.
    words: of each token id; empty where nobody knows them.
    preprocessing: how they were read, as JSON; None where they are what a task gives.
    """

    name: str
    fingerprint: str
    signature: Signature
    prefix: Prefix
    tests: np.ndarray
    targets: np.ndarray | None
    stimuli: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
    words: tuple[str, ...] = ()
    preprocessing: dict[str, Any] | None = None

    @classmethod
    def of(
        cls, data: Dataset, examples: int, largest: int, seed: int, conflict: Path | None = None
    ) -> "Inputs":
        """Up to `examples` of the test split; up to `largest` training examples.

        Raises:
            ValueError: if there are no test examples, or the stimuli can't be used.
        """
        whole = data.examples
        if not len(whole.test_targets):
            raise ValueError("A profile is measured on test examples, but there are none.")
        strata = whole.target.strata(whole.targets, most=1)
        size = min(largest, len(whole.targets))
        order = draw_order(strata, 0, seed, size)[:size]
        prefix = Prefix(whole.inputs[order], whole.targets[order], derive(seed, "network", 0))
        chosen = numpy_stream(seed, "profile").permutation(len(whole.test_targets))[:examples]
        return cls(
            name=data.name,
            fingerprint=whole.fingerprint,
            signature=whole.signature,
            prefix=prefix,
            tests=whole.test_inputs[chosen],
            targets=whole.test_targets[chosen] if whole.class_names else None,
            stimuli=None
            if conflict is None
            else _stimuli(conflict, whole.class_names, whole.inputs),
            words=whole.token_names,
            preprocessing=None
            if whole.preprocessing is None
            else json.loads(json.dumps(whole.preprocessing.to_json())),
        )

    def reader(self, recipe: Recipe) -> Reader:
        """As the training of a learner with this recipe standardises its inputs."""
        split = SplitPrefix.of(self.prefix, self.signature.target)
        return Reader(self.prefix.inputs[split.train], self.signature, recipe)

    def conflict(self, reader: Reader, device: torch.device) -> CueConflict | None:
        """The stimuli as a network reads them."""
        if self.stimuli is None:
            return None
        images, shape, texture = self.stimuli
        read = reader(torch.from_numpy(images).to(device))
        return CueConflict(
            read, torch.from_numpy(shape).to(device), torch.from_numpy(texture).to(device)
        )


def _stimuli(
    folder: Path, names: tuple[str, ...], like: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images named SHAPE-TEXTURE.png, also with digits behind a class (Geirhos et al. 2019)."""
    if like.ndim != 4:
        raise ValueError(f"--conflict {folder} holds images, but the data are no images.")
    files = sorted(p for p in folder.rglob("*") if is_image_name(p.name)) if folder.is_dir() else []
    if not files:
        raise ValueError(f"--conflict takes a folder of images, but {folder} has none.")
    places = {name.lower(): number for number, name in enumerate(names)}
    images, shapes, textures = [], [], []
    for file in files[:MOST_STIMULI]:
        cues = [part.strip().rstrip("0123456789").lower() for part in file.stem.split("-")]
        if len(cues) != 2 or not all(cue in places for cue in cues) or cues[0] == cues[1]:
            continue
        images.append(_read(file, like.shape[1:]))
        shapes.append(places[cues[0]])
        textures.append(places[cues[1]])
    if len(images) < 8:
        raise ValueError(
            f"--conflict needs 8 images named SHAPE-TEXTURE.png with classes of the data "
            f"({', '.join(names[:5])}), but {folder} has {len(images)} of {len(files)}."
        )
    stacked = np.stack(images).astype(like.dtype)
    if like.dtype != np.uint8 and like.max() <= 1.0:
        stacked = stacked / np.asarray(255, like.dtype)
    return stacked, np.array(shapes), np.array(textures)


def _read(file: Path, shape: tuple[int, ...]) -> np.ndarray:
    rows, columns, channels = shape
    try:
        with quiet_decoding():
            pixels = decode(file.name, file.read_bytes(), LARGEST_IMAGE, max(rows, columns)).pixels
    except UNREADABLE as error:
        raise ValueError(f"{file} can't be read as an image: {error}") from error
    side = max(rows, columns)
    pixels = stretched(pixels, side, side)[:rows, :columns].astype(np.float32)
    if pixels.shape[-1] != channels:
        grey = pixels.mean(axis=-1, keepdims=True)
        pixels = np.repeat(grey, channels, axis=-1)
    return pixels
