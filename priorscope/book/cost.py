"""What a claim's unfinished runs still need."""

from statistics import median

from priorscope.runs.cost import nominal_seconds
from priorscope.runs.execute import missing
from priorscope.runs.experiment import Plan
from priorscope.runs.pace import Pace
from priorscope.runs.run import Run
from priorscope.runs.store import Store


def seconds_needed(plan: Plan, store: Store, lanes: int) -> float:
    """Seconds until so many lanes of this machine have done the plan, roughly; nothing is trained.

    From runs that are done. Where none is like it, from the operations that a run asks for, at
    the speed of those that are done or else of an ordinary machine.
    """
    waiting = missing(plan.runs, store)
    left, pace, speeds = set(waiting), Pace(), []
    signatures = {examples.fingerprint: examples.signature for examples in plan.data}

    def nominal(run: Run) -> float:
        return nominal_seconds(run.learner, signatures[run.data], run.size) * run.tune

    for run in plan.runs:
        if run not in left and (row := store.load(run.digest)) is not None:
            pace.learn(run, row)
            if (expected := nominal(run)) > 0:
                speeds.append(row["seconds"] / expected)
    slower = median(speeds) if speeds else 1.0
    seconds = (pace.seconds(r) if pace.knows(r) else slower * nominal(r) for r in waiting)
    return sum(seconds) / lanes
