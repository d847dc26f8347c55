"""What the parts of benchmarks/gpu.sh share: the turn on the GPU, tables, timing."""

import contextlib
import fcntl
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch


@contextlib.contextmanager
def turn() -> Iterator[None]:
    """Only one part measures at a time, while others prepare; `GPU_TURN` is the lock's file."""
    name = os.environ.get("GPU_TURN")
    if not name:
        yield
        return
    with Path(name).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def device() -> torch.device:
    """The GPU, or the CPU to try a script without one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def synchronize() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def milliseconds(run: Callable[[], object], repeats: int = 10, warm_up: int = 3) -> float:
    """Wall time of one call, the median of `repeats`, the device finished each time."""
    for _ in range(warm_up):
        run()
    times = []
    for _ in range(repeats):
        synchronize()
        start = time.perf_counter()
        run()
        synchronize()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times)


def graphed(run: Callable[[], object]) -> Callable[[], object]:
    """The same as one CUDA graph; on a CPU as it is."""
    if not torch.cuda.is_available():
        return run
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(2):
            run()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        run()
    return graph.replay


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_shown(cell) for cell in line)} |" for line in lines)


def _shown(cell: object) -> str:
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


def machine() -> str:
    """One line: what this is measured on."""
    name = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    return f"{name}, torch {torch.__version__}, {os.cpu_count()} CPU cores"
