"""Networks that Python code hands over: classes and instances of `nn.Module`, by fingerprint.

They are no files, so they travel to workers inside batches, and a model folder never holds them.
"""

import copy
import inspect
from typing import Any

from torch import Tensor, nn

from priorscope.core.signature import Signature
from priorscope.nn.live_digest import live_digest
from priorscope.nn.trial import why_not_fitting

LIVE: dict[str, Any] = {}  # fingerprint -> class, function or instance


def is_module(given: Any) -> bool:
    """Whether it is an instance or a class of `nn.Module`."""
    return isinstance(given, nn.Module) or (
        isinstance(given, type) and issubclass(given, nn.Module)
    )


def keep(given: Any) -> tuple[str, str]:
    """(name, fingerprint) of a module, which `made` finds from now on in this process."""
    kind = given if isinstance(given, type) else type(given)
    fingerprint = live_digest(given)
    LIVE[fingerprint] = given
    return kind.__qualname__.rpartition(".")[2], fingerprint


def made(fingerprint: str, name: str, signature: Signature) -> nn.Module:
    """A network that reads (batch, *input_shape) and gives (batch, output_size).

    A class is called without arguments, or with the signature if it needs one; an instance is
    copied with the parameters that it has. Images and series are handed over in torch's order,
    (batch, channels, ...), or as they are where the module refuses that.

    Raises:
        ValueError: if there is no such module here, it can't be made, or it doesn't fit.
    """
    if fingerprint not in LIVE:
        raise ValueError(
            f"The network {name} is a class of somebody's Python code; hand it over again."
        )
    given = LIVE[fingerprint]
    if isinstance(given, nn.Module):
        return _fitted(copy.deepcopy(given), name, signature)
    try:
        needs = [
            parameter
            for parameter in inspect.signature(given).parameters.values()
            if parameter.default is parameter.empty
            and parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        ]
        network = given(signature) if len(needs) == 1 else given()
    except Exception as error:  # the user's own code may fail in any way
        raise ValueError(
            f"{name} can't be made ({type(error).__name__}: {error}); give it defaults, one "
            "argument that is the signature, or hand over an instance."
        ) from error
    return _fitted(network, name, signature)


class WithChannelsFirst(nn.Module):
    """A module that wants (batch, channels, ...)."""

    def __init__(self, module: nn.Module):
        super().__init__()
        self.module = module

    def forward(self, inputs: Tensor) -> Tensor:
        """(batch, ..., channels) -> (batch, outputs)."""
        return self.module(inputs.movedim(-1, 1))


class Tokens(nn.Module):
    """A module that wants int64 ids, as an embedding does."""

    def __init__(self, module: nn.Module):
        super().__init__()
        self.module = module

    def forward(self, inputs: Tensor) -> Tensor:
        """(batch, tokens) -> (batch, outputs)."""
        return self.module(inputs.long())


def _fitted(network: nn.Module, name: str, signature: Signature) -> nn.Module:
    if signature.layout == "tokens":
        ways: list[nn.Module] = [Tokens(network)]
    elif len(signature.input_shape) > 1:
        ways = [WithChannelsFirst(network), network]
    else:
        ways = [network]
    reasons = []
    for way in ways:
        reason = why_not_fitting(way, signature)
        if reason is None:
            return way
        reasons.append(reason)
    raise ValueError(
        f"{name} must give (batch, {signature.output_size}) for inputs of "
        f"{signature.input_shape}, but {reasons[-1]}."
    )
