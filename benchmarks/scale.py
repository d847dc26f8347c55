"""How many workers a comparison can use: discrete events, from measured run times.

    python benchmarks/scale.py FOLDER [FOLDER ...] [--times 1 30]

FOLDER is a finished comparison: the seconds of its runs are read off its rows. Simulated are its
batches as planned, the longest first, every run a batch of its own, and a rung per size; all so
many times as long as measured (more data); and 2,000 runs of 0.5 s or 30 s. Each worker starts
after START seconds; the client hands batches over one after the other, DISPATCH seconds each; a
worker that is free takes the next. Rungs are barriers. Efficiency is the work divided by workers x
time. Why it is lost is told by leaving out one cause at a time.
"""

import argparse
import heapq
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from priorscope.runs.planner import TOGETHER

START = 6.0  # seconds until a worker has imported everything
DISPATCH = 0.007  # seconds of the client for each batch, Dask's scheduler included
WORKERS = (1, 2, 8, 64, 512)
TOGETHER_LEARNERS = ("linear", "mlp", "gru", "lstm")
LEAST = 0.8


@dataclass(frozen=True)
class Cluster:
    """workers; start: seconds; dispatch: seconds per batch."""

    workers: int
    start: float = START
    dispatch: float = DISPATCH


Rung = list[float]  # seconds of batches, in the order in which they are handed over


def makespan(rungs: Sequence[Rung], cluster: Cluster) -> float:
    """Seconds until all is done."""
    free = [cluster.start] * cluster.workers
    heapq.heapify(free)
    client = 0.0
    for rung in rungs:
        ends = []
        for batch in rung:
            client += cluster.dispatch
            end = max(heapq.heappop(free), client) + batch
            ends.append(end)
            heapq.heappush(free, end)
        client = max(client, max(ends))  # the next rung depends on all of this one
        free = [max(at, client) for at in free]
        heapq.heapify(free)
    return client


def efficiency(rungs: Sequence[Rung], cluster: Cluster) -> float:
    """Of all workers, from the command's start to its end."""
    work = sum(map(sum, rungs))
    return work / (cluster.workers * makespan(rungs, cluster))


def why(rungs: Sequence[Rung], cluster: Cluster) -> str:
    """The cause whose absence gains most."""
    halves = [[piece for batch in rung for piece in [batch / 64] * 64] for rung in rungs]
    without = {
        "workers' start": efficiency(rungs, replace(cluster, start=0.0)),
        "handing over": efficiency(rungs, replace(cluster, dispatch=0.0)),
        "long batches": efficiency(halves, replace(cluster, dispatch=cluster.dispatch / 64)),
        "rungs": efficiency([[batch for rung in rungs for batch in rung]], cluster),
    }
    cause = max(without, key=lambda name: without[name])
    return f"{cause} ({without[cause]:.0%} without)"


def read(folder: Path) -> dict[tuple[int, str], list[float]]:
    """Seconds of runs by size and learner, in the order of sizes."""
    seconds = defaultdict(list)
    for path in sorted((folder / "runs").glob("*.json")):
        row = json.loads(path.read_text())
        if row.get("status") == "done":
            seconds[row["run"]["size"], row["run"]["text"]].append(row["seconds"])
    return dict(sorted(seconds.items()))


def works(folder: Path, times: float) -> dict[str, list[Rung]]:
    """What is simulated of a comparison; its sizes are the rungs of the third."""
    single = {key: [one * times for one in runs] for key, runs in read(folder).items()}
    batched: dict[int, Rung] = defaultdict(list)
    for (size, learner), runs in single.items():
        most = TOGETHER if learner.startswith(TOGETHER_LEARNERS) else 1
        batched[size] += [sum(runs[i : i + most]) for i in range(0, len(runs), most)]
    alone: dict[int, Rung] = defaultdict(list)
    for (size, _), runs in single.items():
        alone[size] += runs
    name = folder.name if times == 1 else f"{folder.name} x {times:g}"
    return {
        f"{name}, as planned": [[b for rung in batched.values() for b in rung]],
        f"{name}, longest first": [sorted((b for r in batched.values() for b in r), reverse=True)],
        f"{name}, runs alone": [[run for rung in alone.values() for run in rung]],
        f"{name}, a rung per size": [sorted(rung, reverse=True) for rung in batched.values()],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="*", type=Path)
    parser.add_argument("--times", nargs="*", type=float, default=[1.0])
    asked = parser.parse_args()
    cases = {"2,000 runs of 0.5 s": [[0.5] * 2000], "2,000 runs of 30 s": [[30.0] * 2000]}
    for folder in asked.folder:
        for times in asked.times:
            cases |= works(folder, times)
    head = [f"{workers:,}" for workers in WORKERS]
    print(f"| work | batches | CPU-s | longest, s | {' | '.join(head)} | below 80% |")
    print(f"|{'---|' * (len(head) + 5)}")
    for name, rungs in cases.items():
        shares = {count: efficiency(rungs, Cluster(count)) for count in WORKERS}
        first = next(
            (count for count in range(1, 5000) if efficiency(rungs, Cluster(count)) < LEAST), 0
        )
        reason = f"from {first:,}: {why(rungs, Cluster(first))}" if first else "never"
        count, work = sum(map(len, rungs)), sum(map(sum, rungs))
        cells = " | ".join(f"{share:.0%}" for share in shares.values())
        longest = max(map(max, rungs))
        print(f"| {name} | {count:,} | {work:,.0f} | {longest:.1f} | {cells} | {reason} |")


if __name__ == "__main__":
    main()
