"""The fastest exact matrix product of this CPU, and how fast it is."""

import dataclasses
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

_TOLERANCE = 2e-6  # of the largest element; float32 sums of 256 products err by about 3e-7
_SELF_TEST_SIZE = 256


@dataclasses.dataclass(frozen=True)
class GemmBackend:
    """Who computes float32 matrix products in this process.

    name: "oneDNN" after the switch, "default" (MKL or what torch was built with) otherwise.
    reason: why, as a sentence for `priorscope doctor`.
    """

    name: str
    reason: str


def use_fast_gemm() -> GemmBackend:
    """Send float32 matrix products to oneDNN where that is as exact and faster; once a process.

    With AVX-512 MKL uses half of what an AMD core can do; oneDNN uses it all. Torch hands it
    float32 products only under the setting that permits bfloat16 inside. Without AMX units oneDNN
    has no use for that permit and computes in float32; with AMX it would round, so there nothing
    is switched. A product is compared with float64 before the switch is kept.

    While it is on, `torch.get_float32_matmul_precision()` raises (torch 2.13): before code that
    asks for it, call `use_default_gemm`.
    """
    why_not = _why_not()
    if why_not is not None:
        return GemmBackend("default", why_not)
    settings = _settings()
    before = settings.fp32_precision
    settings.fp32_precision = "bf16"
    error = product_error()
    if error > _TOLERANCE:
        settings.fp32_precision = before
        return GemmBackend(
            "default",
            f"oneDNN's float32 products differ from float64 by {error:.0e} of the largest "
            f"element, more than {_TOLERANCE:.0e}.",
        )
    return GemmBackend("oneDNN", f"AVX-512 without AMX; products are exact to {error:.0e}.")


def use_default_gemm() -> GemmBackend:
    """Undo `use_fast_gemm`."""
    if (settings := _settings()) is not None:
        settings.fp32_precision = "none"
    return GemmBackend("default", "Asked for.")


def use_exact_products(exact: bool = True) -> None:
    """On CUDA, float32 products and convolutions in float32 instead of TF32, which has 10 bits.

    Torch's default rounds the convolutions alone: a network would learn something else on a GPU
    than on a CPU.
    """
    if not torch.cuda.is_available():
        return
    # The older names: they set what both generations of torch's own checks read.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer torch would have us use the newer names
        torch.backends.cuda.matmul.allow_tf32 = not exact
        torch.backends.cudnn.allow_tf32 = not exact


def gemm_is_fast() -> bool:
    """Whether `use_fast_gemm` has switched."""
    settings = _settings()
    return settings is not None and settings.fp32_precision == "bf16"


@contextmanager
def gemm(fast: bool) -> Iterator[GemmBackend]:
    """Compute with or without the switch inside, and as before afterwards; for comparisons."""
    settings = _settings()
    if settings is None:
        yield use_fast_gemm()  # which says why nothing can be switched
        return
    before = settings.fp32_precision
    try:
        yield use_fast_gemm() if fast else use_default_gemm()
    finally:
        settings.fp32_precision = before


def product_error() -> float:
    """Largest error of one float32 product, against float64, over the largest element."""
    stream = torch.Generator().manual_seed(0)
    a, b = torch.randn(2, _SELF_TEST_SIZE, _SELF_TEST_SIZE, generator=stream).unbind()
    exact = a.double() @ b.double()
    return ((a @ b).double() - exact).abs().max().div(exact.abs().max()).item()


def gemm_peak(
    dtype: torch.dtype,
    threads: int,
    seconds: float = 0.3,
    *,
    size: int = 1024,
    device: str = "cpu",
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Floating-point operations per second of a square product of this dtype; the best of many.

    It is what this torch, back end and machine reach, busy as the machine is now; the measure
    of what share a training step uses. An addition and a multiplication count as two.

    threads: of the CPU. seconds: how long to measure, at least two products after one more.
    size: of the matrices. 256 tells a slow dtype fast: a CPU without bfloat16 units does 1e9 a
        second there.
    clock: `time.process_time` with one thread on a busy machine.
    """
    stream = torch.Generator().manual_seed(0)
    a, b = torch.randn(2, size, size, generator=stream).to(device, dtype).unbind()

    def product() -> None:
        torch.matmul(a, b)
        if device != "cpu":
            torch.cuda.synchronize(device)

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        return 2 * size**3 / _shortest(product, seconds, clock)
    finally:
        torch.set_num_threads(before)


def _shortest(run: Callable[[], None], seconds: float, clock: Callable[[], float]) -> float:
    """The shortest of the times that fit into `seconds`, and of at least two."""
    run()  # warm up
    times: list[float] = []
    while len(times) < 2 or sum(times) < seconds:
        start = clock()
        run()
        times.append(clock() - start)
    return min(times)


def _settings() -> Any:
    """Torch's settings of oneDNN's products; None before torch 2.9."""
    settings = getattr(torch.backends.mkldnn, "matmul", None)
    return settings if hasattr(settings, "fp32_precision") else None


def _why_not() -> str | None:
    """Why the switch can't help or would lose digits here; None if it can be tried."""
    if _settings() is None or not torch.backends.mkldnn.is_available():
        return f"torch {torch.__version__} has no oneDNN or no setting for its float32 products."
    if not torch.cpu._is_avx512_supported():
        return "This CPU has no AVX-512, where oneDNN wins nothing over the default."
    if torch.cpu._is_amx_tile_supported():
        return "This CPU has AMX units, with which oneDNN would round to bfloat16."
    return None
