"""The grid of benchmarks/grid.py on a GPU: all replicas of a learner together, beside the loop.

180 runs of MNIST-1D, 150 steps each: training, evaluations, calibration and scores as a command
does them, several learners at once; then each learner by itself, with measures, and what the parts
of it take; then where the time of a step goes.

    python benchmarks/gpu_grid.py --plain-draws 1
"""

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from gpu_part import device, machine, milliseconds, synchronize, table, turn
from grid import DRAWS, LEARNERS, SIZES, plain_loop

from priorscope.core.deadline import Deadline
from priorscope.experiments.comparison import Comparison
from priorscope.experiments.dataset import Dataset
from priorscope.experiments.settings import Settings
from priorscope.runs import worker
from priorscope.runs.backends.thread import WorkerThreads
from priorscope.runs.run import Run
from priorscope.runs.store import Store
from priorscope.tasks.mnist1d import Mnist1d
from priorscope.train.graph import Repeated, side_stream
from priorscope.train.kernels import load_early
from priorscope.train.population import Population
from priorscope.train.populations import DECKS, PopulationTraining
from priorscope.train.prefix import SplitPrefix
from priorscope.train.tables import StepTables

LANES = 3  # learners that take turns here; commands have `runs.backends.local.GPU_LANES`
SECONDS: dict[str, float] = defaultdict(float)


def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, its time added to `SECONDS`; the device finished before and after."""

    def call(*args: Any, **kwargs: Any) -> Any:
        synchronize()
        start = time.perf_counter()
        result = function(*args, **kwargs)
        synchronize()
        SECONDS[name] += time.perf_counter() - start
        return result

    return call


def instrument() -> None:
    """Count the time of the parts of a batch."""
    worker.data_together = timed("data", worker.data_together)
    worker.score = timed("scores", worker.score)
    worker.measures_of = timed("measures", worker.measures_of)
    PopulationTraining.run = timed("training", PopulationTraining.run)
    Population.__init__ = timed("of it set up", Population.__init__)
    Population._improved = timed("of it evaluations", Population._improved)
    StepTables.fill = timed("of it tables", StepTables.fill)
    Population._calibrate = timed("of it calibration", Population._calibrate)
    Repeated._try_capture = timed("of it captures", Repeated._try_capture)


def grid_runs(folder: Path, steps: int) -> tuple[list[Run], Store]:
    """What `grid.ours` would do, early stopping off."""
    recipe = "epochs=0,plan=cosine,patience=1.0"
    texts = [f"{name}{',' if ':' in name else ':'}{recipe}" for name in LEARNERS]
    settings = Settings(
        learners=tuple(texts),
        structures=("permuted",),
        sizes=SIZES,
        repeats=DRAWS,
        steps=steps,
        out=folder,
    )
    comparison = Comparison.of(Dataset("mnist1d", Mnist1d().load()), settings)
    comparison.store.claim()
    comparison.store.save_data(comparison.data.examples)
    return comparison.runs, comparison.store


def as_a_command(groups: list[list[Run]], store: Store) -> float:
    """Seconds of all learners' runs, without measures; lanes take turns, see `Turns`."""

    def do(own: list[Run]) -> list[worker.RunResult]:
        worker.prepare_process(worker.GPU_THREADS)
        return worker.do(own, store, device())

    measures_of, threads = worker.measures_of, WorkerThreads(LANES)
    worker.measures_of = lambda *_: {}
    try:
        synchronize()
        start = time.perf_counter()
        futures = [threads.submit(do, own) for own in groups]
        results = [result for future in futures for result in future.result()]
        synchronize()
        took = time.perf_counter() - start
    finally:
        worker.measures_of = measures_of
        threads.stop()
    assert all(result.row["status"] == "done" for result in results)
    return took


def apart(own: list[Run], store: Store) -> list[object]:
    """One learner's runs by themselves: failed ones, mean bits, seconds, and of its parts."""
    SECONDS.clear()
    synchronize()
    start = time.perf_counter()
    results = worker.do(own, store, device())
    synchronize()
    seconds = time.perf_counter() - start
    failed = sum(result.row["status"] != "done" for result in results)
    bits = [r.row["test"]["bits"] for r in results if r.row["status"] == "done"]
    parts = ", ".join(f"{key} {value:.2f}" for key, value in SECONDS.items())
    return [len(own), failed, sum(bits) / max(1, len(bits)), seconds, parts]


