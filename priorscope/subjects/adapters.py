"""How attention is read off networks of different origins; `subject` finds the way.

Nothing is imported from other libraries: their networks are recognised by what they have.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from jaxtyping import Shaped
from torch import Tensor, nn

from priorscope.core.signature import Signature
from priorscope.nn.attention import SelfAttention, attention_maps
from priorscope.nn.stem import input_mask
from priorscope.subjects import Attention, AttentionMaps, Subject, UnreadableAttention
from priorscope.wording.page import english


def subject(
    network: nn.Module, inputs: Shaped[Tensor, "batch ..."], signature: Signature
) -> Subject:
    """A network ready to be measured; with its attention, if it has any that can be read.

    Ours, Hugging Face's, timm's, and any module with `torch.nn.MultiheadAttention`.
    """
    for adapter in ADAPTERS:
        if (attention := adapter(network, signature)) is not None:
            return Subject(network, inputs, signature, attention)
    return Subject(network, inputs, signature)


def ours(network: nn.Module, signature: Signature) -> Attention | None:
    """A network of this library that says where its tokens lie."""
    has_attention = any(isinstance(m, SelfAttention) for m in network.modules())
    if not has_attention or not hasattr(network, "token_layout"):
        return None
    layout: Any = network.token_layout

    def attention(inputs: Tensor) -> AttentionMaps:
        with torch.no_grad(), attention_maps(network) as maps:
            network(inputs)
            blocks = tuple(maps.values())
        grid, leading, valid = layout(inputs)
        return AttentionMaps(blocks, grid, leading, valid)

    return attention


def hugging_face(network: nn.Module, signature: Signature) -> Attention | None:
    """A `PreTrainedModel`, alone or inside another module, with an image or token ids as input."""
    model: Any = _first(network, lambda m: hasattr(m, "set_attn_implementation"))
    if model is None or signature.layout not in ("image", "tokens") or not _attends(model):
        return None

    def attention(inputs: Tensor) -> AttentionMaps:
        with torch.no_grad(), _eager(model), _kept_outputs(model) as outputs:
            network(inputs)
        maps = tuple(getattr(outputs[-1], "attentions", None) or ())
        if signature.layout == "tokens":
            return AttentionMaps(maps, (1, inputs.shape[1]), 0, input_mask(signature, inputs))
        grid = _patches(model.config)
        leading = maps[0].shape[-1] - grid[0] * grid[1] if maps else 0
        return AttentionMaps(maps, grid, leading)

    return attention


def _attends(model: nn.Module) -> bool:
    """Whether any part of it is called attention, as in all of Hugging Face's networks."""
    return any("attention" in type(module).__name__.lower() for module in model.modules())


def _patches(config: Any) -> tuple[int, int]:
    """Rows and columns of patches of a network that keeps one grid in all of its blocks."""
    sizes: list[Any] = [getattr(config, name, None) for name in ("image_size", "patch_size")]
    image, patch = (one if isinstance(one, tuple | list) else (one, one) for one in sizes)
    if None in (*image, *patch):
        raise UnreadableAttention(english("probe.several_grids", options="image_size, patch_size"))
    return image[0] // patch[0], image[1] // patch[1]


def timm(network: nn.Module, signature: Signature) -> Attention | None:
    """A vision transformer of timm, alone or inside another module."""
    model: Any = _first(
        network, lambda m: hasattr(m, "patch_embed") and hasattr(m, "num_prefix_tokens")
    )
    if model is None:
        return None
    layers: list[Any] = [m for m in model.modules() if hasattr(m, "fused_attn")]

    def attention(inputs: Tensor) -> AttentionMaps:
        maps: list[Tensor] = []
        handles = [
            layer.attn_drop.register_forward_pre_hook(lambda _, args: maps.append(args[0].detach()))
            for layer in layers
        ]
        before = [layer.fused_attn for layer in layers]
        try:
            for layer in layers:
                layer.fused_attn = False
            with torch.no_grad():
                network(inputs)
        finally:
            for layer, fused in zip(layers, before, strict=True):
                layer.fused_attn = fused
            for handle in handles:
                handle.remove()
        rows, columns = model.patch_embed.grid_size
        return AttentionMaps(tuple(maps), (rows, columns), model.num_prefix_tokens)

    return attention


def multihead(network: nn.Module, signature: Signature) -> Attention | None:
    """Any module with `torch.nn.MultiheadAttention` over the tokens of a sequence."""
    layers = [m for m in network.modules() if isinstance(m, nn.MultiheadAttention)]
    if not layers or signature.layout == "image":
        return None
    tokens = signature.input_shape[0]

    def attention(inputs: Tensor) -> AttentionMaps:
        with torch.no_grad(), _kept_weights(layers) as maps:
            network(inputs)
        leading = max(0, maps[0].shape[-1] - tokens) if maps else 0
        return AttentionMaps(tuple(maps), (1, tokens), leading, input_mask(signature, inputs))

    return attention


ADAPTERS: tuple[Callable[[nn.Module, Signature], Attention | None], ...] = (
    ours,
    hugging_face,
    timm,
    multihead,
)


def _first(network: nn.Module, fits: Callable[[nn.Module], bool]) -> nn.Module | None:
    return next((module for module in network.modules() if fits(module)), None)


@contextmanager
def _eager(model: Any) -> Iterator[None]:
    """Attention weights are computed, and handed back, while the block runs."""
    before = model.config._attn_implementation
    handed_back = model.config.output_attentions
    model.set_attn_implementation("eager")
    model.config.output_attentions = True
    try:
        yield
    finally:
        model.config.output_attentions = handed_back
        model.set_attn_implementation(before)


@contextmanager
def _kept_outputs(model: nn.Module) -> Iterator[list[Any]]:
    outputs: list[Any] = []
    handle = model.register_forward_hook(lambda _, args, output: outputs.append(output))
    try:
        yield outputs
    finally:
        handle.remove()


@contextmanager
def _kept_weights(layers: list[nn.MultiheadAttention]) -> Iterator[list[Tensor]]:
    """Weights by head of every layer; torch's fused path, which has none, is off meanwhile."""
    maps: list[Tensor] = []

    def ask(_: nn.Module, args: Any, kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        return args, {**kwargs, "need_weights": True, "average_attn_weights": False}

    def keep(_: nn.Module, args: Any, output: tuple[Tensor, Tensor]) -> None:
        maps.append(output[1].detach())

    handles = [layer.register_forward_pre_hook(ask, with_kwargs=True) for layer in layers]
    handles += [layer.register_forward_hook(keep) for layer in layers]
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield maps
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
        for handle in handles:
            handle.remove()
