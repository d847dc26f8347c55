"""What stands around a network from elsewhere, so that it takes inputs as they are here."""

import importlib
from collections.abc import Iterable
from types import ModuleType
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Integer
from torch import Tensor, nn

from priorscope.core.printable import printable
from priorscope.core.signature import Signature
from priorscope.nn.trial import first_line

FILLED_UP = 1.1  # times its tokenizer's ids: a table that was filled up to a round number

LARGEST = {  # by what the name of a setting holds, in this order
    **dict.fromkeys(("layer_norm", "eps", "std", "range"), 10**9),
    **dict.fromkeys(("layers", "n_layer", "depth", "blocks"), 1000),
    **dict.fromkeys(("size", "dim", "width", "d_model", "d_ff", "n_embd", "heads"), 2 * 10**6),
}


class Resized(nn.Module):
    """Images resized to a square before the network sees them."""

    def __init__(self, network: nn.Module, resolution: int):
        super().__init__()
        self.network = network
        self.resolution = resolution

    def forward(
        self, images: Float[Tensor, "batch rows columns channels"]
    ) -> Float[Tensor, "batch classes"]:
        size = (self.resolution, self.resolution)
        resized = F.interpolate(images.movedim(-1, 1), size, mode="bilinear", antialias=True)
        return self.network(resized.movedim(1, -1))


class ChannelsFirstNetwork(nn.Module):
    """A network that wants (batch, channels, rows, columns).

    channels: how many it wants; 0: as many as there are. Grey images are repeated, colours are
        averaged to grey.
    """

    def __init__(self, network: nn.Module, channels: int = 0):
        super().__init__()
        self.network, self.channels = network, channels

    def forward(
        self, images: Float[Tensor, "batch rows columns channels"]
    ) -> Float[Tensor, "batch classes"]:
        first = images.movedim(-1, 1)
        if self.channels and self.channels != first.shape[1]:
            grey = first.mean(dim=1, keepdim=True)
            first = grey.expand(-1, self.channels, -1, -1)
        return _logits(self.network(first))


class TokenNetwork(nn.Module):
    """A Hugging Face network for token ids; id 0 is padding.

    pad: what the network itself calls padding; it and 0 have changed places in the ids.
    """

    def __init__(self, network: nn.Module, pad: int = 0):
        super().__init__()
        self.network, self.pad = network, pad

    def forward(self, ids: Integer[Tensor, "batch tokens"]) -> Float[Tensor, "batch classes"]:
        ids = ids.long()
        mask = (ids != 0).long()
        if self.pad:
            ids = torch.where(ids == 0, self.pad, torch.where(ids == self.pad, 0, ids))
        return _logits(self.network(input_ids=ids, attention_mask=mask))


def new_parameters(network: nn.Module) -> tuple[str, ...]:
    """Names of the parameters that a saved network came without; () where nobody noted it."""
    inside = (getattr(module, "made_new", ()) for module in network.modules())
    return next((tuple(names) for names in inside if names), ())


def absent_parameters(told: Any) -> tuple[str, ...]:
    """Names of parameters that a folder has not, or in another shape.

    told: what the transformers package says of its loading.
    """
    other = [one if isinstance(one, str) else one[0] for one in told.get("mismatched_keys", ())]
    return tuple(sorted({*told.get("missing_keys", ()), *other}))


def check_weights(network: nn.Module, absent: Iterable[str], source: str) -> None:
    """Refuse a network that was saved in part, or with values that are no numbers.

    A readout may be new, and a pooler; what lies below must come from the folder, as it would
    begin at random without a word.

    absent: names of parameters that the folder has not.

    Raises:
        ValueError: naming the first parameter.
    """
    named = dict(network.named_parameters())
    prefix = getattr(network, "base_model_prefix", "")
    below = f"{prefix}." if any(name.startswith(f"{prefix}.") for name in named) else ""
    lost = [n for n in absent if n in named and n.startswith(below) and "pooler" not in n]
    if lost:
        raise ValueError(
            f"{source} lacks {len(lost):,} of its network's parameters, or has them in another "
            f"shape (first: {printable(lost[0], 80)}), which would begin at random; copy the "
            "folder again."
        )
    for name, values in named.items():
        if not bool(values.isfinite().all()):
            raise ValueError(
                f"{source} holds values that are no numbers in {printable(name, 80)}; copy the "
                "folder again."
            )


def adapted(network: Any, signature: Signature, resolution: int, pad: int) -> nn.Module:
    """A network of the transformers package around which inputs are as they are here.

    Images get the channels and, unless a resolution is asked for, the size that it was made for.
    """
    if signature.layout == "tokens":
        return TokenNetwork(network, pad)
    size = getattr(network.config, "image_size", None)
    wrapped = ChannelsFirstNetwork(network, int(getattr(network.config, "num_channels", 0) or 0))
    if isinstance(size, int) and not resolution and (size, size) != signature.input_shape[:2]:
        return Resized(wrapped, size)
    return wrapped


def _logits(output: Any) -> Tensor:
    """Logits of a Hugging Face output, its first token where it has no readout; or the tensor."""
    if isinstance(output, Tensor):
        return output
    return output.logits if hasattr(output, "logits") else output.last_hidden_state[:, 0]


def check_sizes(config: Any, source: str) -> None:
    """Refuse sizes that no network has, before one of such sizes is built.

    config: content of a `config.json` of the transformers package, with those of its parts.

    Raises:
        ValueError: naming the first of them.
    """
    for name, value in config.items() if isinstance(config, dict) else ():
        if isinstance(value, dict):
            check_sizes(value, source)
        most = next((most for part, most in LARGEST.items() if part in name), 0)
        listed = value if isinstance(value, list) else [value]
        if most and any(isinstance(one, int | float) and one > most for one in listed):
            raise ValueError(
                f"{source}: config.json has {printable(name)} {printable(str(value), 40)}, but it "
                f"is at most {most:,}; copy the folder again."
            )


def unloadable(source: str, error: Exception) -> ValueError:
    """What to raise where the transformers package can't load a folder."""
    return ValueError(
        f"{source} can't be loaded ({first_line(error)}); only architectures of the transformers "
        "package are, and Python in a model folder is never run."
    )


def imported(package: str) -> ModuleType:
    """A package that isn't of ours, told to be quiet.

    Raises:
        ValueError: if it can't be imported.
    """
    try:
        module = importlib.import_module(package)
        if package == "transformers":  # its bars and tables would stand between our sentences
            module.logging.set_verbosity_error()
            module.logging.disable_progress_bar()
        return module
    except ImportError as error:
        raise ValueError(
            f"{package} can't be imported ({error}); install it, and with timm a torchvision that "
            f"was built for this torch."
        ) from error
