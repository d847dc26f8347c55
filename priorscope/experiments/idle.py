"""What workers do who would wait: repeats that are likely to be wanted next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from priorscope.racing.race import Course, Job, Race, Round

WORTH = 1.5  # times the idle seconds that a run may take which fills them
LEADERS = 2  # of whom further repeats are likely to be wanted


@dataclass(frozen=True)
class Idle:
    """longest: seconds until all that is wanted is done. seconds: that workers wait meanwhile."""

    longest: float
    seconds: float

    @classmethod
    def of(cls, costs: Sequence[float], lanes: int) -> "Idle":
        """From the seconds of the runs that are wanted, for so many workers."""
        longest = max(*costs, sum(costs) / max(lanes, 1)) if costs else 0.0
        return cls(longest, lanes * longest - sum(costs))


def further_repeats(
    race: Race,
    course: Course,
    pending: Round,
    idle: Idle,
    seconds: Callable[[Job], float],
    left: float,
) -> list[Job]:
    """Repeats of the leaders at the size of a first look, as many as fit beside it.

    Nothing is decided by them before their turn, so that the course stays what it is; one that
    isn't wanted after all was done for nothing. Whose recipe is still to be chosen has none.

    seconds: that a job takes. left: in which all must be done.
    """
    if not pending.climbs or any(job.repeat for job in pending.jobs):
        return []
    size, waits = pending.jobs[0].size, idle.seconds
    jobs: list[Job] = []
    for repeat in range(1, race.repeats_at(size)):
        for i in course.leaders[:LEADERS]:
            if size == race.anchor and race.tried(i) > 1:
                continue
            variant = course.variant(race, i, size)
            job = Job(learner=i, size=size, repeat=repeat, variant=variant)
            cost = seconds(job)
            if cost <= WORTH * waits and idle.longest + cost <= left:
                jobs.append(job)
                waits -= cost
    return jobs