def step_times(runs: list[Run], store: Store) -> list[object]:
    """Milliseconds of a step of one learner's replicas: as a graph, and as it is."""
    arrays, signature = store.load_data(runs[0].data)
    prefixes = [part.prefix for part in worker.data_together(runs, arrays, signature)]
    splits = [SplitPrefix.of(prefix, signature.target) for prefix in prefixes]
    deck, starts = DECKS.of([prefix.inputs for prefix in prefixes], device())
    cells: list[object] = []
    for capture in (True, False):
        population = Population(
            runs[0].learner, signature, splits, deck, starts, device(), Deadline(), capture
        )
        population.networks.train(True)

        def again(population: Population = population) -> None:
            population.tables.clock.zero_()
            population._again()

        with side_stream(device()):
            population.tables.fill(0)
            cells.append(milliseconds(again, 20 if torch.cuda.is_available() else 1, 4))
    return cells


def on_the_cpu(runs: list[Run], store: Store, where: torch.device) -> list[Any]:
    """What `worker.do` does on a GPU, to try this script without one."""
    arrays, signature = store.load_data(runs[0].data)
    parts = worker.data_together(runs, arrays, signature)
    return worker.evaluate(runs, parts, signature, where)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--plain-draws", type=int, default=1, help="of 3; the time is scaled up")
    parser.add_argument("--plain-steps", type=int, default=50, help="of 150; also scaled up")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        options.steps = options.plain_steps = 2
    worker.prepare_process(worker.GPU_THREADS)
    loading = load_early(device().type)  # as a command does while it reads the data
    with tempfile.TemporaryDirectory() as name, turn():
        runs, store = grid_runs(Path(name), options.steps)
        learners = list(dict.fromkeys(run.learner for run in runs))
        learners = learners if torch.cuda.is_available() else learners[:2]
        rows: list[list[object]] = []
        groups = [[run for run in runs if run.learner == learner] for learner in learners]
        if loading is not None:
            loading.join()
        torch.zeros(1, device=device())
        if not torch.cuda.is_available():  # as a GPU's worker does it
            worker.trainer = PopulationTraining
            worker.do = on_the_cpu
        total = {attempt: as_a_command(groups, store) for attempt in ("first", "again")}
        print(total, flush=True)
        instrument()
        for learner, own in zip(learners, groups, strict=True):
            rows.append([learner.text, *apart(own, store)])
            print(rows[-1], flush=True)
        print(f"\n## MNIST-1D grid, {len(runs)} runs of {options.steps} steps; {machine()}\n")
        head = ["learner alone", "runs", "failed", "mean bits", "s with measures", "parts"]
        print(table(head, rows), flush=True)
        steps: list[list[object]] = []
        for learner, own in zip(learners, groups, strict=True):
            steps.append([learner.text, len(own), *step_times(own, store)])
            print(steps[-1], flush=True)
        plain_loop(Mnist1d().load(), 2, device(), 1)  # loads kernels: the time is scaled up
        start = time.perf_counter()
        draws = options.plain_draws
        plain_steps = min(options.plain_steps, options.steps)
        by_learner, _ = plain_loop(Mnist1d().load(), plain_steps, device(), draws)
        part = draws / DRAWS * plain_steps / options.steps
        plain = (time.perf_counter() - start) / part
    shown = ", ".join(f"{name} {seconds / part:.1f}" for name, seconds in by_learner.items())
    print(
        f"\nPlain loop: {plain:.1f} s ({draws} of {DRAWS} draws and {plain_steps} of "
        f"{options.steps} steps, scaled up: {shown}).\n"
    )
    for attempt, trained in total.items():
        print(
            f"Ours, {attempt}, captures included: {trained:.2f} s to train and score "
            f"({plain / trained:.1f} ×).\n"
        )
    print(table(["learner", "replicas", "ms a step, graph", "ms a step, eager"], steps))


if __name__ == "__main__":
    main()
