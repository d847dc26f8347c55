"""Vision transformers in Hugging Face folders, and as state dicts of timm.

Their images are (batch, channels, rows, columns), ours (batch, rows, columns, channels).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from priorscope.core.json_files import read_json, write_json
from priorscope.nn.checkpoint import load_exactly, read_tensors, write_tensors
from priorscope.vit.names import (
    config_to_ours,
    config_to_theirs,
    huggingface_to_ours,
    ours_to_huggingface,
    ours_to_timm,
    timm_to_ours,
)
from priorscope.vit.network import VisionTransformer
from priorscope.vit.shape import VitShape


def load_vit(folder: str | Path, **fields: Any) -> VisionTransformer:
    """The network in a folder of `ViTModel` or `ViTForImageClassification`, as saved.

    In evaluation mode; nothing is downloaded.

    fields: of `VitShape`, to differ from `config.json`: `dropout=0.1`.

    Raises:
        ValueError: if the folder has no ViT, or its tensors are not this network's; all that are
            missing, left over or misshapen are named.
    """
    folder = Path(folder)
    settings = config_to_ours(read_json(folder / "config.json"))
    tensors = huggingface_to_ours(read_tensors(folder))
    parts = {"num_classes": _num_classes(tensors), "pooler": "pooler.weight" in tensors}
    shape = VitShape.from_json(settings | parts | fields)
    _check_sizes(shape, tensors, folder)
    network = VisionTransformer(shape)
    load_exactly(network, tensors, folder)
    return network.eval()


def save_vit(network: VisionTransformer, folder: str | Path) -> None:
    """Write a folder that `transformers` and `load_vit` read; values keep every bit.

    Raises:
        ValueError: if the network is not what their ViT is.
    """
    folder = Path(folder)
    config = config_to_theirs(network.shape.to_json())
    tensors = ours_to_huggingface(network.state_dict(), network.shape.patch)
    write_tensors(folder / "model.safetensors", tensors)
    write_json(folder / "config.json", config)


def load_timm(network: VisionTransformer, tensors: Mapping[str, Tensor]) -> None:
    """Copy the values of timm's `VisionTransformer.state_dict()` of the same shape.

    Raises:
        ValueError: if the tensors are not this network's; all are named.
    """
    load_exactly(network, timm_to_ours(tensors), "The timm state dict")


def to_timm(network: VisionTransformer) -> dict[str, Tensor]:
    """A state dict for timm's `VisionTransformer` of the same shape.

    Raises:
        ValueError: if this network has parts that theirs doesn't have.
    """
    return ours_to_timm(network.state_dict(), network.shape.patch)


def _num_classes(tensors: Mapping[str, Tensor]) -> int:
    return len(tensors["readout.weight"]) if "readout.weight" in tensors else 0


def _check_sizes(shape: VitShape, tensors: Mapping[str, Tensor], folder: Path) -> None:
    """Refuse sizes that the tensors don't have, before a network of such sizes is built."""
    if shape.depth > len(tensors):
        raise ValueError(
            f"config.json in {folder} has {shape.depth} blocks, but there are {len(tensors)} "
            "tensors; copy the whole folder again."
        )
    for name, sizes in {
        "class_token.token": (shape.width,),
        "encoder.blocks.0.mlp.up.weight": (shape.mlp_width, shape.width),
    }.items():
        if name in tensors and tuple(tensors[name].shape) != sizes:
            raise ValueError(
                f"{name} in {folder} is {tuple(tensors[name].shape)}, but by config.json it is "
                f"{sizes}; copy the whole folder again."
            )
