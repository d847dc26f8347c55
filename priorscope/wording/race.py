"""What is said while a race is run, and why something that it can tell was not told."""

from collections.abc import Sequence

from priorscope.wording.numbers import count, seconds
from priorscope.wording.page import t

NOT_TRIED: dict[str, str] = {
    "none": "recipes were not varied",
    "alone": "there was one learner alone",
    "budget": "trials of recipes would take over a fifth of the time, or it ended before",
    "fixed": "neither the pick nor the runner-up has a recipe to vary",
    "goal": "recipes were varied for the goal that was asked for alone",
}
UNREACHED = "there was no time for these runs"
CHOSEN_ON = "the validation part of the first repeat's prefix at {size:,} labels (20%)"
CHOSEN_ON_EACH = "the validation part of each prefix (20%)"


def schedule(ends: Sequence[tuple[int, float]], budget: float, dearest: str) -> str:
    """When each size is done, and what the budget won't reach.

    ends: (labels, seconds since the start), increasing. budget: seconds, infinite without one.
    dearest: the learner that takes most of the time.
    """
    reached = [(size, end) for size, end in ends if end <= budget]
    later = [(size, end) for size, end in ends if end > budget]
    texts = [t("race.by", size=count(size), time=seconds(end)) for size, end in reached]
    if later:
        size, end = later[-1]
        texts.append(t("race.later", size=count(size), time=seconds(end), learner=dearest))
    return "; ".join([", ".join(texts[: len(reached)]), *texts[len(reached) :]]).strip("; ")
