"""What a race adds to a summary: its rows, who was dropped, what there was no time for."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence

from priorscope.analysis.summarise import Request
from priorscope.analysis.summary import DroppedLearner, Unresolved
from priorscope.core.json_types import JsonObject
from priorscope.experiments.race import RacePlan
from priorscope.racing.race import INTACT, Course, Elimination, Job
from priorscope.runs.run import Run
from priorscope.runs.store import Store
from priorscope.wording.race import NOT_TRIED, UNREACHED


def labelled_row(run: Run, row: JsonObject | None, text: str = "") -> JsonObject | None:
    """A row with learner and structure as tables show them."""
    if row is None:
        return None
    return {**row, "learner": text or run.learner.text, "structure": run.structure.label}


def race_rows(plan: RacePlan, course: Course, store: Store) -> list[JsonObject | None]:
    """Rows of completed rungs; of the first round, if none of it is complete, what there is.

    Recipes that were tried and not chosen, and the trials of the duel, have no place in tables.
    """
    jobs = course.done or (course.pending.jobs if course.pending else ())
    texts = [learner.text for learner in plan.shown(course)]
    rows = []
    for job in jobs:
        variant = course.variant(plan.race, job.learner, job.size)
        if job.trials == 1 and job.variant == variant:
            run = plan.run(job)
            rows.append(labelled_row(run, store.load(run.digest), texts[job.learner]))
    return rows


def raced(request: Request, plan: RacePlan, course: Course) -> Request:
    """The request with what is known of the race."""
    texts = [learner.text for learner in plan.shown(course)]
    sizes = plan.question.sizes
    risk = plan.race.rules.elimination
    stopped_by = "budget" if not course.in_time else "settled" if course.separated else "data"
    return dataclasses.replace(
        request,
        dropped=tuple(
            DroppedLearner(
                learner=texts[e.learner],
                at=sizes[e.at],
                bound=e.bound,
                risk=risk,
                checked_at=_checked_at(course, e.learner, sizes),
                later=_later(course, e, sizes),
            )
            for e in course.dropped
        ),
        stopped_by=stopped_by,
        unresolved=tuple(_unresolved(plan, course, texts)),
        share=course.share,
        depends_on_recipe=course.flips,
        reason=NOT_TRIED[_why_not_tried(plan, course)],
    )


def _checked_at(course: Course, learner: int, sizes: Sequence[int]) -> int | None:
    """Where a dropped learner was checked; None where it wasn't, or its run isn't done."""
    if learner != course.checked or course.checked_at is None:
        return None
    there = (j.learner == learner and j.size == course.checked_at for j in course.done)
    return sizes[course.checked_at] if any(there) else None


def _later(course: Course, gone: Elimination, sizes: Sequence[int]) -> list[int]:
    """Sizes of a dropped learner's intact runs beyond the one that it left at."""
    own = (j for j in course.done if j.learner == gone.learner and j.size > gone.at)
    return sorted({sizes[j.size] for j in own if j.structure == INTACT and j.trials == 1})


def _why_not_tried(plan: RacePlan, course: Course) -> str:
    if len(plan.race.entrants) < 2:
        return "alone"
    two = [*course.leaders, *(e.learner for e in reversed(course.dropped))][:2]
    if not any(plan.race.entrants[i].tunable for i in two):
        return "fixed"
    return "budget"


def _unresolved(plan: RacePlan, course: Course, texts: list[str]) -> list[Unresolved]:
    """Runs of the round that was cut short, and sizes that learners in the race didn't reach."""
    missing: dict[tuple[int, int], set[Job]] = defaultdict(set)
    done = set(course.done)
    for job in course.pending.jobs if course.pending else ():
        if job not in done and job.trials == 1:
            missing[job.learner, job.structure].add(job)
    gone = {e.learner for e in course.dropped}
    ends = dict(course.stops)
    if course.last is not None:
        for i in course.leaders:
            ends[i] = min(course.last + 1, ends.get(i, course.last + 1))
    for i, end in ends.items():
        if i not in gone:
            later = range(end, plan.race.goal_size + 1)
            missing[i, INTACT] |= {Job(learner=i, size=k, repeat=0) for k in later}
    return [
        Unresolved(
            learner=texts[i],
            structure=plan.question.structures[s].label,
            missing_runs=len(jobs),
            sizes=sorted({plan.question.sizes[job.size] for job in jobs}),
            reason=UNREACHED,
        )
        for (i, s), jobs in sorted(missing.items())
        if jobs
    ]
