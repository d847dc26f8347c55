"""One worker against two, end to end: whole commands, start and report included, in turns.

    python benchmarks/two_workers.py [--repeats 3] [--steps 2000] [DATA] [-- FLAGS of compare ...]

Asked is at least 1.8. Two workers can't be more than the hardware gives: two cores of a virtual
machine are often two threads of one. So beside each pair of commands the same is measured of a
training without any command around it: one process with one thread against two such processes
that know nothing of each other. The ratio of the commands is told as a share of that one too.

A command's time is told apart, by when its rows were written: until the first row (imports, data,
start of the workers), from there to the last one, and after it (summary and report). The first and
the third don't divide.

Ratios are medians over pairs. Only a machine that does nothing else says anything: the load average
before each measurement is printed beside it.
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
    "--structures",
    "permuted",
    "--repeats",
    "4",
)
TRAINING = """
import sys, time
import torch
from priorscope.runs.worker import prepare_process
from priorscope.tasks.digits import Digits
from priorscope.train.loop import Training
from priorscope.train.prefix import Prefix
from priorscope.train.recipe import Recipe, parse_learner

prepare_process(1)
data, steps = Digits().load(), int(sys.argv[1])
learner = parse_learner("cnn:width=8", Recipe())
prefix = Prefix(data.inputs[:400], data.targets[:400], 0)
training = Training(learner, data.signature, [prefix], torch.device("cpu"))
training.time_steps(5)
print("ready", flush=True)
input()
start = time.perf_counter()
for step in range(steps):
    training.step(step % 50, [1.0])
print(time.perf_counter() - start)
"""


def command(data: str, flags: Sequence[str], workers: int) -> tuple[float, float, float]:
    """Wall time of one command in a new folder: to its first row, to its last, to its end."""
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "out")
        words = [sys.executable, "-m", "priorscope", "compare", data, *flags, "--quiet"]
        start = time.time()
        ended = subprocess.run(
            [*words, "--workers", str(workers), "--out", out],
            check=False,
            stdout=subprocess.DEVNULL,
        )
        took = time.time() - start
        rows = [path.stat().st_mtime for path in Path(out, "runs").glob("*.json")]
    if ended.returncode != 0:
        raise SystemExit(f"the command with {workers} workers ended with {ended.returncode}")
    first, last = min(rows) - start, max(rows) - start
    return first, last - first, took - last


def bare(copies: int, steps: int) -> float:
    """Wall time of a training's loop alone in each of so many processes; of the slowest."""
    environment = dict(os.environ) | {"OMP_NUM_THREADS": "1", "MALLOC_MMAP_MAX_": "0"}
    words = [sys.executable, "-c", TRAINING, str(steps)]
    pipe = subprocess.PIPE
    started = [
        subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True, env=environment)
        for _ in range(copies)
    ]
    for process in started:
        assert process.stdout is not None
        if process.stdout.readline() != "ready\n":
            raise SystemExit("a training without a command around it failed")
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    return max(float(process.communicate()[0]) for process in started)


def told(what: str, count: int, seconds: float, load: float) -> float:
    """A line of the table."""
    print(f"| {what} | {count} | {seconds:.1f} | {load:.1f} |", flush=True)
    return seconds


def spread(ratios: Sequence[float]) -> str:
    """Median, least and largest."""
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", default="digits")
    parser.add_argument("flags", nargs="*", default=FLAGS)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--steps", type=int, default=2000, help="of a bare training")
    asked = parser.parse_args()
    print("| what | at once | s | load before |\n|---|---|---|---|")
    commands, ceilings, shares, between = [], [], [], []
    for number in range(asked.repeats):
        order = (1, 2) if number % 2 == 0 else (2, 1)
        took, alone, divided = (dict[int, float]() for _ in range(3))
        for count in order:
            load = os.getloadavg()[0]
            alone[count] = told("bare training", count, bare(count, asked.steps), load)
        for count in order:
            load = os.getloadavg()[0]
            parts = command(asked.data, asked.flags, count)
            what = "command, workers ({:.1f} + {:.1f} + {:.1f})".format(*parts)
            took[count] = told(what, count, sum(parts), load)
            divided[count] = parts[1]
        commands.append(took[1] / took[2])
        ceilings.append(2 * alone[1] / alone[2])
        shares.append(commands[-1] / ceilings[-1])
        between.append(divided[1] / divided[2])
    print(f"\nTwo bare trainings do {spread(ceilings)} times the work of one in the same time.")
    print(f"2 workers: {spread(commands)} x 1 worker.")
    print(f"Of what the hardware gives: {spread(shares)}.")
    print(f"From the first row to the last alone: {spread(between)} x.")


if __name__ == "__main__":
    main()
