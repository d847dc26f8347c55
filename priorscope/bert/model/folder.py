"""BERT networks in Hugging Face folders: `config.json` beside `model.safetensors`."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from torch import Tensor

from priorscope.bert.model.encoder import BertEncoder
from priorscope.bert.model.heads import (
    BertForMaskedLM,
    BertForPreTraining,
    BertForSequenceClassification,
    BertForTokenClassification,
    BertWithHead,
    BertWithReadout,
)
from priorscope.bert.model.names import (
    config_to_ours,
    config_to_theirs,
    is_head,
    tensors_to_ours,
    tensors_to_theirs,
)
from priorscope.bert.model.shape import BertShape
from priorscope.core.json_files import read_json, write_json
from priorscope.nn.checkpoint import load_exactly, read_tensors, stamp, write_tensors

Bert = TypeVar("Bert", bound=BertEncoder | BertWithHead)

ARCHITECTURES: dict[type[BertEncoder | BertWithHead], str] = {  # -> what Hugging Face calls it
    BertEncoder: "BertModel",
    BertForMaskedLM: "BertForMaskedLM",
    BertForPreTraining: "BertForPreTraining",
    BertForSequenceClassification: "BertForSequenceClassification",
    BertForTokenClassification: "BertForTokenClassification",
}


def load_bert(folder: str | Path, kind: type[Bert], **fields: Any) -> Bert:
    """The network in a folder, in evaluation mode; nothing is downloaded.

    Args:
        folder: with `config.json` and tensors.
        kind: class of the network. Heads that it doesn't have are left in the folder.
        fields: of `BertShape`, to differ from `config.json`: `dropout=0.0`.

    Raises:
        ValueError: if the folder has no BERT, or its tensors are not this network's; all that
            are missing, left over or misshapen are named.
    """
    folder = Path(folder)
    settings = config_to_ours(read_json(folder / "config.json")) | fields
    tensors = tensors_to_ours(read_tensors(folder), bare=kind is BertEncoder)
    shape = BertShape.from_json(settings)
    _check_sizes(shape, tensors, folder)
    network = _empty(kind, shape, tensors)
    own = network.state_dict().keys()
    load_exactly(network, {k: v for k, v in tensors.items() if k in own or not is_head(k)}, folder)
    return network.eval()


def save_bert(
    network: BertEncoder | BertWithHead,
    folder: str | Path,
    class_names: Sequence[str] | None = None,
) -> None:
    """Write a folder that `transformers` and `load_bert` read; values keep every bit.

    class_names: of a network with classes; without them they are LABEL_0, LABEL_1, ...

    Raises:
        ValueError: if the network has positions that their BERT doesn't have.
    """
    folder = Path(folder)
    config = config_to_theirs(network.shape.to_json(), ARCHITECTURES[type(network)])
    tensors = tensors_to_theirs(network.state_dict())
    if isinstance(network, BertWithReadout):
        count = network.readout.out_features
        names = class_names or [f"LABEL_{i}" for i in range(count)]
        config["id2label"] = {str(i): name for i, name in enumerate(names)}
        config["label2id"] = {name: i for i, name in enumerate(names)}
    write_tensors(folder / "model.safetensors", tensors)
    write_json(folder / "config.json", config)


def stored_kind(folder: str | Path) -> type[BertEncoder | BertWithHead] | None:
    """The class of the network in a folder, by its `config.json`; None if it isn't one of ours."""
    names = read_json(Path(folder) / "config.json").get("architectures") or [None]
    return next((kind for kind, name in ARCHITECTURES.items() if name == names[0]), None)


def stored_width(folder: str | Path) -> int:
    """Length of a token's vector in the folder's network, by its `config.json`.

    Raises:
        ValueError: if there is no such file, or it isn't BERT's.
    """
    file = Path(folder).absolute() / "config.json"
    return _width(file, *stamp(file))


@lru_cache(maxsize=64)
def _width(file: Path, modified: int, size: int) -> int:
    """The file is read again when it has changed."""
    return BertShape.from_json(config_to_ours(read_json(file))).width


def _empty(kind: type[Bert], shape: BertShape, tensors: Mapping[str, Tensor]) -> Bert:
    """A network of this shape, with the parts that the tensors are for."""
    if issubclass(kind, BertEncoder):
        return kind(shape, pooler="pooler.weight" in tensors)
    if not issubclass(kind, BertWithReadout):
        return kind(shape)
    if "readout.weight" not in tensors:
        raise ValueError(
            "This checkpoint has no classifier; `priorscope finetune` trains one on top of it."
        )
    return kind(shape, len(tensors["readout.weight"]))


def _check_sizes(shape: BertShape, tensors: Mapping[str, Tensor], folder: Path) -> None:
    """Refuse sizes that the tensors don't have, before a network of such sizes is built."""
    if shape.depth > len(tensors):
        raise ValueError(
            f"config.json in {folder} has {shape.depth} blocks, but there are {len(tensors)} "
            "tensors; copy the whole folder again."
        )
    for name, sizes in {
        "embeddings.tokens.weight": (shape.vocabulary, shape.width),
        "embeddings.positions.table": (shape.max_tokens, shape.width),
        "encoder.blocks.0.mlp.up.weight": (shape.mlp_width, shape.width),
    }.items():
        tensor = tensors.get(name, tensors.get(f"bert.{name}"))
        if tensor is not None and tuple(tensor.shape) != sizes:
            raise ValueError(
                f"{name} in {folder} is {tuple(tensor.shape)}, but by config.json it is {sizes}; "
                "copy the whole folder again."
            )
