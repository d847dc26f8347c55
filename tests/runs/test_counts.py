"""What is counted as done: rows that are there."""

import numpy as np

from priorscope.runs.batch import Batch
from priorscope.runs.crew import Crew
from priorscope.runs.planner import Question
from priorscope.runs.queue import Queue
from priorscope.runs.rows import failed_row
from priorscope.runs.store import Store
from priorscope.structures import parse_structure
from priorscope.tasks import Examples
from priorscope.train.recipe import Recipe, parse_learner


def test_runs_that_the_budget_stopped_are_not_done(tmp_path):
    x, y = np.zeros((30, 3), np.float32), np.arange(30) % 2
    store = Store(tmp_path)
    asked = Question(
        learners=(parse_learner("linear", Recipe(steps=20, epochs=1)),),
        structures=(parse_structure("intact"),),
        sizes=(20,),
        repeats=2,
        seed=0,
        tune=1,
        data=store.save_data(Examples(x[:20], y[:20], x[20:], y[20:], ("a", "b"))),
    )
    runs = asked.runs()
    batch = Batch.of(runs, str(tmp_path), "cpu", ())
    queue = Queue([batch], store, Crew())
    store.save(runs[0].digest, failed_row(runs[0].to_json(), "for this test"))
    queue.settle(batch, in_time=False)
    assert (queue.progress.finished, queue.progress.runs) == (1, 2)
    assert queue.progress.updated == queue.own_updates == batch.updates / 2
    queue.settle(batch)
    assert (queue.progress.finished, queue.progress.updated) == (2, batch.updates)
