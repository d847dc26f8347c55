"""Networks from elsewhere: timm's, a Hugging Face folder, or a function in the user's own file."""

import dataclasses
import hashlib
import importlib
import importlib.util
import json
import warnings
from pathlib import Path
from typing import Any, ClassVar

from torch import nn

from priorscope.core.json_files import read_json
from priorscope.core.lfs import refuse_pointers
from priorscope.core.signature import Signature
from priorscope.models import MODELS, ModelConfig
from priorscope.nn.checkpoint import content_digest
from priorscope.nn.foreign import (
    ChannelsFirstNetwork,
    Resized,
    TokenNetwork,
    absent_parameters,
    adapted,
    check_sizes,
    check_weights,
    imported,
    unloadable,
)
from priorscope.nn.live_modules import keep, made
from priorscope.nn.trial import problem_of
from priorscope.text.tokenizer import has_tokenizer, load_tokenizer, special_ids

MODULE = "module:"


@MODELS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class External(ModelConfig):
    """A network that this library doesn't define; nothing is downloaded.

    source: `timm:NAME`: an architecture of timm with new weights, for images;
        `hf:FOLDER`: a saved Hugging Face model, for images or token ids, with a new readout
        where the number of classes differs; `FILE.py:FUNCTION`: a function of the user's that
        takes a `Signature` and returns a module (batch, *input_shape) -> logits;
        `module:NAME`: an `nn.Module` that Python code handed over, see `of_module`.
    resolution: rows and columns to which images are resized first, bilinear; 0: as they are.
    fingerprint: of the file or folder, see `of`; "" lets it change unnoticed.
    """

    learning_rate: ClassVar[float] = 1e-3
    invariant_to: ClassVar[tuple[str, ...]] = ()  # nothing is known of it

    source: str = ""
    resolution: int = 0
    fingerprint: str = ""

    @classmethod
    def of(cls, source: str, resolution: int = 0) -> "External":
        """This source as it is now: another content later is another learner."""
        return cls(source=source, resolution=resolution, fingerprint=fingerprint(source))

    @classmethod
    def of_module(cls, given: Any) -> "External":
        """A class or an instance of `nn.Module` that Python code has in memory."""
        name, content = keep(given)
        return cls(source=f"{MODULE}{name}", fingerprint=content)

    @property
    def short_name(self) -> str:
        """Of what Python code handed over its class, else the source."""
        return self.source.removeprefix(MODULE)

    @property
    def live(self) -> bool:
        """Whether its network is in memory alone."""
        return self.source.startswith(MODULE)

    @property
    def is_code(self) -> bool:
        """Whether its network is the user's own code."""
        return self.live or self.source.rpartition(":")[0].endswith(".py")

    @property
    def pretrained(self) -> str:
        """The folder whose tokenizer texts are read with; "" where there is none."""
        kind, _, name = self.source.partition(":")
        return name if kind == "hf" and has_tokenizer(Path(name)) else ""

    def why_not(self, signature: Signature) -> str | None:
        return problem_of(self, signature)

    @classmethod
    def from_options(cls, options: dict[str, str]) -> "External":
        """As typed on a command line; the content is pinned as it is now."""
        typed = super().from_options(options)
        return dataclasses.replace(typed, fingerprint=fingerprint(typed.source))

    def build(self, signature: Signature) -> nn.Module:
        if self.live:
            return made(self.fingerprint, self.source.removeprefix(MODULE), signature)
        if self.fingerprint and self.fingerprint != fingerprint(self.source):
            raise ValueError(
                f"{self.source} has changed since this run was planned; restore it, or plan again."
            )
        kind, colon, name = self.source.partition(":")
        if kind == "timm" and name:
            network = _from_timm(name, signature, self.resolution)
        elif kind == "hf" and name:
            network = _from_folder(Path(name), signature, self.resolution)
        elif colon and self.source.rpartition(":")[0].endswith(".py"):
            network = _from_file(self.source, signature)
        else:
            raise ValueError(_forms(self.source))
        return Resized(network, self.resolution) if self.resolution else network

    def facts_of(self, network: nn.Module) -> dict[str, Any]:
        inner = network
        while isinstance(inner, Resized):
            inner = inner.network
        config = getattr(getattr(inner, "network", None), "config", None)
        if not self.source.startswith("hf:") or config is None:
            return {}
        pad = inner.pad if isinstance(inner, TokenNetwork) else 0
        return {"config": json.loads(config.to_json_string(use_diff=False)), "pad": pad}

    def rebuild(self, signature: Signature, facts: dict[str, Any]) -> nn.Module:
        if not self.source.startswith("hf:"):
            return self.build(signature)
        network = _from_config(facts, signature, self.resolution)
        return Resized(network, self.resolution) if self.resolution else network


def fingerprint(source: str) -> str:
    """16 hex digits of the file, of the folder's files, or of timm's version.

    Raises:
        ValueError: if there is no such file or folder.
    """
    kind, _, name = source.partition(":")
    if not name:
        raise ValueError(_forms(source))
    if kind == "timm":
        return hashlib.sha256(str(imported("timm").__version__).encode()).hexdigest()[:16]
    path = Path(name) if kind == "hf" else Path(source.rpartition(":")[0])
    files = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
    if absent := [file for file in files if not file.is_file()]:
        raise ValueError(f"{source} names {absent[0]}, which is no file; check the path.")
    return content_digest(files)


