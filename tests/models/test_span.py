"""Linear models of many sparse features are the same when fitted in the span of the examples."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from priorscope.models import _selection
from priorscope.models._selection import Selected
from priorscope.models._span import MOST, span_of


def examples(count=40, features=3000, classes=3, seed=0):
    """Sparse rows, of which one occurs twice and one is empty, and a class for each."""
    stream = np.random.default_rng(seed)
    y = stream.integers(0, classes, count)
    rows = sparse.random(count, features, 0.05, "lil", random_state=seed)
    rows[:, :20] = stream.random((count, 20)) * (
        stream.random((count, 20)) < 0.2 + 0.2 * y[:, None]
    )
    rows[1], rows[2] = rows[0], 0
    return sparse.csr_matrix(rows), y


def fitted(x, y, **options):
    precise = {"tol": 1e-10, "max_iter": 5000} | options
    return Selected(
        lambda n: [LogisticRegression(C=c, **precise) for c in (1.0, 0.1)], 0, True
    ).fit(x, y)


@pytest.mark.parametrize("classes", [2, 3])
def test_the_model_is_that_of_all_features(monkeypatch, classes):
    x, y = examples(classes=classes)
    new, _ = examples(seed=1)
    assert span_of(x) is not None
    inside = fitted(x, y)
    monkeypatch.setattr(_selection, "span_of", lambda inputs: None)
    plain = fitted(x, y)
    assert inside.best.C == plain.best.C
    assert inside.best.coef_ == pytest.approx(plain.best.coef_, abs=1e-5)
    assert inside.best.intercept_ == pytest.approx(plain.best.intercept_, abs=1e-5)
    assert inside.predict_proba(new) == pytest.approx(plain.predict_proba(new), abs=1e-5)
    assert inside.best.n_features_in_ == x.shape[1]


def test_coordinates_have_the_inner_products_of_the_examples():
    x, _ = examples()
    span = span_of(x)
    assert span is not None
    assert span.coordinates @ span.coordinates.T == pytest.approx((x @ x.T).toarray(), abs=1e-8)


def test_what_would_cost_more_is_fitted_as_it_is():
    few = sparse.random(400, 30, 0.1, "csr", random_state=0)
    many = sparse.csr_matrix((MOST + 1, 10**8))
    assert span_of(few) is None
    assert span_of(many) is None
    assert span_of(np.ones((4, 1000))) is None
