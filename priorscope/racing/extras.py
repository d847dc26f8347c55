"""What follows a settled race: trials of recipes for two, structures for two and a null."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from priorscope.racing.race import Job, Race, Rung
from priorscope.racing.results import Results

TRIALS = 6  # of learning rate and weight decay


def recipe_jobs(race: Race, results: Results, two: Sequence[int]) -> tuple[Job, ...]:
    """One each at the target, on the first repeat; who has no recipe runs as it is."""
    plain = [results.job(i, race.target, 0) for i in two]
    return tuple(
        replace(job, trials=TRIALS) if race.entrants[job.learner].tunable else job for job in plain
    )


def structure_rungs(race: Race, results: Results, two: Sequence[int]) -> Iterable[Rung]:
    """N/4 and N/2 for the two, N/4 for one who is invariant, random labels once.

    The intact runs that they are compared with come first, where they lack.
    """
    quarter, half = _sizes(race)
    repeats = range(race.rules.first_repeats)
    shuffled = [s for s in range(1, race.structures) if s != race.random_labels]
    two = [i for i in two if half < race.stops.get(i, len(race.sizes))]
    places = {(s, k): list(two) for k in (quarter, half) for s in shuffled}
    for s in shuffled:
        null = _null(race, two, s)
        if null is not None and null not in two:
            places[s, quarter].append(null)
    intact = dict.fromkeys(
        results.job(i, k, r) for (_, k), there in places.items() for i in there for r in repeats
    )
    yield Rung("intact data for the structures", tuple(intact))
    for (s, k), there in places.items():
        jobs = [replace(results.job(i, k, r), structure=s) for i in there for r in repeats]
        yield Rung("structures", tuple(jobs))
    if race.random_labels is not None and two:
        job = results.job(two[0], quarter, 0)
        yield Rung("random labels", (replace(job, structure=race.random_labels),))


def _sizes(race: Race) -> tuple[int, int]:
    """Indices of N/4 and N/2; both have a next block."""
    end = min(race.target, len(race.sizes) - 2) if race.goal == "code" else race.target - 1
    half = max(0, min(end, len(race.sizes) - 2))
    return max(0, half - 1), half


def _null(race: Race, two: Sequence[int], structure: int) -> int | None:
    """Who is invariant to a structure: one of the two, or else the first entrant."""
    order = [*two, *range(len(race.entrants))]
    return next((i for i in order if structure in race.entrants[i].invariant), None)
