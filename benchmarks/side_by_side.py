"""Contenders timed in turns in one process, so that a busy machine slows all of them alike."""

import dataclasses
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from priorscope.nn.gemm import gemm, gemm_peak


@dataclasses.dataclass
class Contender:
    """One way to do the same work.

    run: does it once. conditions: what distinguishes this way, for the table.
    fast_gemm: whether float32 products go to oneDNN where that is exact.
    dtype: of the matrix products, for the share of the peak.
    seconds: what each repeat took.
    """

    name: str
    conditions: str
    run: Callable[[], object]
    dtype: torch.dtype = torch.float32
    fast_gemm: bool = False
    seconds: list[float] = dataclasses.field(default_factory=list)
    peaks: list[float] = dataclasses.field(default_factory=list)

    @property
    def median(self) -> float:
        """Seconds of one run."""
        return statistics.median(self.seconds)


def alternate(contenders: Sequence[Contender], repeats: int, threads: int) -> None:
    """Run each once unmeasured, then `repeats` times in turns; times go into the contenders.

    With one thread the clock is the process's CPU time, which another process on the same core
    does not lengthen; with more it is wall time. The GEMM peak of the contender's dtype and back
    end is measured by the same clock beside each repeat.
    """
    torch.set_num_threads(threads)
    clock = clock_of(threads)
    for repeat in range(repeats + 1):
        for contender in contenders:
            with gemm(fast=contender.fast_gemm):
                start = clock()
                contender.run()
                elapsed = clock() - start
                peak = gemm_peak(contender.dtype, threads, seconds=0.1, clock=clock)
            if repeat:
                contender.seconds.append(elapsed)
                contender.peaks.append(peak)


def clock_of(threads: int) -> Callable[[], float]:
    """The clock that other processes disturb least."""
    return time.process_time if threads == 1 else time.perf_counter


def has_bfloat16_units(threads: int) -> bool:
    """Whether bfloat16 products are faster than float32 ones here; without units they are slow."""
    half, single = (
        gemm_peak(dtype, threads, 0.1, size=256) for dtype in (torch.bfloat16, torch.float32)
    )
    return half > single


def table(
    contenders: Sequence[Contender], work: float, unit: str, flops: float | None = None
) -> str:
    """Markdown: one row a contender; the first is ours, `ratio` is how many times as fast it is.

    work: units of work in one run. flops: useful operations in one run, for the share of the peak.
    """
    ours = contenders[0]
    head = ["", "conditions", "s a run, median (range)", unit, "share of GEMM peak", "ratio"]
    lines = [f"| {' | '.join(head)} |", "|---|---|---|--:|--:|--:|"]
    for c in contenders:
        ratio = statistics.median(b / a for a, b in zip(ours.seconds, c.seconds, strict=True))
        share = "" if flops is None else f"{flops / c.median / statistics.median(c.peaks):.0%}"
        spread = f"{min(c.seconds):.3g} to {max(c.seconds):.3g}"
        lines.append(
            f"| {c.name} | {c.conditions} | {c.median:.3g} ({spread}) "
            f"| {work / c.median:,.4g} | {share} | {'' if c is ours else f'{ratio:.2f} ×'} |"
        )
    return "\n".join(lines)


def conditions(threads: int, repeats: int, **versions: str) -> str:
    """One paragraph: machine, back end, threads, clock, versions, number of repeats."""
    with gemm(fast=True) as backend:
        pass
    clock = "CPU time of the process" if threads == 1 else "wall time"
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    load = f"; load average {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{processor()}, {torch.backends.cpu.get_cpu_capability()}, {threads} thread(s), {clock}, "
        f"n = {repeats} alternating repeats after one unmeasured; torch {torch.__version__}, "
        f"{named}. Fast GEMM: {backend.name} ({backend.reason}){load}."
    )


def processor() -> str:
    """The CPU's name."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def publish(text: str, out: Path | None) -> None:
    """Print, and write to `out` if given."""
    print(text, flush=True)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text + "\n")
