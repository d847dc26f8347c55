"""A scikit-learn classifier as a learner: whatever has `fit` and `predict_proba`."""

import importlib
import json
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import nn

from priorscope.core.signature import Signature
from priorscope.models import MODELS, ModelConfig


@MODELS.register
@dataclass(frozen=True, kw_only=True)
class Estimator(ModelConfig):
    """A classifier of scikit-learn, fitted on the flattened input or a bag of tokens.

    It gets the same prefixes and the same calibration as every learner; `tune` and the recipe
    don't reach it.

    path: of its class, `sklearn.ensemble.RandomForestClassifier`.
    parameters: what its constructor gets, as JSON.
    """

    trains_itself: ClassVar[bool] = True

    path: str
    parameters: str = "{}"

    @classmethod
    def of(cls, estimator: Any) -> "Estimator":
        """The config of an estimator object that is not fitted yet.

        Raises:
            ValueError: if it can't predict probabilities, or a parameter isn't a plain value.
        """
        kind = type(estimator)
        path = f"{kind.__module__}.{kind.__qualname__}"
        if not hasattr(kind, "predict_proba") or not hasattr(kind, "get_params"):
            raise ValueError(f"{path} has no predict_proba; a learner must give probabilities.")
        chosen = estimator.get_params(deep=False)
        default = kind().get_params(deep=False)
        changed = {k: v for k, v in chosen.items() if v != default.get(k)}
        try:
            text = json.dumps(changed, sort_keys=True)
        except TypeError as error:
            raise ValueError(
                f"{path}: parameters must be plain values, because they name its runs on disk; "
                f"{error}. Wrap it in a class without parameters."
            ) from error
        return cls(path=path, parameters=text)

    def make(self) -> Any:
        """The estimator, not fitted.

        Raises:
            ValueError: if the class can't be found or doesn't take the parameters.
        """
        module, _, name = self.path.rpartition(".")
        try:
            return getattr(importlib.import_module(module), name)(**json.loads(self.parameters))
        except (ImportError, AttributeError, TypeError, ValueError) as error:
            raise ValueError(f"The estimator {self.path} can't be made: {error}") from error

    def build(self, signature: Signature) -> nn.Module:
        raise ValueError(f"{self.path} is fitted by itself; it is not a network.")
