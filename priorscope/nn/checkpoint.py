"""Reading and writing networks' tensors: safetensors, or old pickles of nothing but tensors."""

import errno
import hashlib
import pickle
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from priorscope.core.files import whole
from priorscope.core.json_files import read_json
from priorscope.core.lfs import refuse_pointer
from priorscope.core.printable import cause

NAMES = ("model.safetensors", "pytorch_model.bin")  # whole, or sharded with `.index.json` added


def read_tensors(path: str | Path) -> dict[str, Tensor]:
    """All tensors of a file or of a folder in Hugging Face's layout, shards joined.

    Raises:
        ValueError: if nothing is there, or a file is damaged or holds more than tensors.
    """
    path = Path(path)
    if path.is_file():
        return _read_file(path)
    for name in NAMES:
        if (path / name).is_file():
            return _read_file(path / name)
        if (path / f"{name}.index.json").is_file():
            index = path / f"{name}.index.json"
            shards = read_json(index).get("weight_map", {})
            if not isinstance(shards, dict) or not all(isinstance(s, str) for s in shards.values()):
                raise ValueError(
                    f"{index} must name a file for each tensor; copy the whole folder again."
                )
            return _joined(path, sorted(set(shards.values())))
    raise ValueError(
        f"{path} holds no checkpoint; hand over a folder with {' or '.join(NAMES)}, or such a file."
    )


def write_tensors(
    path: str | Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None
) -> None:
    """Write a safetensors file, whole or not at all; values keep every bit.

    Raises:
        OSError: if it can't be written; the one before is as it was.
    """
    saved = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    with whole(Path(path)) as part:
        try:
            save_file(saved, part, metadata=dict(metadata or {"format": "pt"}))
        except SafetensorError as error:
            raise OSError(errno.EIO, str(error)) from error


def network_digest(folder: str | Path) -> str:
    """16 hex digits of the settings and the values in a folder, wherever it is.

    Files are read once per process, and again when their time or size has changed.

    Raises:
        ValueError: if there is no such folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ValueError(f"There is no folder {folder} with a pre-trained network.")
    return content_digest(p for p in folder.iterdir() if p.name in ("config.json", *NAMES))


def content_digest(files: Iterable[Path]) -> str:
    """16 hex digits of the files' names and contents; where they are is no part of it."""
    absolute = sorted(file.absolute() for file in files if file.is_file())  # pipes wait for ever
    return _content_digest(tuple((file, *stamp(file)) for file in absolute))


def stamp(file: Path) -> tuple[int, int]:
    """What changes when a file does: time in nanoseconds and size; 0 where there is none."""
    if not file.is_file():
        return 0, 0
    stats = file.stat()
    return stats.st_mtime_ns, stats.st_size


@lru_cache(maxsize=64)
def _content_digest(stamped: tuple[tuple[Path, int, int], ...]) -> str:
    """Of the files' names and contents."""
    content = hashlib.sha256()
    for file, *_ in stamped:
        content.update(file.name.encode())
        with file.open("rb") as stream:
            content.update(hashlib.file_digest(stream, "sha256").digest())
    return content.hexdigest()[:16]


def load_exactly(network: nn.Module, tensors: Mapping[str, Tensor], source: str | Path) -> None:
    """Copy tensors into the network's parameters and buffers of the same names.

    The network takes the tensors' dtype, if they share one.

    Raises:
        ValueError: if a tensor is missing, left over, or of another shape; all are named.
    """
    own = network.state_dict()
    missing = sorted(own.keys() - tensors.keys())
    extra = sorted(tensors.keys() - own.keys())
    misshapen = [
        f"{name} is {tuple(tensors[name].shape)} and not {tuple(own[name].shape)}"
        for name in sorted(own.keys() & tensors.keys())
        if tensors[name].shape != own[name].shape
    ]
    wrong = [("missing", missing), ("not part of it", extra), ("misshapen", misshapen)]
    faults = "; ".join(f"{what}: {', '.join(names)}" for what, names in wrong if names)
    if faults:
        raise ValueError(
            f"{source} must hold exactly the tensors of {type(network).__name__}, but {faults}. "
            f"Take the checkpoint of such a network, or build the network that it was saved from."
        )
    dtypes = {tensor.dtype for tensor in tensors.values() if tensor.is_floating_point()}
    if len(dtypes) == 1:
        network.to(dtypes.pop())  # so that no value is rounded
    network.load_state_dict(tensors)


def _joined(folder: Path, shards: list[str]) -> dict[str, Tensor]:
    absent = [name for name in shards if not (folder / name).is_file()]
    if absent or not shards:
        raise ValueError(
            f"{folder} lists shards that are not there: {', '.join(absent) or 'none at all'}; "
            f"copy the whole folder."
        )
    outside = [name for name in shards if Path(name).name != name]
    if outside:
        raise ValueError(f"{folder} names shards outside of it: {', '.join(outside)}; refused.")
    return {k: v for name in shards for k, v in _read_file(folder / name).items()}


def _read_file(path: Path) -> dict[str, Tensor]:
    refuse_pointer(path)
    if path.suffix == ".safetensors":
        try:
            return load_file(path)
        except SafetensorError as error:
            raise ValueError(
                f"{path} is not a safetensors file ({cause(error)}); download it again, or save it "
                "again."
            ) from None
    _refuse_packed(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about a protocol, where an error follows
            content = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else "empty"
        raise ValueError(
            f"{path} holds something other than tensors, and running a pickle could run anything "
            f"({reason}); save it as safetensors where you trust it."
        ) from None
    for wrapper in ("state_dict", "model"):  # how training scripts wrap a state dict
        if isinstance(content, dict) and isinstance(content.get(wrapper), dict):
            content = content[wrapper]
    if not isinstance(content, dict) or not all(isinstance(v, Tensor) for v in content.values()):
        raise ValueError(f"{path} must hold named tensors; save `network.state_dict()`.")
    return dict(content)


def _refuse_packed(path: Path) -> None:
    """Refuse what unpacks to more than its size: PyTorch writes its archives unpacked."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        if sum(info.file_size for info in archive.infolist()) > path.stat().st_size:
            raise ValueError(f"{path} is packed, which no checkpoint is; save it again.")
