"""What every registered learner must do once it is fitted: predict, and survive its folder."""

import numpy as np
import pytest

from priorscope.core.estimate import Estimate
from priorscope.fitted.facts import Expected
from priorscope.fitted.fit import fit
from priorscope.fitted.model import FittedModel
from priorscope.models import MODELS
from priorscope.targets.classes import Classes
from priorscope.targets.quantity import Quantity
from priorscope.tasks import Examples
from priorscope.train.recipe import Recipe, parse_learner

TRAIN, TEST, CLASSES = 40, 10, 3
SHAPES = {"vector": (5,), "series": (12, 2), "image": (6, 6, 2), "tokens": (8,)}
SMALL = {"forest": "forest:n_estimators=3", "boosting": "boosting:max_iter=3"}
SMALL |= {"random-convolutions": "random-convolutions:features=84"}
SMALL |= {"estimator": "estimator:path=sklearn.tree.DecisionTreeClassifier"}
RECIPE = Recipe(steps=3, epochs=0)
HALF = Estimate(center=0.5, low=0.25, high=0.75, n=3, method="made up")
EXPECTED = Expected(metric="accuracy", value=HALF, size=30)


def examples(layout, quantity):
    stream = np.random.default_rng(0)
    count = TRAIN + TEST
    classes = stream.integers(CLASSES, size=count)
    inputs = stream.standard_normal((count, *SHAPES[layout])).astype(np.float32)
    inputs += classes.reshape(-1, *[1] * (inputs.ndim - 1))
    if layout == "tokens":
        inputs = stream.integers(1, 9, (count, *SHAPES[layout])).astype(np.int32)
        inputs[::3, 5:] = 0
    targets = inputs.reshape(count, -1).mean(axis=1).astype(np.float64) if quantity else classes
    target = Quantity.of(targets) if quantity else Classes(num_classes=CLASSES)
    return Examples(
        inputs[:TRAIN], targets[:TRAIN], inputs[TRAIN:], targets[TRAIN:],
        class_names=() if quantity else ("ant", "bee", "cow"),
        vocabulary=9 if layout == "tokens" else None,
        target=target,
    )  # fmt: skip


CASES = []
for name in MODELS.classes():
    for layout in SHAPES:
        for quantity in (False, True):
            text = SMALL.get(name, name)
            if name == "estimator" and quantity:
                text = "estimator:path=sklearn.tree.DecisionTreeRegressor"
            fits = name != "external" and (
                parse_learner(text, RECIPE).why_not(examples(layout, quantity).signature) is None
            )
            CASES += [(text, layout, quantity)] if fits else []


@pytest.mark.parametrize(("text", "layout", "quantity"), CASES)
def test_predictions_are_the_same_bit_for_bit_after_its_folder(text, layout, quantity, tmp_path):
    data = examples(layout, quantity)
    model = fit(data, parse_learner(text, RECIPE), seeds=1 + (text == "linear"), expected=EXPECTED)
    model.save(tmp_path / "model")
    loaded = FittedModel.load(tmp_path / "model")
    new = data.test_inputs
    if quantity:
        assert loaded.predict(new).tobytes() == model.predict(new).tobytes()
        assert np.isfinite(model.predict(new)).all()
        with pytest.raises(ValueError, match="predicts a quantity"):
            model.predict_proba(new)
    else:
        p = model.predict_proba(new)
        assert loaded.predict_proba(new).tobytes() == p.tobytes()
        assert p.shape == (TEST, CLASSES)
        np.testing.assert_allclose(p.sum(axis=1), 1)
        assert set(loaded.predict(new)) <= {"ant", "bee", "cow"}
    assert loaded.facts == model.facts
    assert repr(loaded) == repr(model)
    assert (
        sorted(p.name for p in (tmp_path / "model").iterdir() if p.suffix in (".pkl", ".pt")) == []
    )
