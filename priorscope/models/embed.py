"""Frozen features of a pre-trained network, and a logistic regression on them."""

import dataclasses
import hashlib
import importlib
import importlib.util
from collections import OrderedDict
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn

from priorscope.core.config import Rate
from priorscope.core.json_files import read_json
from priorscope.core.lfs import refuse_pointers
from priorscope.core.signature import Signature
from priorscope.models import MODELS, SelfTrained
from priorscope.models._selection import PENALTIES, Selected
from priorscope.nn.checkpoint import network_digest
from priorscope.nn.foreign import (
    FILLED_UP,
    absent_parameters,
    check_sizes,
    check_weights,
    imported,
    unloadable,
)
from priorscope.nn.readout import masked_mean

BATCH = 64
REMEMBERED = 100_000  # examples whose features stay in memory: sizes and repeats share them


@MODELS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Embed(SelfTrained):
    """Logistic regression on what a saved Hugging Face network makes of texts or images.

    The network stays as it is: of token ids the mean of the last layer's vectors, of images its
    pooled output. `embed:FOLDER` is short for `embed:pretrained=FOLDER`.

    pretrained: folder of the network; texts are read with its tokenizer. c: see `logistic`.
    fingerprint: of the folder's network, see `from_options`; "" lets it change unnoticed.
    """

    layouts: ClassVar[tuple[str, ...]] = ("tokens", "image")
    kinds: ClassVar[tuple[str, ...]] = ("classes",)

    pretrained: str = ""
    c: Rate = 0.0
    fingerprint: str = ""

    @classmethod
    def from_options(cls, options: dict[str, str]) -> "Embed":
        """As typed on a command line; the pre-trained network is pinned as it is now."""
        typed = super().from_options(options)
        if not typed.pretrained:
            return typed
        return dataclasses.replace(typed, fingerprint=network_digest(typed.pretrained))

    def why_not(self, signature: Signature) -> str | None:
        if not self.pretrained:
            return "embed needs the folder of a pre-trained network; write embed:FOLDER."
        try:
            _check(self.pretrained)
        except ValueError as error:
            return str(error)
        return super().why_not(signature)

    def stem(self, signature: Signature) -> nn.Module:
        digest = network_digest(self.pretrained)
        if self.fingerprint and self.fingerprint != digest:
            raise ValueError(
                f"embed: {self.pretrained} has changed since this run was planned; restore it, "
                "or plan again."
            )
        return FrozenFeatures(_load(self.pretrained, signature), digest)

    def estimator(self, signature: Signature, seed: int) -> Any:
        penalties = [self.c] if self.c else PENALTIES
        return Selected(lambda _: [_regression(c) for c in penalties], seed)


def _regression(c: float) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    # C is divided by 100: features come by the hundred and are standardised
    return make_pipeline(StandardScaler(), LogisticRegression(C=c / 100, max_iter=500))


class FrozenFeatures(nn.Module):
    """One vector per example; what was computed before is remembered.

    Args:
        network: of transformers, in evaluation mode.
        digest: names the network, so that only its own features are taken.
    """

    def __init__(self, network: nn.Module, digest: str):
        super().__init__()
        self.network, self.digest = network, digest

    @torch.no_grad()
    def forward(self, inputs: Shaped[Tensor, "batch ..."]) -> Float[Tensor, "batch width"]:
        rows = np.ascontiguousarray(inputs.numpy())
        keys = [
            (self.digest, hashlib.blake2b(row.tobytes(), digest_size=16).digest()) for row in rows
        ]
        own = {key: MEMORY[key] for key in keys if key in MEMORY}
        missing = [place for place, key in enumerate(keys) if key not in own]
        if not inputs.is_floating_point():  # texts of one length together: little padding
            missing.sort(key=lambda place: int((rows[place] != 0).sum()))
        for start in range(0, len(missing), BATCH):
            places = missing[start : start + BATCH]
            features = self._compute(inputs[places]).numpy()
            own |= {keys[place]: row for place, row in zip(places, features, strict=True)}
        MEMORY.update(own)
        while len(MEMORY) > REMEMBERED:
            MEMORY.popitem(last=False)
        return torch.from_numpy(np.stack([own[key] for key in keys]))

    def _compute(self, inputs: Tensor) -> Float[Tensor, "batch width"]:
        if inputs.is_floating_point():
            output = self.network(inputs.movedim(-1, 1))
            pooled = getattr(output, "pooler_output", None)
            features = output.last_hidden_state if pooled is None else pooled
            if pooled is not None or features.ndim == 2:
                return features.flatten(1)
            return features.mean(dim=1) if features.ndim == 3 else features.mean(dim=(2, 3))
        ids = inputs.long()
        longest = int((ids != 0).sum(dim=1).max().clamp(min=1))
        present = ids[:, :longest] != 0
        output = self.network(input_ids=ids[:, :longest], attention_mask=present.long())
        return masked_mean(output.last_hidden_state, present)


MEMORY: OrderedDict[tuple[str, bytes], np.ndarray] = OrderedDict()


def _check(folder: str) -> None:
    """What can be known of a folder before its network is read."""
    if importlib.util.find_spec("transformers") is None:
        raise ValueError("embed needs the package transformers; install it.")
    if not (Path(folder) / "config.json").is_file():
        raise ValueError(f"embed: {folder} must be a folder with config.json, but it has none.")
    refuse_pointers(Path(folder))
    check_sizes(read_json(Path(folder) / "config.json"), f"embed: {folder}")


def _load(folder: str, signature: Signature) -> nn.Module:
    _check(folder)
    transformers = imported("transformers")
    try:  # a model folder is data: its Python is never run
        network, told = transformers.AutoModel.from_pretrained(
            folder,
            local_files_only=True,
            trust_remote_code=False,
            ignore_mismatched_sizes=True,  # which are then named
            output_loading_info=True,
        )
    except Exception as error:  # a foreign config may fail in any way
        raise unloadable(f"embed: {folder}", error) from error
    check_weights(network, absent_parameters(told), f"embed: {folder}")
    vocabulary = getattr(network.config, "vocab_size", None)
    own = signature.vocabulary
    if own is not None and not own <= (vocabulary or 0) <= FILLED_UP * own:
        raise ValueError(
            f"embed: {folder} has {vocabulary} token ids, but the task has "
            f"{signature.vocabulary}; encode the texts with that folder's tokenizer."
        )
    return network.eval().float()
