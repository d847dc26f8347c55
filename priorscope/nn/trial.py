"""One forward pass of a network from elsewhere, before anything is planned around it."""

from functools import lru_cache
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from priorscope.core.seeds import global_seed
from priorscope.core.signature import Signature

SHOWN = 200  # characters of a foreign error


@runtime_checkable
class Buildable(Protocol):
    """A config of a network."""

    def build(self, signature: Signature, /) -> nn.Module:
        """The network; ValueError if there is none for such data."""
        ...

    def name(self) -> str:
        """What it is called."""
        ...


@lru_cache(maxsize=64)
def problem_of(config: Buildable, signature: Signature) -> str | None:
    """Why a config's network can't learn from such data, as a sentence; or None."""
    name = getattr(config, "source", "") or config.name()
    try:
        with global_seed(0, "trial"):
            network = config.build(signature)
    except ValueError as error:
        return str(error)
    except Exception as error:  # foreign code may fail in any way
        what = f"{type(error).__name__}: {first_line(error)}"
        return f"{name} can't be built for such data ({what}); repair it, or leave it out."
    reason = why_not_fitting(network, signature)
    if reason is None:
        return None
    way_out = "name a network for such data"
    if signature.layout == "image":
        way_out = "reduce the images to what it was made for (resolution), or name another"
    return f"{name} can't learn from inputs of {signature.input_shape}: {reason}; {way_out}."


def first_line(error: Exception) -> str:
    """What a foreign error says, on one line."""
    return " ".join(str(error).split())[:SHOWN]


def why_not_fitting(network: Any, signature: Signature) -> str | None:
    """Why this network can't learn from such data, as the end of a sentence; or None.

    It gets two examples, of ones or of the last token, and must give (2, outputs).
    """
    if not isinstance(network, nn.Module):
        return f"it is a {type(network).__name__}, not a torch.nn.Module"
    inputs = torch.ones((2, *signature.input_shape))
    if signature.vocabulary is not None:
        inputs = torch.full(inputs.shape, signature.vocabulary - 1, dtype=torch.int64)
    training = network.training
    try:
        with torch.no_grad():
            outputs = network.eval()(inputs)
    except Exception as error:  # foreign code may fail in any way
        return f"it fails ({type(error).__name__}: {first_line(error)})"
    finally:
        network.train(training)
    if not isinstance(outputs, Tensor):
        return f"it gives a {type(outputs).__name__}"
    if tuple(outputs.shape) != (2, signature.output_size):
        return f"it gives {tuple(outputs.shape)} for two examples, not (2, {signature.output_size})"
    return None
