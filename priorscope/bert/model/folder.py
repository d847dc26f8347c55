"""BERT networks in Hugging Face folders: `config.json` beside `model.safetensors`."""

from pathlib import Path
from typing import Any, ClassVar, TypeVar

from torch import Tensor, nn

from priorscope.bert.model.names import (
    config_to_ours,
    config_to_theirs,
    is_head,
    tensors_to_ours,
    tensors_to_theirs,
)
from priorscope.bert.model.shape import BertShape
from priorscope.nn.checkpoint import (
    load_exactly,
    read_json,
    read_tensors,
    write_json,
    write_tensors,
)

Network = TypeVar("Network", bound="BertFolder")


class BertFolder(nn.Module):
    """A network that reads and writes such folders; what has a `bert` inside, or is it.

    architecture: what Hugging Face calls it.
    """

    architecture: ClassVar[str]

    def __init__(self, shape: BertShape):
        super().__init__()
        self.shape = shape

    @classmethod
    def made_for(cls: type[Network], shape: BertShape, tensors: dict[str, Tensor]) -> Network:
        """A network of this shape, with the parts that the tensors are for."""
        return cls(shape)

    @classmethod
    def from_pretrained(cls: type[Network], folder: str | Path, **fields: Any) -> Network:
        """Read a folder; nothing is downloaded. In evaluation mode, as saved.

        Heads that this network doesn't have are left in the folder.

        fields: of `BertShape`, to differ from `config.json`: `dropout=0.0`.

        Raises:
            ValueError: if the folder is none, or its tensors are not this network's; all that
                are missing, left over or misshapen are named.
        """
        folder = Path(folder)
        settings = config_to_ours(read_json(folder / "config.json")) | fields
        tensors = tensors_to_ours(read_tensors(folder), bare=cls.architecture == "BertModel")
        network = cls.made_for(BertShape.from_json(settings), tensors)
        own = network.state_dict().keys()
        kept = {k: v for k, v in tensors.items() if k in own or not is_head(k)}
        load_exactly(network, kept, folder)
        return network.eval()

    def save_pretrained(self, folder: str | Path) -> None:
        """Write a folder that `transformers` and `from_pretrained` read; values keep every bit.

        Raises:
            ValueError: if the network has positions that their BERT doesn't have.
        """
        folder = Path(folder)
        config = config_to_theirs(self.shape.to_json(), self.architecture)
        tensors = tensors_to_theirs(self.state_dict())
        if "classifier.weight" in tensors:
            classes = range(len(tensors["classifier.weight"]))
            config["id2label"] = {str(i): f"LABEL_{i}" for i in classes}
            config["label2id"] = {f"LABEL_{i}": i for i in classes}
        write_tensors(folder / "model.safetensors", tensors)
        write_json(folder / "config.json", config)


def num_classes(tensors: dict[str, Tensor]) -> int:
    """Classes of a checkpoint's readout.

    Raises:
        ValueError: if it has none.
    """
    if "readout.weight" not in tensors:
        raise ValueError(
            "This checkpoint has no classifier; read its encoder with BertEncoder.from_pretrained "
            "and put it into a new network: network.bert.load_state_dict(encoder.state_dict())."
        )
    return len(tensors["readout.weight"])
