"""`priorscope doctor`: versions, device, GEMM back end and optional parts of this installation."""

import importlib.util
import os
import platform
import shlex
from importlib.metadata import PackageNotFoundError, version

from priorscope.cli.exit_codes import Exit

NEEDED = (
    "torch",
    "numpy",
    "scipy",
    "scikit-learn",
    "pyarrow",
    "skops",
    "tokenizers",
    "safetensors",
    "vl-convert-python",
    "loky",
)
OPTIONAL = {  # import name -> (what it is for, what to install)
    "openpyxl": ("reads .xlsx", "priorscope[excel]"),
    "h5py": ("reads .h5", "priorscope[hdf5]"),
    "pillow_heif": ("reads .heic", "priorscope[heic]"),
    "pandas": ("tables as data frames", "priorscope[frames]"),
    "onnxruntime": ("`priorscope export --onnx`", "priorscope[onnx]"),
    "transformers": ("hf:PATH as a learner, parity checks of `verify`", "priorscope[peers]"),
    "distributed": ("--backend dask", "priorscope[dask]"),
    "starlette": ("`priorscope ui`", "priorscope[ui]"),
    "ray": ("--backend ray", "priorscope[ray]"),
    "matplotlib": ("PriorCurveDisplay", "matplotlib"),
    "timm": ("timm:NAME as a learner, with its torchvision", "timm"),
}


def run() -> int:
    """Versions, device, matrix products and optional parts: what is installed, what is missing.

    What is missing is followed by the commands that install it, one a line, ready to be pasted.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("part", "state", show_header=False, box=None, padding=(0, 2, 0, 0))
    for name, state in [*_machine(), *_packages()]:
        table.add_row(escape(name), escape(state))  # brackets are not markup
    Console().print(table)
    for command in _commands():
        print(command)  # as it is: no markup, no wrapping
    return Exit.DONE


def _commands() -> list[str]:
    """What installs the parts that are missing, in a shell."""
    needed = [name for name in NEEDED if _version(name) is None]
    missing = [what for name, (_, what) in OPTIONAL.items() if not _there(name)]
    wanted = ["--force-reinstall priorscope"] if needed else []
    return [f"pip install {what}" for what in [*wanted, *map(shlex.quote, missing)]]


def _there(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def _machine() -> list[tuple[str, str]]:
    import torch

    from priorscope.nn.gemm import use_fast_gemm
    from priorscope.runs.backends.local import available_workers
    from priorscope.train.graph import capture_state

    backend = use_fast_gemm()
    return [
        ("priorscope", version("priorscope")),
        ("python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        ("cores", f"{available_workers('cpu')} usable of {os.cpu_count()}"),
        ("vectors", torch.backends.cpu.get_cpu_capability()),
        ("device", _device()),
        ("training steps", capture_state()),
        ("matrix products", f"{backend.name}: {backend.reason}"),
        ("speed of one core", _speed()),
    ]


def _device() -> str:
    """What networks can be trained on beside the CPU."""
    import torch

    if torch.cuda.is_available():
        return ", ".join(map(torch.cuda.get_device_name, range(torch.cuda.device_count())))
    if torch.backends.mps.is_available():
        return "Apple GPU, used with --device mps; the CPU is the default"
    return "no CUDA GPU"


def _speed() -> str:
    """Of matrix products, and what that means for training."""
    import torch

    from priorscope.nn.gemm import gemm_peak

    kinds = (torch.float32, torch.bfloat16)
    single, half = (gemm_peak(kind, threads=1, size=256) / 1e9 for kind in kinds)
    advice = "faster" if half > single else "slower: train in float32 on this CPU"
    return f"{single:.3g} GFLOP/s in float32, {half:.3g} in bfloat16 ({advice})"


def _packages() -> list[tuple[str, str]]:
    rows = [(name, _version(name) or "MISSING; install priorscope again") for name in NEEDED]
    for name, (what, _) in OPTIONAL.items():
        state = _version(name) or "installed" if _there(name) else f"not installed; {what}"
        rows.append((name, state))
    return rows


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
