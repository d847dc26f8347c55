"""A fitted model as a folder: model.json, tensors.safetensors, estimator-N.skops; no pickle.

A model folder is foreign input: JSON is checked against `Stored`, a network is built only if it
has exactly the tensors of the file, and an estimator only from types that are trusted.
"""

import dataclasses
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from torch import Tensor, nn

from priorscope.core.files import write
from priorscope.core.folders import replacing
from priorscope.core.json_files import MOST_JSON
from priorscope.core.json_types import JsonObject
from priorscope.core.printable import cause
from priorscope.core.registry import include as include_file
from priorscope.core.signature import Signature
from priorscope.fitted.estimator_file import read_estimator, write_estimator
from priorscope.fitted.facts import FORMAT, Facts, Stored, decoded
from priorscope.fitted.member import EstimatorMember, NetworkMember
from priorscope.fitted.model import FittedModel
from priorscope.models import MODELS, ModelConfig, SelfTrained
from priorscope.models.external import MODULE, External
from priorscope.nn.checkpoint import read_tensors, write_tensors
from priorscope.nn.live_modules import keep
from priorscope.train.inputs import Reader
from priorscope.train.recipe import Recipe

KIND = "model"  # of the marker in its folder
MOST_MEMBERS = 1000
FILE, TENSORS = "model.json", "tensors.safetensors"
NAMES = (FILE, TENSORS, *(f"estimator-{k}.skops" for k in range(MOST_MEMBERS)))
MOST_VALUES = 2**27  # of one example's input


def save(model: FittedModel, folder: Path) -> Path:
    """Write the folder, whole or not at all; see `FittedModel.save`."""
    members, tensors = [], {}
    for number, member in enumerate(model.members):
        facts: JsonObject = {}
        if isinstance(member, NetworkMember):
            facts = _model_of(model.facts).facts_of(member.network)
        members.append({"calibration": member.calibration.state(), "network": facts})
        own = {f"{number}.{name}": tensor for name, tensor in member.tensors().items()}
        tensors |= {name: tensor.clone() for name, tensor in own.items()}
    stored = Stored(
        format=FORMAT,
        version=version("priorscope"),
        facts=model.facts,
        members=tuple(members),
    )
    with replacing(folder, KIND, NAMES) as new:
        write(new / FILE, msgspec.json.format(msgspec.json.encode(stored), indent=1))
        write_tensors(new / TENSORS, tensors)
        for number, member in enumerate(model.members):
            if isinstance(member, EstimatorMember):
                write_estimator(member.estimator, new / f"estimator-{number}.skops")
    return folder


def load(
    folder: Path, include: list[Path], trusted: tuple[str, ...], module: Any = None
) -> FittedModel:
    """See `FittedModel.load`."""
    file = folder / FILE
    if not file.is_file():
        raise ValueError(
            f"{folder} holds no model ({FILE} is missing); give the folder that `priorscope fit "
            "--out` or `save` wrote."
        )
    if file.stat().st_size > MOST_JSON:
        raise ValueError(f"{file} is larger than {MOST_JSON // 2**20} MiB, which no model is.")
    stored = decoded(file.read_bytes(), str(file))
    facts = _with_code(stored.facts, include, module)
    model = FittedModel(facts, [])
    _check(model, folder)
    tensors = read_tensors(folder / TENSORS)
    for number, facts_of_member in enumerate(stored.members):
        prefix = f"{number}."
        own = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
        estimator = folder / f"estimator-{number}.skops"
        model.members.append(_member(model, facts_of_member, own, estimator, trusted))
    return model


def _check(model: FittedModel, folder: Path) -> None:
    values = 1
    for size in model.signature.input_shape:
        values *= size
    classes = len(model.facts.classes)
    sound = 0 < values <= MOST_VALUES and classes in (0, model.signature.output_size)
    if not sound or bool(classes) != (model.target.name() == "classes"):
        raise ValueError(f"{folder / FILE} contradicts itself; save the model again.")


def _model_of(facts: Facts) -> ModelConfig:
    return MODELS[str(facts.model.get("kind"))].from_json(facts.model)


