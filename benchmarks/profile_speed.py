"""Seconds of every measure of a profile, of a network as large as ViT-S/16, on 256 images of 64 px.

python benchmarks/profile_speed.py [cpu|cuda] [threads]
"""

import dataclasses
import sys
import time

import torch

from priorscope.core.signature import Signature
from priorscope.measures.probes import PROBES, probed
from priorscope.measures.probes.lie_derivative import lie_derivative
from priorscope.models.vit import Vit
from priorscope.profiles.take import ORDER, answered, fitted
from priorscope.subjects.adapters import subject
from priorscope.targets.classes import Classes


def main(device: str, threads: int) -> None:
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    signature = Signature(input_shape=(64, 64, 3), target=Classes(num_classes=10))
    network = Vit(width=384, depth=12, num_heads=6, patch=16).build(signature).eval().to(device)
    x = torch.randn(256, 64, 64, 3).to(device)
    targets = torch.randint(10, (256,)).to(device)
    plain = dataclasses.replace(subject(network, x, signature), targets=targets)
    one = answered(fitted(plain, 2e9))
    print(f"{sum(p.numel() for p in network.parameters()):,} parameters on {device}")
    small = torch.randn(32, 64, 64, 3).to(device)
    lie_derivative(network, small, "rotation")  # torch loads its rules for forward derivatives
    forward = timed(lambda: network(small), device)
    derivative = timed(lambda: lie_derivative(network, small, "rotation"), device)
    print(f"a Lie derivative costs {derivative / forward:.2f} forward passes")
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


@torch.no_grad()
def timed(run, device: str) -> float:
    """The median of five, in seconds."""
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        run()
        if device == "cuda":
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - started)
    return sorted(seconds)[2]


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "cpu", int(sys.argv[2]) if len(sys.argv) > 2 else 2)