def _from_timm(name: str, signature: Signature, resolution: int) -> nn.Module:
    _needs("image", signature, f"timm:{name}")
    timm = imported("timm")
    if not timm.is_model(name):
        near = ", ".join(timm.list_models(f"*{name.split('_')[0]}*")[:5])
        raise ValueError(f"timm has no architecture {name!r}; near are: {near or 'none'}.")
    rows, columns, channels = signature.input_shape
    size = (resolution, resolution) if resolution else (rows, columns)
    options: dict[str, Any] = {"num_classes": signature.output_size, "in_chans": channels}
    try:
        try:
            network = timm.create_model(name, pretrained=False, img_size=size, **options)
        except TypeError:  # an architecture that reads any size
            network = timm.create_model(name, pretrained=False, **options)
    except (AssertionError, TypeError, ValueError, RuntimeError) as error:
        raise ValueError(
            f"timm can't build {name} for images of {size[0]} x {size[1]} x {channels}: {error}; "
            f"set resolution, for example to 224."
        ) from error
    network.made_new = tuple(key for key, _ in network.named_parameters())
    return ChannelsFirstNetwork(network)


def _from_folder(folder: Path, signature: Signature, resolution: int) -> nn.Module:
    if not (folder / "config.json").is_file():
        raise ValueError(f"hf:{folder} must be a folder with config.json, but it has none.")
    refuse_pointers(folder)
    check_sizes(read_json(folder / "config.json"), f"hf:{folder}")
    transformers = imported("transformers")
    options = {
        "num_labels": signature.output_size,
        "local_files_only": True,
        "trust_remote_code": False,  # a model folder is data: its Python is never run
        "ignore_mismatched_sizes": True,
    }
    if signature.layout != "tokens":
        _needs("image", signature, f"hf:{folder}")
    tokens = signature.layout == "tokens"
    name = f"AutoModelFor{'Sequence' if tokens else 'Image'}Classification"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network, told = getattr(transformers, name).from_pretrained(
                folder, output_loading_info=True, **options
            )
    except Exception as error:  # a foreign config may fail in any way
        raise unloadable(f"hf:{folder}", error) from error
    vocabulary = getattr(network.config, "vocab_size", None)
    if signature.vocabulary is not None and vocabulary and vocabulary < signature.vocabulary:
        raise ValueError(
            f"hf:{folder} has {vocabulary} token ids, but the task has {signature.vocabulary}; "
            "give the folder of its tokenizer with --tokenizer."
        )
    network = network.float().train()  # half precision is for storage: it trains to NaN
    network.made_new = absent_parameters(told)
    check_weights(network, network.made_new, f"hf:{folder}")
    return adapted(network, signature, resolution, _padding(folder, network.config))


def _padding(folder: Path, config: Any) -> int:
    """The id of padding, by the folder's tokenizer or else by its settings."""
    if has_tokenizer(folder):
        return special_ids(load_tokenizer(folder))["[PAD]"]
    return int(getattr(config, "pad_token_id", 0) or 0)


def transformers_model(folder: Path) -> Any:
    """A saved Hugging Face model without a readout, in evaluation mode; nothing is downloaded.

    Raises:
        ValueError: if it can't be loaded.
    """
    options = {"local_files_only": True, "trust_remote_code": False}
    options["ignore_mismatched_sizes"] = True  # which are then named
    refuse_pointers(folder)
    if (folder / "config.json").is_file():
        check_sizes(read_json(folder / "config.json"), f"{folder}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network, told = imported("transformers").AutoModel.from_pretrained(
                folder, output_loading_info=True, **options
            )
    except Exception as error:  # a foreign config may fail in any way
        raise unloadable(f"{folder}", error) from error
    check_weights(network, absent_parameters(told), f"{folder}")
    return network.eval()


def _from_config(facts: dict[str, Any], signature: Signature, resolution: int) -> nn.Module:
    """A network of the transformers package without its parameters' values."""
    transformers = imported("transformers")
    config, pad = facts.get("config", {}), facts.get("pad", 0)
    check_sizes(config, "The model's folder")
    tokens = signature.layout == "tokens"
    name = f"AutoModelFor{'Sequence' if tokens else 'Image'}Classification"
    try:
        kind = transformers.CONFIG_MAPPING[str(config.get("model_type"))]
        made = getattr(transformers, name).from_config(
            kind.from_dict(config), trust_remote_code=False
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"The model's network can't be built ({error}); save it again.") from error
    return adapted(made.float(), signature, resolution, pad)


def _from_file(source: str, signature: Signature) -> nn.Module:
    file, _, function = source.rpartition(":")
    path = Path(file)
    if not path.is_file():
        raise ValueError(f"{source} names {path}, which is no file; check the path.")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # the user's own file may fail in any way
        raise ValueError(f"{path} failed: {type(error).__name__}: {error}") from error
    if not callable(getattr(module, function, None)):
        raise ValueError(f"{path} has no function {function!r}; define {function}(signature).")
    network = getattr(module, function)(signature)
    if not isinstance(network, nn.Module):
        raise ValueError(
            f"{source} must return a torch.nn.Module, but it returned a {type(network).__name__}."
        )
    return network


def _forms(source: str) -> str:
    return f"A source is timm:NAME, hf:FOLDER or FILE.py:FUNCTION, but it is {source!r}."


def _needs(layout: str, signature: Signature, source: str) -> None:
    if signature.layout != layout:
        raise ValueError(
            f"{source} reads {layout} inputs, but this task gives a {signature.layout}; "
            f"write a FILE.py:FUNCTION that reads it."
        )
