"""What the tests of runs share."""

import numpy as np
import pytest

from priorscope.tasks import Examples


@pytest.fixture
def data():
    stream = np.random.default_rng(0)
    x = stream.standard_normal((90, 3)).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.int64)
    return Examples(x[:60], y[:60], x[60:], y[60:], ("a", "b"))
