"""How much a preset runs: repeats, updates, trials, and how large networks are."""

import dataclasses

from priorscope.core.presets import Preset
from priorscope.tasks import Examples
from priorscope.train.recipe import Recipe

LARGE = 500


@dataclasses.dataclass(frozen=True)
class Effort:
    """repeats: paired draws; of_large: those where an example has more than LARGE numbers, or 0.
    recipe: of every learner, so that none is trained longer by choice.
    tune: trials of rate and decay for every learner alike. wide: factor on widths and sizes.
    """

    repeats: int
    recipe: Recipe
    tune: int
    wide: int = 1
    of_large: int = 0

    def repeats_on(self, examples: Examples) -> int:
        """Fewer where a run takes as long as several of the others."""
        large = examples.inputs[0].size > LARGE
        return (self.of_large if large else 0) or self.repeats


EFFORTS: dict[Preset, Effort] = {
    "quick": Effort(6, Recipe(steps=300, epochs=5), tune=1),
    "standard": Effort(10, Recipe(steps=600, epochs=10), tune=2, wide=2, of_large=6),
    "thorough": Effort(20, Recipe(), tune=4, wide=4),
}
