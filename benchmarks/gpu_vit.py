"""ViT-S/16 at 224 pixels on a GPU beside timm, both compiled, bfloat16: images a second.

python benchmarks/gpu_vit.py --batch 256
"""

import importlib.util
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cyclopts
import torch
import torch.nn.functional as F
from gpu_part import device, machine, milliseconds, table, turn
from side_by_side import publish
from torch import Tensor, nn

from priorscope.vit.folder import to_timm
from priorscope.vit.network import VisionTransformer
from priorscope.vit.shape import VitShape, vit_shape


def step_of(
    call: Callable[[Tensor], Tensor], module: nn.Module, images: Tensor, training: bool
) -> Callable[[], object]:
    """Forward, cross-entropy, backward and fused AdamW; or forward alone."""
    targets = torch.arange(len(images), device=images.device) % 1000
    module.train(training)
    optimizer = torch.optim.AdamW(module.parameters(), lr=1e-4, fused=True)

    def train() -> None:
        optimizer.zero_grad()
        F.cross_entropy(call(images).float(), targets).backward()
        optimizer.step()

    def predict() -> None:
        with torch.no_grad():
            call(images)

    return train if training else predict


def networks(shape: VitShape) -> dict[str, tuple[Callable[[Tensor], Tensor], nn.Module]]:
    """Ours takes channels last, timm channels first; the same weights."""
    torch.manual_seed(0)
    ours = VisionTransformer(shape)
    made: dict[str, Any] = {"priorscope": (ours, ours)}
    if importlib.util.find_spec("timm") is not None:
        import timm

        peer = timm.create_model("vit_small_patch16_224", num_classes=shape.num_classes)
        peer.load_state_dict(to_timm(ours))
        made["timm"] = (lambda x: peer(x.movedim(-1, 1)), peer)
    return made


def main(*, batch: int = 256, compiled: bool = True, out: Path | None = None) -> None:
    """Time inference and training."""
    on_gpu = torch.cuda.is_available()
    batch, compiled = (batch, compiled) if on_gpu else (2, False)
    dtype = torch.bfloat16 if on_gpu else torch.float32
    shape = vit_shape("small")
    images = torch.randn(batch, *shape.image, device=device(), dtype=dtype)
    rows = []
    steps: list[tuple[str, str, Callable[[], object]]] = []
    for training in (True, False):
        for name, (call, module) in networks(shape).items():
            module.to(device(), dtype)
            try:
                started = time.perf_counter()
                if compiled:
                    call = torch.compile(call)
                step = step_of(call, module, images, training)
                step()
                step()
                torch.cuda.synchronize() if on_gpu else None
                print(name, f"{time.perf_counter() - started:.0f} s until warm", flush=True)
                steps.append(("training" if training else "inference", name, step))
            except Exception:  # one that fails doesn't stop the others
                traceback.print_exc()
    with turn():
        for _ in range(2 if on_gpu else 1):
            for kind, name, step in steps:
                ms = milliseconds(step, 10 if on_gpu else 1, 2 if on_gpu else 0)
                rows.append([kind, name, ms, f"{1000 * batch / ms:,.0f}"])
    head = ["", "who", "ms", "images/s"]
    publish(f"## ViT-S/16, batches of {batch}, {dtype}; {machine()}\n\n{table(head, rows)}", out)


if __name__ == "__main__":
    cyclopts.run(main)
