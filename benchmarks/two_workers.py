"""One worker against two, end to end: whole commands, start and report included, in turns.

    python benchmarks/two_workers.py [--repeats 3] [DATA] [-- FLAGS of compare ...]

Ratios are medians over neighbouring pairs; asked is at least 1.8. Only a machine that does nothing
else says anything: the load average before each command is printed beside it.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

FLAGS = (
    "--full-grid",
    "--learners",
    "linear,mlp,cnn:width=8",
    "--repeats",
    "6",
    "--budget",
    "none",
)


def seconds(data: str, flags: Sequence[str], workers: int) -> float:
    """Wall time of one command in a new folder."""
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "out")
        command = [sys.executable, "-m", "priorscope", "compare", data, *flags, "--quiet"]
        load, start = os.getloadavg()[0], time.perf_counter()
        ended = subprocess.run(
            [*command, "--workers", str(workers), "--out", out],
            check=False,
            stdout=subprocess.DEVNULL,
        )
        took = time.perf_counter() - start
    if ended.returncode != 0:
        raise SystemExit(f"the command with {workers} workers ended with {ended.returncode}")
    print(f"| {workers} | {took:.1f} | {load:.1f} |", flush=True)
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", nargs="?", default="digits")
    parser.add_argument("flags", nargs="*", default=FLAGS)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    print("| workers | s | load before |\n|---|---|---|")
    pairs = []
    for number in range(asked.repeats):
        order = (1, 2) if number % 2 == 0 else (2, 1)
        took = {workers: seconds(asked.data, asked.flags, workers) for workers in order}
        pairs.append(took[1] / took[2])
    spread = f"{min(pairs):.2f} to {max(pairs):.2f}"
    print(f"\n2 workers: {statistics.median(pairs):.2f} x 1 worker ({spread})")


if __name__ == "__main__":
    main()
