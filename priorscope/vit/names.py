"""ViT in Hugging Face's and in timm's terms: names and layouts of the tensors, settings."""

import re
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from priorscope.core.json_types import JsonObject
from priorscope.interop.rename import NameTable, fuse, separate

HUGGING_FACE = NameTable(
    {
        "class_token.token": "embeddings.cls_token",
        "positions.table": "embeddings.position_embeddings",
        "patches.project.": "embeddings.patch_embeddings.projection.",
        "encoder.blocks.{}.attention.qkv.": "encoder.layer.{}.attention.attention.",
        "encoder.blocks.{}.attention.out.": "encoder.layer.{}.attention.output.dense.",
        "encoder.blocks.{}.attention_norm.": "encoder.layer.{}.layernorm_before.",
        "encoder.blocks.{}.mlp.up.": "encoder.layer.{}.intermediate.dense.",
        "encoder.blocks.{}.mlp.down.": "encoder.layer.{}.output.dense.",
        "encoder.blocks.{}.mlp_norm.": "encoder.layer.{}.layernorm_after.",
        "encoder.norm.": "layernorm.",
        "pooler.": "pooler.dense.",
        "readout.": "classifier.",
    }
)
TIMM = NameTable(
    {
        "class_token.token": "cls_token",
        "positions.table": "pos_embed",
        "patches.project.": "patch_embed.proj.",
        "encoder.blocks.{}.attention.qkv.": "blocks.{}.attn.qkv.",
        "encoder.blocks.{}.attention.out.": "blocks.{}.attn.proj.",
        "encoder.blocks.{}.attention_norm.": "blocks.{}.norm1.",
        "encoder.blocks.{}.mlp.up.": "blocks.{}.mlp.fc1.",
        "encoder.blocks.{}.mlp.down.": "blocks.{}.mlp.fc2.",
        "encoder.blocks.{}.mlp_norm.": "blocks.{}.norm2.",
        "encoder.norm.": "norm.",
        "readout.": "head.",
    }
)
FIELDS = {  # of VitShape -> of config.json
    "width": "hidden_size",
    "depth": "num_hidden_layers",
    "num_heads": "num_attention_heads",
    "mlp_width": "intermediate_size",
    "dropout": "hidden_dropout_prob",
    "epsilon": "layer_norm_eps",
}


def huggingface_to_ours(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Our names and layouts; unknown names are kept, so that they can be reported."""
    bare = {name.removeprefix("vit."): tensor for name, tensor in tensors.items()}
    return _to_ours(bare, HUGGING_FACE)


def timm_to_ours(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Our names and layouts; unknown names are kept, so that they can be reported."""
    return _to_ours(tensors, TIMM)


def ours_to_huggingface(tensors: Mapping[str, Tensor], patch: tuple[int, int]) -> dict[str, Tensor]:
    """Names and layouts of `ViTModel`, or of `ViTForImageClassification` if there is a readout."""
    prefix = "vit." if "readout.weight" in tensors else ""
    named = _to_theirs(separate(tensors), HUGGING_FACE, patch)
    return {k if k.startswith("classifier.") else prefix + k: v for k, v in named.items()}


def ours_to_timm(tensors: Mapping[str, Tensor], patch: tuple[int, int]) -> dict[str, Tensor]:
    """Names and layouts of timm's `VisionTransformer`."""
    return _to_theirs(tensors, TIMM, patch)


def config_to_ours(config: Mapping[str, Any]) -> JsonObject:
    """Fields of `VitShape` that the settings name.

    Raises:
        ValueError: if the settings are not ViT's, or ask for what is not implemented here.
    """
    if config.get("model_type", "vit") != "vit":
        raise ValueError(
            f"config.json must be of model_type 'vit', but it is {config['model_type']!r}; "
            f"run the checkpoint as `hf:PATH`."
        )
    for key, only in (("hidden_act", "gelu"), ("qkv_bias", True), ("pooler_act", "tanh")):
        if config.get(key, only) != only:
            raise ValueError(
                f"config.json must have {key} = {only!r}, but it has {config[key]!r}; "
                f"run the checkpoint as `hf:PATH`."
            )
    rows, columns = _pair(config.get("image_size", 224))
    fields = {ours: config[theirs] for ours, theirs in FIELDS.items() if theirs in config}
    image = (rows, columns, config.get("num_channels", 3))
    return fields | {"image": image, "patch": _pair(config.get("patch_size", 16))}


def config_to_theirs(shape: Mapping[str, Any]) -> JsonObject:
    """`config.json` for the fields of a `VitShape`.

    Raises:
        ValueError: if the network is not what their ViT is.
    """
    only = {"pooling": "class", "positions": "learned"}
    different = {k: shape[k] for k, v in only.items() if shape[k] != v}
    if different or (shape["pooler"] and shape["num_classes"]):
        raise ValueError(
            f"A Hugging Face folder needs {only} and either a pooler or classes, but this network "
            f"has {different or 'both'}; keep it with `write_tensors`."
        )
    rows, columns, channels = shape["image"]
    kind = "ViTForImageClassification" if shape["num_classes"] else "ViTModel"
    labels = {str(i): f"LABEL_{i}" for i in range(shape["num_classes"])}
    return {
        **{theirs: shape[ours] for ours, theirs in FIELDS.items()},
        **(
            {"id2label": labels, "label2id": {v: int(k) for k, v in labels.items()}}
            if labels
            else {}
        ),
        "attention_probs_dropout_prob": shape["dropout"],
        "image_size": rows if rows == columns else [rows, columns],
        "num_channels": channels,
        "patch_size": shape["patch"][0] if len(set(shape["patch"])) == 1 else list(shape["patch"]),
        "hidden_act": "gelu",
        "qkv_bias": True,
        "architectures": [kind],
        "model_type": "vit",
    }


def _to_ours(tensors: Mapping[str, Tensor], table: NameTable) -> dict[str, Tensor]:
    ours: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        modern = re.sub(r"gamma$", "weight", re.sub(r"beta$", "bias", name))
        own = table.to_ours(modern) or name
        if own == "class_token.token":
            tensor = tensor.reshape(-1)  # (1, 1, width)
        elif own == "positions.table" and tensor.ndim == 3:
            tensor = tensor[0]  # (1, tokens, width)
        elif own == "patches.project.weight" and tensor.ndim == 4:
            tensor = tensor.permute(0, 2, 3, 1).flatten(1)  # (width, channels, rows, columns)
        ours[own] = tensor
    return fuse(ours)


def _to_theirs(
    tensors: Mapping[str, Tensor], table: NameTable, patch: tuple[int, int]
) -> dict[str, Tensor]:
    theirs: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        if name == "class_token.token":
            tensor = tensor[None, None]
        elif name == "positions.table":
            tensor = tensor[None]
        elif name == "patches.project.weight":
            tensor = tensor.unflatten(1, (*patch, -1)).permute(0, 3, 1, 2)
        translated = table.to_theirs(name)
        if translated is None:
            raise ValueError(
                f"{name} has no counterpart there; only networks with a class token, learned "
                f"positions and no other parts can be handed over."
            )
        theirs[translated] = tensor
    return theirs


def _pair(size: int | list[int] | tuple[int, int]) -> tuple[int, int]:
    rows, columns = (size, size) if isinstance(size, int) else size
    return rows, columns
