"""Seconds of every measure of a profile, of a network as large as ViT-S/16, on 256 images of 64 px.

python benchmarks/profile_speed.py [cpu|cuda] [threads]
python benchmarks/profile_speed.py [cpu|cuda] [threads] lie    # the cost of a Lie derivative alone
"""

import dataclasses
import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from priorscope.core.signature import Signature
from priorscope.measures.probes import PROBES, probed
from priorscope.measures.probes._generators import IMAGE
from priorscope.measures.probes.lie_derivative import lie_derivative, lie_derivatives
from priorscope.models.cnn import CNN
from priorscope.models.vit import Vit
from priorscope.profiles.take import ORDER, answered, fitted
from priorscope.subjects.adapters import subject
from priorscope.targets.classes import Classes

SIGNATURE = Signature(input_shape=(64, 64, 3), target=Classes(num_classes=10))
VIT = Vit(width=384, depth=12, num_heads=6, patch=16)


def main(device: str, threads: int) -> None:
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    network = VIT.build(SIGNATURE).eval().to(device)
    x = torch.randn(256, 64, 64, 3).to(device)
    targets = torch.randint(10, (256,)).to(device)
    plain = dataclasses.replace(subject(network, x, SIGNATURE), targets=targets)
    one = answered(fitted(plain, 2e9))
    print(f"{sum(p.numel() for p in network.parameters()):,} parameters on {device}")
    total, spent = time.perf_counter(), time.process_time()
    for name in ORDER:
        if name == "memorisation":
            continue
        started = time.perf_counter()
        result = probed(PROBES[name](), one)
        reasons = {r.reason for r in result.readings if r.value is None}
        print(f"{name:16} {time.perf_counter() - started:7.2f} s  {reasons or ''}", flush=True)
    print(f"all              {time.perf_counter() - total:7.2f} s, "
          f"{time.process_time() - spent:.1f} CPU seconds")  # fmt: skip


def lie(device: str, threads: int, pairs: int = 21) -> None:
    """Derivatives of 16 images beside plain passes of the same, in turns."""
    torch.set_num_threads(threads)
    x = torch.randn(16, 64, 64, 3).to(device)
    for name, model in (("CNN", CNN()), ("ViT-S/16", VIT)):
        torch.manual_seed(0)
        network = model.build(SIGNATURE).eval().to(device)
        ways = {
            "alone": lambda f=network: lie_derivative(f, x, "rotation"),
            "each of six at once": lambda f=network: lie_derivatives(f, x, IMAGE),
        }
        for way, run in ways.items():
            run()  # torch loads its rules for forward derivatives
            count = 1 if way == "alone" else len(IMAGE)
            ratios = [timed(run, device) / timed(plain(network, x), device) for _ in range(pairs)]
            shares = sorted(ratio / count for ratio in ratios)
            between = f"{shares[0]:.2f} to {shares[-1]:.2f}; {threads} threads, {pairs} pairs"
            print(f"{name}, {way}: {shares[pairs // 2]:.2f} passes ({between})", flush=True)


def plain(network: nn.Module, x: Tensor) -> Callable[[], Tensor]:
    @torch.no_grad()
    def run() -> Tensor:
        return network(x)

    return run


def timed(run: Callable[[], object], device: str) -> float:
    """Wall seconds."""
    started = time.perf_counter()
    run()
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - started


if __name__ == "__main__":
    device, threads, *rest = [*sys.argv[1:], *("cpu", "2")[len(sys.argv) - 1 :]]
    (lie if rest else main)(device, int(threads))
