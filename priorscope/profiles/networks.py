"""The networks of a profile: what each is, how it is named, and how it comes to be."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from priorscope.core.config import digest
from priorscope.core.seeds import derive, global_seed, numpy_stream
from priorscope.fitted.model import FittedModel
from priorscope.models.external import External
from priorscope.nn.checkpoint import (
    content_digest,
    load_exactly,
    read_tensors,
    write_tensors,
)
from priorscope.nn.foreign import new_parameters
from priorscope.nn.live_digest import live_digest
from priorscope.profiles.inputs import Inputs
from priorscope.subjects import Copy, Labels, Retraining, Subject
from priorscope.subjects.adapters import subject
from priorscope.train.optimizers import plain_optimizer
from priorscope.train.recipe import Learner, Recipe
from priorscope.train.trainer import trainer
from priorscope.wording.page import english

State = Literal["trained", "untrained", "as given"]
FITTED = 256  # examples that labels are learnt on for the measure of memorisation
MOST_UPDATES, EVERY = 1000, 10
TAUGHT = 0.99
MOST_NAMED = 3  # new parameters in a note
FORMS = (
    "a learner such as cnn or vit:patch=2, a folder of a saved model or of a comparison, "
    "timm:NAME, or FILE.py:FUNCTION"
)


@dataclasses.dataclass(frozen=True)
class Entry:
    """A network of a profile before it is built.

    identity: what decides its weights, as plain JSON; rows are named by it.
    make: builds (and trains) it; called only where a measure is missing.
    """

    name: str
    identity: dict[str, Any]
    make: Callable[[], Subject]


def entries(
    learner: Learner, inputs: Inputs, device: torch.device, folder: Path, with_untrained: bool
) -> list[Entry]:
    """A learner's network before and after training; one from elsewhere as it is."""
    if (problem := learner.why_not(inputs.signature)) is not None:
        raise ValueError(problem)
    identity = {
        "learner": learner.identity(),
        "data": inputs.fingerprint,
        "seed": inputs.prefix.seed,
        "training": len(inputs.prefix.targets),
    }

    def entry(state: State) -> Entry:
        own = {**identity, "state": state}
        weights = folder / f"{digest(own)}.safetensors"

        def make() -> Subject:
            return _subject(learner, state, inputs, device, weights)

        name = learner.text if state == "as given" else f"{learner.text}, {state}"
        return Entry(name, own, make)

    if isinstance(learner.model, External):
        return [entry("as given")]
    if learner.model.trains_itself or not with_untrained:
        return [entry("trained")]
    return [entry("untrained"), entry("trained")]


def entry_of_module(
    name: str, network: nn.Module, inputs: Inputs, device: torch.device, read: bool
) -> Entry:
    """Any module that Python code hands over, on the data's examples.

    read: whether it wants inputs standardised, as a learner's training does; or as they are stored.
    """

    def make() -> Subject:
        reader = inputs.reader(Recipe()) if read else None
        tests = torch.from_numpy(np.asarray(inputs.tests))
        x = reader(tests) if reader is not None else _plain(tests)
        own = x.to(device, copy=True)  # a network may change its inputs, but not the next one's
        return _complete(subject(network.to(device).eval(), own, inputs.signature), inputs)

    identity = {"module": live_digest(network), "data": inputs.fingerprint, "read": read}
    return Entry(name, identity, make)


def entry_of_model(name: str, folder: Path, inputs: Inputs, device: torch.device) -> Entry:
    """A model that `priorscope fit` or `FittedModel.save` wrote, with its own standardisation.

    Of several networks, whose predictions are averaged, the first.

    Raises:
        ValueError: if it is damaged, is code, or was trained on other kinds of inputs.
    """
    model = FittedModel.load(folder)
    if problem := _mismatch(model, inputs):
        raise ValueError(f"{folder} can't be measured on {inputs.name}: {problem}.")
    member = model.members[0]
    if len(model.members) > 1:
        name = f"{name}, 1 of {len(model.members)}"

    def make() -> Subject:
        tests = torch.from_numpy(np.asarray(inputs.tests))
        x = member.reader(tests).to(device)
        network = member.network.to(device).eval()
        return _complete(subject(network, x, member.reader.network_signature), inputs)

    files = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))
    identity = {"model": content_digest(files), "data": inputs.fingerprint}
    return Entry(name, identity, make)


def _mismatch(model: FittedModel, inputs: Inputs) -> str | None:
    """Why a model can't read such inputs, as the end of a sentence; or None."""
    own, given = model.signature, inputs.signature
    if own.input_shape != given.input_shape or own.vocabulary != given.vocabulary:
        return (
            f"it reads {own.layout} inputs of shape {own.input_shape}, and these have "
            f"{given.input_shape}; give the flags on reading that it was fitted with"
        )
    if own.output_size != given.output_size:
        return f"it gives {own.output_size} outputs, and the data ask for {given.output_size}"
    read = inputs.preprocessing
    if given.layout in ("vector", "tokens") and read not in (None, model.facts.preprocessing):
        return "it was fitted on other columns or words; give the data that it was fitted on"
    return None


