"""Work by Dask: rows that are written by workers or come back, and what is refused."""

import numpy as np
import pytest

from priorscope.experiments.settings import Settings
from priorscope.runs.backends import Backend
from priorscope.runs.backends.local import LocalBackend
from priorscope.runs.backends.remote import version_refusal
from priorscope.runs.execute import execute
from priorscope.runs.planner import Question
from priorscope.runs.store import Store
from priorscope.structures import parse_structure
from priorscope.tasks import Examples
from priorscope.train.recipe import Recipe, parse_learner

RECIPE = Recipe(steps=20, epochs=1, batch=16)


@pytest.fixture(scope="module", autouse=True)
def _installed():
    """Imported by the tests alone, as it takes seconds."""
    pytest.importorskip("distributed")


@pytest.fixture
def data():
    stream = np.random.default_rng(0)
    x = stream.standard_normal((90, 3)).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.int64)
    return Examples(x[:60], y[:60], x[60:], y[60:], ("a", "b"))


def question(data, store):
    return Question(
        learners=(parse_learner("linear", RECIPE), parse_learner("mlp:width=4", RECIPE)),
        structures=(parse_structure("intact"),),
        sizes=(10, 20),
        repeats=2,
        seed=0,
        tune=1,
        data=store.save_data(data),
    )


def scores(rows):
    return {row["digest"]: {p: row[p] for p in ("block", "test") if p in row} for row in rows}


@pytest.mark.filterwarnings("default")
def test_rows_are_written_by_workers_or_come_back_and_are_those_of_this_process(data, tmp_path):
    from priorscope.runs.backends.dask import DaskBackend

    here, shared, returned = (Store(tmp_path / name) for name in ("here", "shared", "returned"))
    runs = question(data, here).runs()
    expected = scores(execute(runs, here, LocalBackend(0)))
    for store, rows in ((shared, "auto"), (returned, "returned")):
        store.save_data(data)
        backend = DaskBackend(workers=1, rows=rows)
        assert isinstance(backend, Backend)
        done = scores(execute(runs, store, backend))
        assert done.keys() == expected.keys()
        for name, parts in expected.items():
            for part, numbers in parts.items():
                assert done[name][part] == pytest.approx(numbers, rel=1e-5)
        for run in runs:
            assert store.load_examples(run.digest) is not None
        assert not list(store.root.rglob("*.part"))


def test_a_scheduler_that_is_not_there_is_one_sentence(data, tmp_path, monkeypatch):
    from priorscope.runs.backends.dask import DaskBackend

    monkeypatch.setattr("priorscope.runs.backends.dask.CONNECT", 0.5)
    store = Store(tmp_path)
    runs = question(data, store).runs()
    with pytest.raises(ValueError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        execute(runs, store, DaskBackend("tcp://127.0.0.1:9"))


def test_another_version_is_refused():
    assert version_refusal("A worker", "1.0", "1.0") is None
    assert version_refusal("A worker", "0.9", "1.0") == (
        "A worker has priorscope 0.9, and this is 1.0; install the same version on all workers."
    )
    assert "no priorscope" in str(version_refusal("A worker", None, "1.0"))


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"scheduler": "tcp://a:1"}, "--scheduler is for --backend dask"),
        ({"address": "auto", "backend": "dask"}, "--address is for --backend ray"),
        ({"shard": "3/2"}, "I/N with I from 1 to N"),
        ({"shard": "1/2", "fresh": True}, "leave out one of --fresh, --shard"),
        ({"backend": "slurm"}, "backend"),
    ],
)
def test_what_does_not_fit_together_is_refused(keys, says):
    with pytest.raises(ValueError, match=says):
        Settings.of(**keys)
