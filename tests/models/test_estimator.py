"""An estimator's config: what it names, what it refuses, and that its text runs no code."""

import json
import sys

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from priorscope.models.estimator import Estimator
from priorscope.train.recipe import parse_learner

ATTACKS = [
    "subprocess.getoutput",
    "os.system",
    "builtins.exec",
    "antigravity.webbrowser",
    "sklearn.utils.os.system",
    "numpy.load",
    "sklearn.datasets.fetch_openml",
    "pandas.read_pickle",
    "torch.load",
    "getoutput",
    "..x",
    "sklearn..svm.SVC",
    "",
]


@pytest.mark.parametrize("path", ATTACKS)
def test_only_the_class_of_an_estimator_is_called(path, tmp_path):
    harmed = tmp_path / "harmed"
    text = f"estimator:path={path},parameters={json.dumps({'cmd': f'touch {harmed}'})}"
    with pytest.raises((ValueError, LookupError)):
        parse_learner(text)
    with pytest.raises((ValueError, LookupError)):
        Estimator(path=path, parameters=json.dumps({"cmd": f"touch {harmed}"})).make()
    assert not harmed.exists()
    assert "antigravity" not in sys.modules


def test_a_nested_parameter_calls_nothing_else_either(tmp_path):
    attack = {"class": "subprocess.getoutput", "parameters": {"cmd": f"touch {tmp_path / 'h'}"}}
    stored = json.dumps({"estimator": attack})
    with pytest.raises(ValueError, match="the path of a class"):
        Estimator(path="sklearn.calibration.CalibratedClassifierCV", parameters=stored).make()
    assert not (tmp_path / "h").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sklearn.ensemble.RandomForestClasifier", "Did you mean 'RandomForestClassifier'"),
        ("sklearn.svm.SVC,gama=1", "has no parameter 'gama'.*Did you mean 'gamma'"),
        ("sklearn.linear_model.RidgeClassifier", "has no predict_proba"),
        ("nowhere_at_all.Forest", "can't be imported"),
        ("sklearn.svm.SVC,probability=false", "has no predict_proba"),
    ],
)
def test_a_misspelt_class_or_parameter_is_refused_when_planned(text, message):
    with pytest.raises((ValueError, LookupError), match=message):
        parse_learner(f"estimator:path={text}")


def test_text_and_object_are_the_same_learner():
    text = "estimator:path=sklearn.ensemble.RandomForestClassifier,n_estimators=7,max_depth=none"
    assert parse_learner(text).model == Estimator.of(RandomForestClassifier(n_estimators=7))


def test_a_name_of_the_recipe_is_the_estimators_own_here():
    path = "sklearn.ensemble.HistGradientBoostingClassifier"
    model = parse_learner(f"estimator:path={path},learning_rate=0.3").model
    assert isinstance(model, Estimator)
    assert model.make().learning_rate == 0.3


def test_pipelines_and_searches_come_back_and_predict_the_same():
    stream = np.random.default_rng(0)
    x = stream.standard_normal((60, 5))
    y = (x[:, 0] > 0).astype(int)
    pipeline = Pipeline(
        [("scale", StandardScaler()), ("pca", PCA(2)), ("lr", LogisticRegression())]
    )
    search = GridSearchCV(pipeline, {"lr__C": [0.1, 1.0], "pca__n_components": (1, 2)}, cv=2)
    for estimator in (pipeline, search):
        back = Estimator.of(estimator).make()
        expected = estimator.fit(x, y).predict_proba(x)
        np.testing.assert_allclose(back.fit(x, y).predict_proba(x), expected)


def test_the_seed_reaches_every_random_part():
    model = Estimator.of(make_pipeline(PCA(2), RandomForestClassifier(random_state=3)))
    seeds = {k: v for k, v in model.make(seed=11).get_params().items() if "random_state" in k}
    assert set(seeds.values()) == {11}
    assert len(seeds) == 2


def test_what_differs_from_the_defaults_describes_it():
    assert Estimator.of(RandomForestClassifier()).described() == "RandomForestClassifier"
    described = Estimator.of(RandomForestClassifier(n_estimators=20, max_depth=3)).described()
    assert described == "RandomForestClassifier(max_depth=3, n_estimators=20)"


def test_a_parameter_that_can_not_be_written_down_is_refused_by_its_name():
    class Odd:
        pass

    with pytest.raises(ValueError, match="max_depth must be a plain value or an estimator"):
        Estimator.of(RandomForestClassifier(max_depth=Odd()))
    with pytest.raises(ValueError, match="C must be finite, but it is nan"):
        Estimator.of(LogisticRegression(C=float("nan")))