def _plain(x: Tensor) -> Tensor:
    return x if x.is_floating_point() or x.dtype in (torch.int32, torch.int64) else x.float()


def _subject(
    learner: Learner, state: State, inputs: Inputs, device: torch.device, weights: Path
) -> Subject:
    reader = inputs.reader(learner.recipe)
    signature = reader.network_signature
    if learner.model.trains_itself:
        training = trainer(learner, inputs.signature, [inputs.prefix], torch.device("cpu"))
        training.run()
        return _complete(subject(*training.network(0, inputs.tests)), inputs)
    if state == "trained":
        network = _trained(learner, inputs, device, weights)
    else:
        with global_seed(inputs.prefix.seed, "init"):
            network = learner.model.build(signature)
    reader = reader.to(device)
    x = reader(torch.from_numpy(np.asarray(inputs.tests)).to(device))
    one = _complete(subject(network.to(device).eval(), x, signature), inputs)
    if state == "as given":
        one = dataclasses.replace(one, notes=_of_new(network))
    conflict = inputs.conflict(reader, device)
    retraining = _retraining(learner, inputs, device) if state == "trained" else None
    return dataclasses.replace(one, conflict=conflict, retraining=retraining)


def _of_new(network: nn.Module) -> tuple[str, ...]:
    """What to know of a network that came without some of its parameters' values."""
    absent = new_parameters(network)
    if not absent:
        return ()
    if len(absent) >= len(list(network.parameters())):
        return (english("probe.all_new", form="timm:NAME"),)
    shown = ", ".join(absent[:MOST_NAMED]) + (", …" if len(absent) > MOST_NAMED else "")
    return (english("probe.new_parameters", names=shown),)


def _complete(one: Subject, inputs: Inputs) -> Subject:
    """With the targets of its examples."""
    if inputs.targets is None:
        return one
    targets = torch.from_numpy(np.asarray(inputs.targets, np.int64)).to(one.inputs.device)
    return dataclasses.replace(one, targets=targets)


def _trained(learner: Learner, inputs: Inputs, device: torch.device, weights: Path) -> nn.Module:
    """From its file, or trained now and kept there, so that a killed profile goes on from there."""
    if weights.is_file():
        with global_seed(inputs.prefix.seed, "init"):
            network = learner.model.build(inputs.reader(learner.recipe).network_signature)
        try:
            load_exactly(network, read_tensors(weights), weights)
            return network
        except ValueError:  # damaged: it is made again
            weights.unlink(missing_ok=True)
    training = trainer(learner, inputs.signature, [inputs.prefix], device)
    (result,) = training.run()
    if result.problem is not None:
        raise ValueError(f"{learner.text} can't be trained on these data: {result.problem}.")
    network = training.network(0, inputs.tests[:1])[0]
    write_tensors(weights, {k: v.clone() for k, v in network.state_dict().items()})
    return network


def _retraining(learner: Learner, inputs: Inputs, device: torch.device) -> Retraining | None:
    """Trains new networks on a few examples, with their labels or with random ones."""
    if inputs.targets is None:
        return None
    reader = inputs.reader(learner.recipe)
    signature = reader.network_signature
    x = reader(torch.from_numpy(np.asarray(inputs.prefix.inputs[:FITTED]))).to(device)
    real = np.asarray(inputs.prefix.targets[:FITTED], np.int64)

    def retrain(labels: Labels, seed: int) -> Copy:
        targets = real
        if labels == "random":
            stream = numpy_stream(seed, "random labels")
            targets = stream.integers(0, signature.output_size, len(real))
        with global_seed(derive(inputs.prefix.seed, "again", seed), "init"):
            network = learner.model.build(signature).to(device)
        y = torch.from_numpy(targets).to(device)
        return _fit(network, x, y, learner, seed)

    return retrain


def _fit(network: nn.Module, x: Tensor, y: Tensor, learner: Learner, seed: int) -> Copy:
    optimiser = plain_optimizer(learner.recipe, network, learner.learning_rate)
    stream = numpy_stream(seed, "batches")
    size = min(64, len(x))
    for step in range(1, MOST_UPDATES + 1):
        network.train()
        rows = torch.from_numpy(stream.permutation(len(x))[:size]).to(x.device)
        loss = nn.functional.cross_entropy(network(x[rows]), y[rows])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        if step % EVERY == 0:
            network.eval()
            with torch.no_grad():
                right = (network(x).argmax(dim=-1) == y).double().mean().item()
            if right >= TAUGHT:
                return Copy(network, x, step, MOST_UPDATES)
    return Copy(network.eval(), x, None, MOST_UPDATES)
