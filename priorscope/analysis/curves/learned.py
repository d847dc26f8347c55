"""What real curves did next, as quantiles that a small network learned, averaged with the mixture.

The network sees the end of a curve, its neighbours on the same data and what kind of learner it
is (`features.py`); it was trained on every cut of LCDB's curves, and of some of neural networks, by
`benchmarks/fit_learned.py`.
"""

import dataclasses
import functools
import json
from importlib.resources import files
from typing import Any

import numpy as np
from scipy.special import expit, ndtri

from priorscope.analysis.curves.features import NAMES
from priorscope.core.json_types import JsonObject

LEVELS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
KINDS = (
    "BernoulliNB", "DecisionTreeClassifier", "ExtraTreeClassifier", "ExtraTreesClassifier",
    "GradientBoostingClassifier", "KNeighborsClassifier", "LinearDiscriminantAnalysis",
    "LogisticRegression", "MLPClassifier", "MultinomialNB", "PassiveAggressiveClassifier",
    "Perceptron", "QuadraticDiscriminantAnalysis", "RandomForestClassifier", "RidgeClassifier",
    "SGDClassifier", "SVC_linear", "SVC_poly", "SVC_rbf", "SVC_sigmoid", "network",
)  # fmt: skip
_OURS = {
    "knn": "KNeighborsClassifier", "forest": "RandomForestClassifier",
    "boosting": "GradientBoostingClassifier", "logistic": "LogisticRegression",
    "linear": "LogisticRegression", "ridge": "RidgeClassifier", "naive-bayes": "MultinomialNB",
    **dict.fromkeys(("mlp", "cnn", "gru", "lstm", "transformer", "vit"), "network"),
}  # fmt: skip
_TAILS = 1.3  # what lies outside of the middle 80% is this much further from it
_CLIP = 4.0  # standard deviations, beyond which a feature says no more
_OWN_NOISE = np.array([0.18, 0.4])  # share of a mean's noise that a later mean doesn't share
_SMOOTH, _FADE = 1.0, 8.0  # log odds at which the network counts half, and how fast it fades
_MIDDLE = LEVELS.index(0.5)
_TAIL = float(ndtri(LEVELS[-1]))


@dataclasses.dataclass(frozen=True)
class Network:
    """One hidden layer of tanh, 13 quantiles at 2 and at 4 times the data.

    hidden: (units, features + kinds) and bias (units,); out: (26, units) and bias (26,).
    """

    hidden: np.ndarray
    hidden_bias: np.ndarray
    out: np.ndarray
    out_bias: np.ndarray

    def quantiles(self, inputs: np.ndarray) -> np.ndarray:
        """(2, 13) rising quantiles; the median first, then steps that are positive."""
        raw = self.out @ np.tanh(self.hidden @ inputs + self.hidden_bias) + self.out_bias
        raw = raw.reshape(2, len(LEVELS))
        steps = np.cumsum(np.logaddexp(0.0, raw[:, 1:]), axis=1)
        steps = np.concatenate([np.zeros((2, 1)), steps], axis=1)
        return raw[:, :1] + steps - steps[:, _MIDDLE : _MIDDLE + 1]


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Learned:
    """Networks whose quantiles are averaged. center, scale: (features,) that inputs are scaled by.

    weight: share of the learned quantiles in a forecast, the rest is the mixture's.
    """

    center: np.ndarray
    scale: np.ndarray
    networks: tuple[Network, ...]
    weight: float

    def share(self, odds: float) -> float:
        """Of the learned quantiles, by the log odds of the parametric families.

        It fades where those are above 1, as for 9% of LCDB's curves: there hidden sizes
        say that the curve is smooth, which the network never learned to see.
        """
        return self.weight * float(expit(_FADE * (_SMOOTH - odds)))

    def quantiles(self, features: np.ndarray, kind: str | None) -> np.ndarray:
        """(2, 13) log values relative to the last mean, at 2 and 4 times the data.

        They are of expected values: the network learned from means of five repeats, whose own
        noise is taken off.

        features: as `features.NAMES`. kind: one of `KINDS`, None for other learners.
        """
        scaled = np.clip((features - self.center) / self.scale, -_CLIP, _CLIP)
        inputs = np.concatenate([scaled, np.array([0.5 * (k == kind) for k in KINDS])])
        deviates = np.mean([network.quantiles(inputs) for network in self.networks], axis=0)
        mean, std = features[:2, None], np.exp(features[2:4, None])
        noise = np.exp(2 * features[NAMES.index("noise")])
        deviates = _widened(deviates)
        own = np.sqrt(1 - np.minimum(_OWN_NOISE[:, None] * noise / std**2, 0.5))
        middle = deviates[:, _MIDDLE : _MIDDLE + 1]
        return mean + std * (middle + own * (deviates - middle))

    def to_json(self) -> JsonObject:
        """Numbers with five digits."""
        networks = [{k: _rounded(v) for k, v in vars(n).items()} for n in self.networks]
        return {
            "features": list(NAMES),
            "kinds": list(KINDS),
            "weight": self.weight,
            "center": _rounded(self.center),
            "scale": _rounded(self.scale),
            "networks": networks,
        }

    @classmethod
    def from_json(cls, data: JsonObject) -> "Learned":
        """The inverse of `to_json`."""
        assert tuple(data["features"]) == NAMES
        assert tuple(data["kinds"]) == KINDS
        networks = tuple(
            Network(**{key: np.array(values) for key, values in network.items()})
            for network in data["networks"]
        )
        return cls(np.array(data["center"]), np.array(data["scale"]), networks, data["weight"])


