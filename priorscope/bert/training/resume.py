"""What a killed run resumes from: one file, written whole or not at all."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from priorscope.core.json_types import JsonObject, parsed
from priorscope.nn.checkpoint import write_tensors
from priorscope.train.adamw import ClippedAdamW

NAME = "resume.safetensors"
FACTS = {"settings", "corpus", "step", "cursor", "evaluations", "seconds"}


def save_state(folder: Path, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    """Store the tensors of `state_of`, and `facts` (JSON types).

    The file is complete on the disk before it takes the place of the one before.

    Raises:
        OSError: if it can't be written; the one before is as it was.
    """
    metadata = {"facts": json.dumps(facts)}
    try:
        write_tensors(folder / NAME, tensors, metadata)
    except OSError as error:
        raise OSError(
            f"The checkpoint in {folder} could not be written ({error.strerror}); the one before "
            "is whole. Make room and run the same command again: it resumes from there."
        ) from error


def read_facts(folder: Path) -> JsonObject | None:
    """The facts of the state in `folder`; None if there is none.

    Raises:
        ValueError: if the file is damaged.
    """
    file = folder / NAME
    if not file.is_file():
        return None
    try:
        with safe_open(file, "pt") as stored:
            facts = parsed(stored.metadata()["facts"])
        if facts.keys() != FACTS:
            raise ValueError("its facts are not those of this version")
        return facts
    except (SafetensorError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{file} is damaged ({error}); start again with --fresh.") from error


def refuse_other_settings(facts: JsonObject, identity: JsonObject, folder: Path) -> None:
    """Raise ValueError, naming what differs, unless the state is of this very pre-training."""
    stored, wanted = facts["settings"], identity["settings"]
    changed = [
        f"{k.replace('_', '-')} was {stored.get(k)} and is {wanted.get(k)}"
        for k in sorted({*stored, *wanted})
        if stored.get(k) != wanted.get(k)
    ]
    if facts["corpus"] != identity["corpus"]:
        changed.append("the text or the tokenizer has changed")
    if changed:
        raise ValueError(
            f"{folder} holds another pre-training: {'; '.join(changed)}. "
            "Give another --out, or start again with --fresh."
        )


def load_state(folder: Path, network: nn.Module, optimizer: ClippedAdamW) -> None:
    """The inverse of `state_of`, into a network and an optimiser made as they were then."""
    own = {**dict(network.named_parameters()), **dict(network.named_buffers())}
    state = optimizer.state_dict()
    means: dict[int, dict[str, Tensor]] = {}
    with safe_open(folder / NAME, "pt") as stored, torch.no_grad():
        for key in stored.keys():  # noqa: SIM118  (no dict)
            kind, _, name = key.partition("/")
            tensor = stored.get_tensor(key)
            if kind == "network":
                own[name].copy_(tensor)
            elif kind == "means":
                number, _, which = name.partition("/")
                means.setdefault(int(number), {})[which] = tensor
            else:
                state["masters"][int(name)] = tensor
    state["optimizer"]["state"] = means
    optimizer.load_state_dict(state)


def state_of(network: nn.Module, optimizer: ClippedAdamW) -> dict[str, Tensor]:
    """Parameters, buffers (dropout's noise too), masters and running means, by name."""
    state = optimizer.state_dict()
    tensors = {f"network/{n}": t for n, t in network.named_parameters()}
    tensors |= {f"network/{n}": t for n, t in network.named_buffers()}
    tensors |= {f"masters/{i}": t for i, t in enumerate(state["masters"])}
    for number, means in state["optimizer"]["state"].items():
        tensors |= {f"means/{number}/{which}": t for which, t in means.items()}
    return tensors
