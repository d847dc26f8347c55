"""Vision transformers in Hugging Face folders, and as state dicts of timm."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from torch import Tensor, nn

from priorscope.interop.vit_names import (
    config_to_ours,
    config_to_theirs,
    huggingface_to_ours,
    ours_to_huggingface,
    ours_to_timm,
    timm_to_ours,
)
from priorscope.nn.checkpoint import (
    load_exactly,
    read_json,
    read_tensors,
    write_json,
    write_tensors,
)
from priorscope.nn.vit_shape import VitShape

Network = TypeVar("Network", bound="VitFolder")


class VitFolder(nn.Module):
    """A network that reads and writes such folders and state dicts.

    Their images are (batch, channels, rows, columns), ours (batch, rows, columns, channels).
    """

    shape: VitShape

    def __init__(self, shape: VitShape):
        super().__init__()
        self.shape = shape

    @classmethod
    def from_pretrained(cls: type[Network], folder: str | Path, **fields: Any) -> Network:
        """Read a folder of `ViTModel` or `ViTForImageClassification`; nothing is downloaded.

        In evaluation mode. fields: of `VitShape`, to differ from `config.json`: `dropout=0.1`.

        Raises:
            ValueError: if the folder is none, or its tensors are not this network's; all that
                are missing, left over or misshapen are named.
        """
        folder = Path(folder)
        settings = config_to_ours(read_json(folder / "config.json"))
        tensors = huggingface_to_ours(read_tensors(folder))
        parts = {"num_classes": _classes(tensors), "pooler": "pooler.weight" in tensors}
        network = cls(VitShape.from_json(settings | parts | fields))
        load_exactly(network, tensors, folder)
        return network.eval()

    def save_pretrained(self, folder: str | Path) -> None:
        """Write a folder that `transformers` and `from_pretrained` read; values keep every bit.

        Raises:
            ValueError: if the network is not what their ViT is.
        """
        folder = Path(folder)
        config = config_to_theirs(self.shape.to_json())
        tensors = ours_to_huggingface(self.state_dict(), self.shape.patch)
        write_tensors(folder / "model.safetensors", tensors)
        write_json(folder / "config.json", config)

    def load_timm(self, tensors: Mapping[str, Tensor]) -> None:
        """Take the values of timm's `VisionTransformer.state_dict()` of the same shape.

        Raises:
            ValueError: if the tensors are not this network's; all are named.
        """
        load_exactly(self, timm_to_ours(tensors), "The timm state dict")

    def to_timm(self) -> dict[str, Tensor]:
        """A state dict for timm's `VisionTransformer` of the same shape.

        Raises:
            ValueError: if this network has parts that theirs doesn't have.
        """
        return ours_to_timm(self.state_dict(), self.shape.patch)


def _classes(tensors: Mapping[str, Tensor]) -> int:
    return len(tensors["readout.weight"]) if "readout.weight" in tensors else 0
