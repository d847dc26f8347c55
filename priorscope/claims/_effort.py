"""How much a preset runs: repeats, updates, trials, and how large networks are."""

import dataclasses

from priorscope.core.presets import Preset
from priorscope.train.recipe import Recipe


@dataclasses.dataclass(frozen=True)
class Effort:
    """repeats: paired draws. recipe: of every learner, so that none is trained longer by choice.
    tune: trials of rate and decay for every learner alike. wide: factor on widths and sizes.
    """

    repeats: int
    recipe: Recipe
    tune: int
    wide: int = 1


EFFORTS: dict[Preset, Effort] = {
    "quick": Effort(6, Recipe(steps=300, epochs=5), tune=1),
    "standard": Effort(10, Recipe(steps=600, epochs=10), tune=2, wide=2),
    "thorough": Effort(20, Recipe(), tune=4, wide=4),
}
