"""Networks trained together are the networks trained alone."""

from dataclasses import dataclass

import torch

from priorscope.checks import CHECKS, Check, CheckFigure
from priorscope.models import MODELS
from priorscope.runs.experiment import Rows
from priorscope.tasks.digits import Digits
from priorscope.train.loop import Training
from priorscope.train.prefix import Prefix
from priorscope.train.recipe import Learner, Recipe

STEPS = 10
SKIPPED = ("bert", "external")  # texts; somebody else's network


@CHECKS.register
@dataclass(frozen=True, kw_only=True)
class ReplicasCheck(Check):
    """Largest difference of logits after 10 steps, three together against each alone.

    In float64, where rounding (1e-16 a product) grows by at most a few orders in so few steps.
    """

    def judge(self, rows: Rows) -> list[CheckFigure]:
        models = MODELS.classes().items()
        names = [n for n, model in models if n not in SKIPPED and not model.trains_itself]
        return [
            CheckFigure(f"{name}: together against alone", self._difference(name), 0, 1e-9)
            for name in names
        ]

    def _difference(self, name: str) -> float:
        data = Digits().load()
        recipe = Recipe(steps=STEPS, epochs=1, batch=16)
        learner = Learner(text=name, model=MODELS[name](), recipe=recipe)
        prefixes = [
            Prefix(data.inputs[start : start + 60], data.targets[start : start + 60], start)
            for start in (0, 60, 120)
        ]
        before = torch.get_default_dtype()
        torch.set_default_dtype(torch.float64)
        try:
            together = self._logits(learner, prefixes, data)
            alone = [self._logits(learner, [prefix], data)[0] for prefix in prefixes]
        finally:
            torch.set_default_dtype(before)
        return max(float((a - b).abs().max()) for a, b in zip(together, alone, strict=True))

    def _logits(self, learner: Learner, prefixes: list[Prefix], data) -> list[torch.Tensor]:
        training = Training(learner, data.signature, prefixes, torch.device("cpu"))
        training.run()
        return training.outputs([data.test_inputs[:50]] * len(prefixes))