@functools.cache
def learned() -> Learned:
    """The one that is installed."""
    text = files("priorscope.analysis.curves").joinpath("learned.json").read_text(encoding="utf-8")
    return Learned.from_json(json.loads(text))


def kind_of(learner: str) -> str | None:
    """What a learner's name says of its kind: `knn`, `sklearn.svm.SVC_poly`, `mlp:width=8`."""
    base = learner.partition("+")[0]
    name, _, rest = base.partition(":")
    if name == "estimator":
        name = rest.partition(",")[0]
    name = _OURS.get(name, name.rpartition(".")[2])
    return name if name in KINDS else None


def averaged(
    future: np.ndarray, octaves: np.ndarray, told: np.ndarray, weight: float
) -> np.ndarray:
    """Paths whose quantiles at 1 and 2 octaves are averaged with those told; ranks stay.

    future: (members, len(octaves)) log values. told: (2, 13), the quantiles at `LEVELS`. What
    moves a path at 1 and 2 octaves moves it linearly before and between them, and stays after.
    """
    members = len(future)
    moved = np.zeros((members, 3))
    place = (np.arange(members) + 0.5) / members
    for i in (1, 2):
        values = future[:, int(np.argmin(np.abs(octaves - i)))]
        rank = np.empty(members, dtype=int)
        rank[np.argsort(values, kind="stable")] = np.arange(members)
        moved[:, i] = weight * (_at(place, told[i - 1])[rank] - values)
    left = np.minimum(octaves.astype(int), 1)
    share = np.minimum(octaves - left, 1.0)
    return future + moved[:, left] * (1 - share) + moved[:, left + 1] * share


def _widened(told: np.ndarray) -> np.ndarray:
    """(2, 13) quantiles whose ends are `_TAILS` times as far from those at 10 and 90%."""
    low, high = (told[:, [LEVELS.index(level)]] for level in (0.1, 0.9))
    beyond = np.minimum(told - low, 0) + np.maximum(told - high, 0)
    return told + (_TAILS - 1) * beyond


def _at(place: np.ndarray, told: np.ndarray) -> np.ndarray:
    """Quantiles at any place: linear in normal deviates, also beyond the outermost."""
    x, levels = ndtri(place), ndtri(np.array(LEVELS))
    out = np.interp(x, levels, told)
    low, high = told[_MIDDLE] - told[0], told[-1] - told[_MIDDLE]
    out = np.where(x < levels[0], told[0] + (x - levels[0]) * low / _TAIL, out)
    return np.where(x > levels[-1], told[-1] + (x - levels[-1]) * high / _TAIL, out)


def _rounded(values: np.ndarray) -> Any:
    return [
        _rounded(value) if isinstance(value, np.ndarray) else float(f"{value:.5g}")
        for value in values
    ]