def _with_code(facts: Facts, include: list[Path], module: Any) -> Facts:
    """The facts, with a learner of the user's own looked up in what the user hands over.

    Raises:
        ValueError: if the model needs a file that isn't among them: a folder names no code to run.
    """
    source = str(facts.model.get("source", ""))
    if source.startswith(MODULE):
        if module is None:
            raise ValueError(
                f"The network's class {source.removeprefix(MODULE)} isn't in the folder; hand it "
                "over as module=."
            )
        return dataclasses.replace(facts, model=facts.model | {"fingerprint": keep(module)[1]})
    file, colon, function = source.rpartition(":")
    if colon and file.endswith(".py"):
        given = next((path for path in include if path.name == Path(file).name), None)
        if given is None:
            raise ValueError(
                f"The model's network is in {Path(file).name}, which a model folder never runs by "
                "itself; name the file with --include (include=) if you trust it."
            )
        return dataclasses.replace(facts, model=facts.model | {"source": f"{given}:{function}"})
    for path in include:
        include_file(path)
    return facts


def _member(
    model: FittedModel,
    stored: JsonObject,
    tensors: dict[str, Tensor],
    estimator: Path,
    trusted: tuple[str, ...],
) -> NetworkMember | EstimatorMember:
    config, recipe = _model_of(model.facts), Recipe.from_json(model.facts.recipe)
    signature = model.signature
    mean, std = tensors.pop("reader.mean", None), tensors.pop("reader.std", None)
    _check_statistics(signature, mean, std)
    reader = Reader.restored(signature, recipe, mean, std)
    calibration = model.target.calibration_from(stored.get("calibration", {}))
    if isinstance(config, SelfTrained):
        made = read_estimator(estimator, trusted)
        member = EstimatorMember(made, config.stem(signature), signature, reader, calibration)
        _check_prediction(member, signature, estimator)
        return member
    facts = stored.get("network", {})
    network = _network(config, reader.network_signature, facts, tensors)
    return NetworkMember(network, reader, calibration)


def _check_prediction(member: EstimatorMember, signature: Signature, path: Path) -> None:
    """Refuse an estimator that can't predict: its attributes are whatever the file says."""
    example = np.zeros(
        (1, *signature.input_shape), np.int64 if signature.vocabulary else np.float32
    )
    try:
        shape = tuple(member.outputs(example).shape)
    except Exception as error:  # whatever damaged attributes make of it
        raise ValueError(
            f"{path} is an estimator that can't predict ({cause(error)}); save the model again."
        ) from error
    if shape != (1, signature.output_size):
        raise ValueError(
            f"{path} predicts outputs of shape {shape}, not (1, {signature.output_size}); save the "
            "model again."
        )


def _check_statistics(signature: Signature, mean: Tensor | None, std: Tensor | None) -> None:
    if signature.layout == "tokens":
        return
    shape = (signature.input_shape[-1],)
    if mean is None or std is None or tuple(mean.shape) != shape or tuple(std.shape) != shape:
        raise ValueError("The model's statistics don't fit its inputs; save the model again.")


def _network(
    config: ModelConfig, signature: Signature, facts: JsonObject, tensors: dict[str, Tensor]
) -> nn.Module:
    """Built without memory first, so that a file can't ask for more than it holds.

    Not so a network of the user's own code, which the user has handed over.
    """
    values = {name.removeprefix("network."): tensor for name, tensor in tensors.items()}
    if not (isinstance(config, External) and config.is_code):
        with torch.device("meta"):
            _check_tensors(_named(config.rebuild(signature, facts)), values)
    network = config.rebuild(signature, facts)
    own = _named(network)
    _check_tensors(own, values)
    with torch.no_grad():
        for name, tensor in own.items():
            tensor.copy_(values[name])
    return network.eval().requires_grad_(False)


def _named(network: nn.Module) -> dict[str, Tensor]:
    return {**dict(network.named_parameters()), **dict(network.named_buffers())}


def _check_tensors(own: dict[str, Tensor], given: dict[str, Tensor]) -> None:
    """Refuse tensors that aren't exactly the network's."""
    wrong = sorted(own.keys() ^ given.keys())
    wrong += [n for n in sorted(own.keys() & given.keys()) if own[n].shape != given[n].shape]
    wrong += [n for n in sorted(own.keys() & given.keys()) if own[n].dtype != given[n].dtype]
    if wrong:
        raise ValueError(
            f"The model's tensors aren't those of its network (first: {wrong[0]}); save it again."
        )
