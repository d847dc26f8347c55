"""From what a user names to a profile: data, networks, what is missing, the page."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from priorscope.core.calls import door
from priorscope.core.config import closest
from priorscope.core.registry import include
from priorscope.experiments.dataset import Data, InMemory, read_dataset
from priorscope.experiments.learners import make_learners
from priorscope.experiments.plan import refuse_inside
from priorscope.experiments.settings import AMOUNTS, Settings
from priorscope.experiments.winner import as_chosen, as_compared, stored_summary
from priorscope.fitted.storage import FILE as MODEL_FILE
from priorscope.models import MODELS, ModelConfig
from priorscope.nn.live_digest import live_digest
from priorscope.profiles.inputs import Inputs
from priorscope.profiles.networks import FORMS, Entry, entries, entry_of_model, entry_of_module
from priorscope.profiles.result import Profile
from priorscope.profiles.store import ProfileStore
from priorscope.profiles.take import Show, chosen, take
from priorscope.runs.backends.local import choose_device
from priorscope.subjects.health import devices_kept, modes_kept
from priorscope.train.recipe import FOREIGN, Learner

EXAMPLES = 256
MEMORY = 2.0  # GB
MOST_EXAMPLES = 10_000
TOKENIZERS = ("tokenizer.json", "vocab.txt")
Networks = str | nn.Module | ModelConfig | Learner | Sequence[Any] | Mapping[str, Any]


@door
def profile(
    network: Networks,
    task: Any,
    *,
    measures: Sequence[str] | str | None = None,
    examples: int = EXAMPLES,
    memory: float = MEMORY,
    out: str | Path | None = None,
    standardise: bool = True,
    untrained: bool = True,
    conflict: str | Path | None = None,
    settings: Settings | None = None,
    show: Show = lambda what, done, of: None,
) -> Profile:
    """Measure what networks do with the data of a task; several are laid side by side.

    Args:
        network: a module, a learner ("cnn", a config; trained first), a folder of a saved model
            (of `priorscope fit` or Hugging Face's), a comparison's folder (its two best learners,
            FOLDER:LEARNER one of them), "timm:NAME", "FILE.py:FUNCTION"; a list of these, or a
            dictionary that names them.
        task: what `compare` takes: a task's name, a path, examples; or (inputs, labels).
        measures: names of those that are wanted; all by default. `priorscope ls measures`.
        examples: of the test split that networks are measured on, at most.
        memory: GB that activations may take.
        out: folder for rows, networks and the page; what is there isn't measured again.
        standardise: whether modules get inputs standardised per channel (as learners do); else as
            they are stored.
        untrained: whether a learner's network is measured before its training too.
        conflict: folder of images SHAPE-TEXTURE.png whose cues disagree.
        settings: how to read the data; preset, seed and device.
        show: is told what is measured now, how much is done, and of how much.

    Raises:
        ValueError, LookupError: if something doesn't exist or fit; one sentence.
        OSError: if the folder can't be written.
    """
    settings = settings or Settings()
    measures = [measures] if isinstance(measures, str) else measures
    if not 8 <= examples <= MOST_EXAMPLES:
        raise ValueError(f"--examples lies between 8 and {MOST_EXAMPLES:,}, but it is {examples}.")
    if not 0.01 <= memory <= 10_000:
        raise ValueError(f"--memory is in GB, from 0.01 on, but it is {memory:g}.")
    for path in settings.include:
        include(path)
    if settings.device == "mps":
        raise ValueError("A profile is measured in float64, which mps lacks; leave --device out.")
    probes, device = chosen(measures), torch.device(choose_device(settings.device))
    given = _named(network, settings)
    data: Data = InMemory(*task) if isinstance(task, tuple) else task
    largest = AMOUNTS[settings.preset].largest
    dataset = read_dataset(data, settings, _tokenizer(given, settings))
    if out is not None and isinstance(task, str | Path):
        refuse_inside(Path(out), task)
    inputs = Inputs.of(
        dataset, examples, largest, settings.seed, None if conflict is None else Path(conflict)
    )
    more: dict[str, Any] = {"seed": settings.seed, "device": device.type, "memory": memory}
    if inputs.stimuli is not None:
        more["conflict"] = live_digest(inputs.stimuli)
    networks = {name: _network(one, settings) for name, one in given.items()}
    own = list(networks.values())
    with tempfile.TemporaryDirectory() as scratch, modes_kept(own), devices_kept(own):
        store = ProfileStore(Path(scratch) if out is None else Path(out))
        store.claim()
        if settings.fresh:
            store.clear()
        made = _entries(networks, inputs, device, store, standardise, untrained)
        results = take(
            made, probes, store, examples=examples, memory=memory * 1e9, more=more, show=show
        )
    return Profile(inputs, results)


def _named(network: Networks, settings: Settings) -> dict[str, Any]:
    """Name -> what was given, each once."""
    if isinstance(network, Mapping):
        return dict(network)
    several = (
        network if isinstance(network, Sequence) and not isinstance(network, str) else [network]
    )
    if not several:
        raise ValueError(f"A profile needs a network: {FORMS}.")
    named: dict[str, Any] = {}
    for one in several:
        for given in _of_comparison(one, settings):
            name = given if isinstance(given, str) else _name(given)
            while not isinstance(given, str) and name in named:
                name += "'"
            if name in named:
                raise ValueError(f"The network {name!r} is named twice; drop one.")
            named[name] = given
    return named


def _name(given: Any) -> str:
    if isinstance(given, Learner):
        return given.text
    return given.name() if isinstance(given, ModelConfig) else type(given).__name__


def _of_comparison(given: Any, settings: Settings) -> list[Any]:
    """Learners of a comparison: of FOLDER the two best, of FOLDER:LEARNER that one.

    With the recipes that the comparison chose. Anything else as it is.
    """
    if not isinstance(given, str | Path):
        return [given]
    folder, _, wanted = str(given).partition(":")
    if not (Path(folder) / "summary.json").is_file():
        return [str(given)]
    summary = stored_summary(Path(folder) / "summary.json")
    if summary is None or not isinstance(summary.get("reproduce"), dict):
        raise ValueError(f"{folder} isn't the folder of a comparison of today; run it again.")
    board = [str(row["learner"]) for row in summary.get("leaderboard") or []]
    pick = (summary.get("answer") or {}).get("pick")
    best = list(dict.fromkeys([*([pick] if pick in board else []), *board]))
    if not (wanted or best):
        raise ValueError(f"{folder} has no learner on its leaderboard; name one yourself.")
    asked = summary["reproduce"].get("settings", {}).get("learners") or ()
    there = list(dict.fromkeys([*board, *map(str, asked)]))
    if wanted and wanted not in there:
        raise LookupError(f"The comparison {folder} has no {wanted!r}; it has {', '.join(there)}.")
    learners = make_learners([wanted] if wanted else best[:2], as_compared(settings, summary))
    return [as_chosen(learner, summary) for learner in learners]


def _tokenizer(given: Mapping[str, Any], settings: Settings) -> str:
    """The folder of the first saved model that has a tokenizer; texts are read with it."""
    if settings.tokenizer is not None:
        return ""
    for one in given.values():
        if isinstance(one, str):
            folder = Path(one.removeprefix("hf:"))
            if folder.is_dir() and any((folder / name).is_file() for name in TOKENIZERS):
                return str(folder)
    return ""


def _network(given: Any, settings: Settings) -> nn.Module | Learner | Path:
    """A module as it is, the folder of a model that was fitted, or a learner."""
    if isinstance(given, nn.Module | Learner):
        return given
    if isinstance(given, str | Path) and (Path(given).expanduser() / MODEL_FILE).is_file():
        return Path(given).expanduser()
    text = _text(str(given)) if isinstance(given, str | Path) else given
    (learner,) = make_learners([text], settings)
    return learner


def _entries(
    given: Mapping[str, nn.Module | Learner | Path],
    inputs: Inputs,
    device: torch.device,
    store: ProfileStore,
    standardise: bool,
    untrained: bool,
) -> list[Entry]:
    made: list[Entry] = []
    for name, one in given.items():
        if isinstance(one, nn.Module):
            made.append(entry_of_module(name, one, inputs, device, standardise))
        elif isinstance(one, Path):
            made.append(entry_of_model(name, one, inputs, device))
        else:
            made += entries(one, inputs, device, store.networks, untrained)
    return made


def _text(given: str) -> str:
    """As a learner is written: a folder is a saved model.

    Raises:
        LookupError: if it is no learner, no folder and no file.
    """
    if given.startswith(FOREIGN) or ".py:" in given:
        return given
    head = given.partition(":")[0].partition("+")[0].strip()
    if head in MODELS:
        return given
    path = Path(given).expanduser()
    if path.is_dir():
        if (path / "config.json").is_file():
            return f"hf:{path}"
        raise ValueError(
            f"The folder {given} has no config.json or {MODEL_FILE}, so it is no saved model; a "
            f"network is {FORMS}."
        )
    before = Path(given.rpartition(":")[0])
    if ":" in given and before.is_dir():
        raise LookupError(
            f"{given} names a learner of a comparison, but {before} has no summary.json; run "
            "`priorscope compare` to its first answer, or name the learner alone."
        )
    raise LookupError(f"No network named {given!r}; a network is {FORMS}.{closest(head, MODELS)}")
