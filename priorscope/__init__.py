"""How many labels is a prior worth? Inductive bias measured in bits and in labelled examples."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from priorscope.analysis.curves.crossover import crossover as crossover
    from priorscope.analysis.curves.learning_curves import fit_curves as fit_curves
    from priorscope.analysis.curves.run import CurveSettings as CurveSettings
    from priorscope.analysis.curves.run import curves as curves
    from priorscope.api import compare as compare
    from priorscope.bert.fill_mask import fill_mask as fill_mask
    from priorscope.bert.finetune import finetune as finetune
    from priorscope.bert.pretrain import pretrain as pretrain
    from priorscope.experiments.result import Result as Result
    from priorscope.experiments.settings import Settings as Settings
    from priorscope.fitted.model import FittedModel as FittedModel
    from priorscope.profiles.attention import attention as attention
    from priorscope.profiles.run import profile as profile
    from priorscope.report.curve_display import PriorCurveDisplay as PriorCurveDisplay

_HOMES = {
    "CurveSettings": "priorscope.analysis.curves.run",
    "FittedModel": "priorscope.fitted.model",
    "PriorCurveDisplay": "priorscope.report.curve_display",
    "Result": "priorscope.experiments.result",
    "Settings": "priorscope.experiments.settings",
    "attention": "priorscope.profiles.attention",
    "compare": "priorscope.api",
    "crossover": "priorscope.analysis.curves.crossover",
    "curves": "priorscope.analysis.curves.run",
    "fill_mask": "priorscope.bert.fill_mask",
    "finetune": "priorscope.bert.finetune",
    "fit_curves": "priorscope.analysis.curves.learning_curves",
    "pretrain": "priorscope.bert.pretrain",
    "profile": "priorscope.profiles.run",
}
__all__ = sorted(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    """Import what is asked for, when it is asked for: torch takes seconds."""
    if name not in _HOMES:
        raise AttributeError(f"module 'priorscope' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """What there is, also what isn't imported yet."""
    return sorted({*globals(), *_HOMES})
