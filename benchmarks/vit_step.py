"""ViT-S/16 at 224 pixels beside transformers (and timm, where it is installed): images a second.

Inference without gradients; training is forward, cross-entropy and backward, without the
optimiser, which is torch's own for all. No dropout, as published for ViT-S.

    python benchmarks/vit_step.py --batch 8 --repeats 5
"""

import importlib.util
import tempfile
from collections.abc import Callable
from pathlib import Path

import cyclopts
import torch
import torch.nn.functional as F
import transformers
from side_by_side import Contender, alternate, conditions, has_bfloat16_units, publish, table
from torch import Tensor, nn

from priorscope.vit.folder import save_vit, to_timm
from priorscope.vit.network import VisionTransformer
from priorscope.vit.shape import VitShape, vit_shape

Network = tuple[str, Callable[[Tensor], Tensor], nn.Module]


def networks(shape: VitShape) -> list[Network]:
    """Ours and the peers: name, channels-last images -> logits, module. All have our weights."""
    torch.manual_seed(0)
    ours = VisionTransformer(shape)
    with tempfile.TemporaryDirectory() as folder:
        save_vit(ours, folder)
        peer = transformers.ViTForImageClassification.from_pretrained(folder)
    found: list[Network] = [
        ("priorscope", ours, ours),
        ("transformers", lambda x: peer(x.movedim(-1, 1)).logits, peer),
    ]
    if importlib.util.find_spec("timm") is not None:
        import timm

        other = timm.create_model("vit_small_patch16_224", num_classes=shape.num_classes)
        other.load_state_dict(to_timm(ours))
        found.append(("timm", lambda x: other(x.movedim(-1, 1)), other))
    return found


def contenders(shape: VitShape, images: Tensor, training: bool) -> list[Contender]:
    """Each network on these images, peers with the default GEMM and, in float32, the fast one."""
    targets = torch.arange(len(images)) % shape.num_classes
    dtype = images.dtype
    name = str(dtype).removeprefix("torch.")
    found = []
    for who, call, module in networks(shape):
        module.to(dtype).train(training)

        def run(call: Callable[[Tensor], Tensor] = call, module: nn.Module = module) -> None:
            if training:
                module.zero_grad()
                F.cross_entropy(call(images).float(), targets).backward()
            else:
                with torch.no_grad():
                    call(images)

        ours = who == "priorscope"
        if ours or dtype == torch.float32:
            found.append(Contender(who, f"{name}, fast GEMM", run, dtype, fast_gemm=True))
        if not ours:
            found.append(Contender(who, f"{name}, default GEMM", run, dtype))
    return found


def largest_difference(shape: VitShape, images: Tensor) -> float:
    """Of the logits, ours against each peer's, for the same weights."""
    with torch.no_grad():
        ours, *others = (call(images) for _, call, module in networks(shape) if module.eval())
    return max((ours - other).abs().max().item() for other in others)


def vit_flops(shape: VitShape, training: bool) -> float:
    """Matrix products of one image, as in `train.flops`; all tokens in all blocks count."""
    tokens = shape.grid[0] * shape.grid[1] + 1
    width, pixels = shape.width, shape.patch[0] * shape.patch[1] * shape.image[2]
    per_token = 2 * (4 * width**2 + 2 * width * shape.mlp_width)
    blocks = shape.depth * (per_token * tokens + 4 * width * tokens**2)
    ends = 2 * (tokens - 1) * pixels * width + 2 * width * shape.num_classes
    return (3 if training else 1) * float(blocks + ends)


def main(*, batch: int = 8, repeats: int = 5, threads: int = 1, out: Path | None = None) -> None:
    """Compare inference and training in float32 and, where the CPU has the units, bfloat16."""
    torch.set_num_threads(threads)
    shape = vit_shape("small")
    stream = torch.Generator().manual_seed(0)
    images = torch.randn(batch, *shape.image, generator=stream)
    difference = largest_difference(shape, images[:2])
    parts = [
        f"## ViT-S/16, {shape.image[0]} px, batches of {batch}",
        conditions(threads, repeats, transformers=transformers.__version__),
        f"Same weights, float32: the logits differ by at most {difference:.1e}.",
    ]
    halves = has_bfloat16_units(threads)
    for dtype in [torch.float32, torch.bfloat16] if halves else [torch.float32]:
        for training in (False, True):
            rows = contenders(shape, images.to(dtype), training)
            alternate(rows, repeats, threads)
            shown = table(rows, batch, "images/s", batch * vit_flops(shape, training))
            title = f"{'Training' if training else 'Inference'}, {str(dtype)[6:]}"
            parts.append(f"### {title}\n\n{shown}")
            publish("\n\n".join(parts), out)
    if not halves:
        parts.append(
            "bfloat16 is skipped: on this CPU its matrix products are slower than float32's."
        )
        publish("\n\n".join(parts), out)


if __name__ == "__main__":
    cyclopts.run(main)
