"""Measures of networks that were trained together: at once where they can be."""

from collections.abc import Mapping

import numpy as np

from priorscope.measures import MeasuredRow, left_to_measure, measured, measured_together
from priorscope.train.populations import PopulationTraining
from priorscope.train.trainer import Trainer


def measures_of(
    training: Trainer, inputs: Mapping[int, np.ndarray]
) -> dict[int, list[MeasuredRow]]:
    """Rows of every measure of the networks at these indices, each on inputs of its own.

    Where a population trained them, its networks run side by side: the same numbers but for
    rounding. Measures that want one network at a time, and all others, get one.
    """
    taken: dict[int, dict[str, list[MeasuredRow]]] = {index: {} for index in inputs}
    complete: set[int] = set()
    if isinstance(training, PopulationTraining):
        for indices, network, stacked, signature in training.together(inputs):
            own = measured_together(network, stacked, signature, len(indices))
            taken |= dict(zip(indices, own, strict=True))
            first = indices[0]
            if not left_to_measure(*training.network(first, inputs[first]), own[0]):
                complete |= set(indices)
    return {
        index: [row for rows in taken[index].values() for row in rows]
        if index in complete
        else measured(*training.network(index, own), taken[index])
        for index, own in inputs.items()
    }
