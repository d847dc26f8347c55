"""BERT in Hugging Face's terms: names of the tensors, keys of `config.json`."""

import re
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from priorscope.core.json_types import JsonObject
from priorscope.interop.rename import NameTable, fuse, separate

ENCODER = NameTable(
    {
        "embeddings.tokens.": "embeddings.word_embeddings.",
        "embeddings.positions.table": "embeddings.position_embeddings.weight",
        "embeddings.segments.": "embeddings.token_type_embeddings.",
        "embeddings.norm.": "embeddings.LayerNorm.",
        "encoder.blocks.{}.attention.qkv.": "encoder.layer.{}.attention.self.",
        "encoder.blocks.{}.attention.out.": "encoder.layer.{}.attention.output.dense.",
        "encoder.blocks.{}.attention_norm.": "encoder.layer.{}.attention.output.LayerNorm.",
        "encoder.blocks.{}.mlp.up.": "encoder.layer.{}.intermediate.dense.",
        "encoder.blocks.{}.mlp.down.": "encoder.layer.{}.output.dense.",
        "encoder.blocks.{}.mlp_norm.": "encoder.layer.{}.output.LayerNorm.",
        "pooler.": "pooler.dense.",
    }
)
HEADS = NameTable(
    {
        "tokens.dense.": "cls.predictions.transform.dense.",
        "tokens.norm.": "cls.predictions.transform.LayerNorm.",
        "tokens.bias": "cls.predictions.bias",
        "next_sentence.": "cls.seq_relationship.",
        "readout.": "classifier.",
    }
)
FIELDS = {  # of BertShape -> of config.json
    "vocabulary": "vocab_size",
    "width": "hidden_size",
    "depth": "num_hidden_layers",
    "num_heads": "num_attention_heads",
    "mlp_width": "intermediate_size",
    "max_tokens": "max_position_embeddings",
    "segments": "type_vocab_size",
    "dropout": "hidden_dropout_prob",
    "attention_dropout": "attention_probs_dropout_prob",
    "epsilon": "layer_norm_eps",
    "padding": "pad_token_id",
}
SIZES = ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads")
ACTIVATIONS = {"gelu": "gelu", "gelu_tanh": "gelu_new", "relu": "relu"}


def tensors_to_ours(tensors: Mapping[str, Tensor], bare: bool) -> dict[str, Tensor]:
    """Our names for a checkpoint's tensors; unknown names are kept, so that they can be reported.

    bare: whether our network is the encoder itself, whose names have no `bert.` before them.
        Checkpoints may have it or not. Old `gamma` and `beta` become `weight` and `bias`.

    Raises:
        ValueError: if the decoder, where it is needed, is not the word embedding, as it is in BERT.
    """
    ours: dict[str, Tensor] = {}
    for name, tensor in _without_copies(tensors, decodes=not bare).items():
        modern = re.sub(r"gamma$", "weight", re.sub(r"beta$", "bias", name))
        inside = ENCODER.to_ours(modern.removeprefix("bert."))
        if inside is not None:
            ours[inside if bare else f"bert.{inside}"] = tensor
        else:
            ours[HEADS.to_ours(modern) or name] = tensor
    return fuse(ours)


def tensors_to_theirs(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Hugging Face's names for our tensors."""
    theirs: dict[str, Tensor] = {}
    for name, tensor in separate(tensors).items():
        inside = ENCODER.to_theirs(name.removeprefix("bert."))
        prefix = "bert." if name.startswith("bert.") else ""
        translated = HEADS.to_theirs(name) if inside is None else prefix + inside
        assert translated is not None, f"{name} has no name there"
        theirs[translated] = tensor
    return theirs


def is_head(name: str) -> bool:
    """Whether our `name` belongs to a part that only some BERTs have: a head or the pooler."""
    return HEADS.to_theirs(name) is not None or name.removeprefix("bert.").startswith("pooler.")


def config_to_ours(config: Mapping[str, Any]) -> JsonObject:
    """Fields of `BertShape` that the settings name; the others have BERT's defaults.

    Raises:
        ValueError: if the settings are not BERT's, or ask for what is not implemented here.
    """
    if config.get("model_type", "bert") != "bert":
        raise ValueError(
            f"config.json must be of model_type 'bert', but it is {config['model_type']!r}; "
            f"convert the checkpoint to BERT, or run it as `hf:PATH`."
        )
    absent = [key for key in SIZES if key not in config]
    if absent and "model_type" not in config:
        raise ValueError(
            f"config.json must have BERT's keys {', '.join(SIZES)}, but it lacks "
            f"{', '.join(absent)}; convert the checkpoint to Hugging Face's format."
        )
    position = config.get("position_embedding_type", "absolute")
    if position != "absolute":
        raise ValueError(
            f"Positions must be 'absolute', but config.json has {position!r}; "
            f"run the checkpoint as `hf:PATH`."
        )
    fields = {ours: config[theirs] for ours, theirs in FIELDS.items() if theirs in config}
    activations = {theirs: ours for ours, theirs in ACTIVATIONS.items()} | {
        "gelu_pytorch_tanh": "gelu_tanh"
    }
    name = config.get("hidden_act", "gelu")
    if not isinstance(name, str) or name not in activations:
        raise ValueError(
            f"hidden_act must be one of {', '.join(activations)}, but config.json has {name!r}."
        )
    causal = bool(config.get("is_decoder", False))
    return fields | {"activation": activations[name], "causal": causal}


def config_to_theirs(shape: Mapping[str, Any], architecture: str) -> JsonObject:
    """`config.json` for the fields of a `BertShape`.

    Raises:
        ValueError: if the network has positions that their BERT doesn't have.
    """
    if shape["positions"] != "learned":
        raise ValueError(
            f"A Hugging Face folder needs learned positions, but these are "
            f"{shape['positions']!r}; keep this network with `write_tensors`."
        )
    return {
        **{theirs: shape[ours] for ours, theirs in FIELDS.items()},
        "hidden_act": ACTIVATIONS[shape["activation"]],
        "architectures": [architecture],
        "model_type": "bert",
        "is_decoder": shape["causal"],
        "tie_word_embeddings": True,
    }


def _without_copies(tensors: Mapping[str, Tensor], decodes: bool) -> dict[str, Tensor]:
    """Leave out position numbers and the decoder, which repeat other tensors."""
    decoder = tensors.get("cls.predictions.decoder.weight")
    tables = [v for k, v in tensors.items() if k.endswith("embeddings.word_embeddings.weight")]
    if decodes and decoder is not None and not (tables and torch.equal(decoder, tables[0])):
        raise ValueError(
            "The decoder must be the word embedding, but cls.predictions.decoder.weight differs "
            "from it; run the checkpoint as `hf:PATH`."
        )
    left_out = ("embeddings.position_ids", "cls.predictions.decoder.weight")
    kept = {k: v for k, v in tensors.items() if not k.endswith(left_out)}
    if "cls.predictions.decoder.bias" in kept:
        kept.setdefault("cls.predictions.bias", kept["cls.predictions.decoder.bias"])
        del kept["cls.predictions.decoder.bias"]
    return kept
