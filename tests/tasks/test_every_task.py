"""What holds for every task that makes its own data."""

import numpy as np
import pytest

from priorscope.tasks import TASKS

NEED_A_PATH = {"arrays", "images", "series", "tables", "texts"}  # readers of users' files
GENERATED = sorted(set(TASKS) - NEED_A_PATH)


@pytest.fixture(scope="module", params=GENERATED)
def task(request):
    return TASKS[request.param]()


def test_arrays_fit_the_signature_and_each_other(task):
    data = task.load(0)
    for inputs, targets in (
        (data.inputs, data.targets),
        (data.test_inputs, data.test_targets),
    ):
        assert inputs.shape == (len(targets), *data.signature.input_shape)
        assert targets.ndim == 1
        assert len(targets) > 0
        assert np.isfinite(inputs).all()
        assert np.isfinite(targets).all()
    assert data.inputs.dtype == data.test_inputs.dtype
    assert data.targets.dtype in (np.int64, np.float64)
    data.target.check_targets(data.targets)


def test_the_same_seed_gives_the_same_data_and_no_call_changes_another(task):
    first, again = task.load(3), task.load(3)
    assert first.fingerprint == again.fingerprint
    first.inputs.flags.writeable and first.inputs.fill(0)
    assert task.load(3).fingerprint == again.fingerprint


def test_training_and_test_examples_are_not_the_same(task):
    data = task.load(0)
    train = {example.tobytes() for example in data.inputs}
    both = sum(example.tobytes() in train for example in data.test_inputs)
    assert both < 0.2 * len(data.test_inputs)  # the space of some tasks is small


def test_a_task_is_rebuilt_from_its_json(task):
    assert type(task).from_json(task.to_json()) == task
    assert (type(task).__doc__ or "").strip()
