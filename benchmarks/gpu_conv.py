"""Convolutions of many replicas: grouped (what vmap makes of them) or as matrix products.

python benchmarks/gpu_conv.py
"""

from collections.abc import Callable

import torch
from gpu_part import device, graphed, machine, milliseconds, table, turn
from torch import Tensor
from torch.nn import functional

from priorscope.nn.gemm import use_exact_products
from priorscope.nn.replica_convolution import ConvolutionsAsProducts

LAYERS = ((1, 32, 28), (32, 64, 14), (64, 128, 7))  # channels in, out, side: cnn on Fashion-MNIST
BATCH = 64


def grouped(x: Tensor, w: Tensor) -> Tensor:
    """One convolution with as many groups as replicas."""
    replicas, batch, channels, *side = x.shape
    joined = x.transpose(0, 1).reshape(batch, replicas * channels, *side)
    out = functional.conv2d(joined, w.flatten(0, 1), padding=1, groups=replicas)
    return out.view(batch, replicas, -1, *side).transpose(0, 1)


def products(x: Tensor, w: Tensor) -> Tensor:
    """What populations on a GPU do."""
    with ConvolutionsAsProducts():
        return torch.vmap(lambda a, b: functional.conv2d(a, b, padding=1))(x, w)


def one_by_one(x: Tensor, w: Tensor) -> Tensor:
    """A convolution for each replica."""
    pairs = zip(x.unbind(0), w.unbind(0), strict=True)
    return torch.stack([functional.conv2d(a, b, padding=1) for a, b in pairs])


WAYS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "grouped": grouped,
    "products": products,
    "one by one": one_by_one,
}


def step(way: Callable[[Tensor, Tensor], Tensor], x: Tensor, w: Tensor) -> Callable[[], object]:
    def run() -> object:
        out = way(x, w)
        wanted = [w, x] if x.requires_grad else [w]
        return torch.autograd.grad(out.sum() + (out * out).sum(), wanted)

    return run


def main() -> None:
    on_gpu = torch.cuda.is_available()
    counts = (15, 75, 180) if on_gpu else (2,)
    rows = []
    with turn():
        for tf32, search in ((False, False), (False, True), (True, False)):
            torch.backends.cudnn.benchmark = search
            precision = "tf32" if tf32 else "ieee"
            use_exact_products(not tf32)
            for replicas in counts:
                for name, way in WAYS.items():
                    if search and way is products:
                        continue
                    cells: list[object] = [
                        precision + (", search" if search else ""),
                        replicas,
                        name,
                    ]
                    for first, (channels, width, side) in enumerate(LAYERS):
                        try:
                            made = torch.randn(
                                replicas, BATCH, channels, side, side, device=device()
                            )
                            x = made.requires_grad_(first > 0)
                            w = torch.randn(replicas, width, channels, 3, 3, device=device())
                            run = step(way, x, w.requires_grad_())
                            cells.append(milliseconds(graphed(run) if on_gpu else run, 3, 1))
                        except RuntimeError as error:
                            cells.append(str(error).splitlines()[0][:40])
                    rows.append(cells)
                    print(cells, flush=True)
    print(f"\n## Convolutions of replicas, forward and backward, ms; batch {BATCH}; {machine()}\n")
    print(table(["precision", "replicas", "way", *map(str, LAYERS)], rows))


if __name__ == "__main__":
    main()
