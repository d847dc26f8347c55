"""What a claim's unfinished runs still need."""

from priorscope.runs.backends.local import LocalBackend
from priorscope.runs.cost import seconds_per_step
from priorscope.runs.execute import missing
from priorscope.runs.experiment import Plan
from priorscope.runs.pace import Pace
from priorscope.runs.store import Store


def seconds_needed(plan: Plan, store: Store) -> float:
    """Seconds on this machine until the plan is done.

    From runs that are done, and where none is like it, from updates that are timed now; most
    trainings end before the updates they plan, so this is rather too much.
    """
    waiting = missing(plan.runs, store)
    left, pace = set(waiting), Pace()
    for run in plan.runs:
        if run not in left and (row := store.load(run.digest)) is not None:
            pace.learn(run, row)
    signatures = {examples.fingerprint: examples.signature for examples in plan.data}
    timed: dict[str, float] = {}
    total = 0.0
    for run in waiting:
        if pace.knows(run):
            total += pace.seconds(run)
            continue
        key = f"{run.learner.digest} {run.data}"
        if key not in timed:
            itself = run.learner.model.trains_itself
            timed[key] = 0.0 if itself else seconds_per_step(run.learner, signatures[run.data], 1)
        recipe = run.learner.recipe
        steps = recipe.planned_steps(run.size) * recipe.planned_share(run.size)
        total += timed[key] * steps * run.tune
    return total / LocalBackend().lanes
