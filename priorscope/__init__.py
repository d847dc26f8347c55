"""How many labels is a prior worth? Inductive bias measured in bits and in labelled examples."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from priorscope.analysis.curves.crossover import crossover as crossover
    from priorscope.analysis.curves.learning_curves import fit_curves as fit_curves
    from priorscope.api import Result as Result
    from priorscope.api import compare as compare

_HOMES = {
    "Result": "priorscope.api",
    "compare": "priorscope.api",
    "crossover": "priorscope.analysis.curves.crossover",
    "fit_curves": "priorscope.analysis.curves.learning_curves",
}
__all__ = sorted(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    """Import what is asked for, when it is asked for: torch takes seconds."""
    if name not in _HOMES:
        raise AttributeError(f"module 'priorscope' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
