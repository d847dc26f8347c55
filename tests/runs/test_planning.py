"""From a question to runs, and from runs to batches."""

import dataclasses
import time

import pytest
from small_runs import Flaky, question

from priorscope.core.config import digest
from priorscope.runs.execute import execute
from priorscope.runs.planner import batches
from priorscope.runs.progress import Progress
from priorscope.runs.run import Run
from priorscope.runs.store import Store


def test_a_run_comes_back_from_json(data, tmp_path):
    for run in question(data, Store(tmp_path)).runs():
        again = Run.from_json(run.to_json())
        assert again.digest == run.digest
        assert again.learner.text == run.learner.text
        stored = {k: v for k, v in run.to_json().items() if k != "text"}
        assert digest(stored) == run.digest


def test_every_cell_is_planned_once(data, tmp_path):
    runs = question(data, Store(tmp_path), repeats=3).runs()
    cells = {(r.learner.text, r.structure.label, r.size, r.repeat) for r in runs}
    assert len(runs) == len(cells) == 2 * 2 * 3 * 3
    assert [r.repeat for r in runs[: 2 * 3 * 2]] == [
        0,
        1,
    ] * 6  # two intact repeats of all come first
    assert {r.structure.label for r in runs[: 2 * 3 * 2]} == {"intact"}


def test_without_a_budget_structures_and_repeats_train_together(data, tmp_path):
    hurried = question(data, Store(tmp_path), repeats=3)
    runs = dataclasses.replace(hurried, first_repeats=3).runs()
    assert {run.digest for run in runs} == {run.digest for run in hurried.runs()}
    assert [len(group) for group in batches(runs, 3, together=False)] == [6] * 6


def test_batches_are_of_nearly_one_length(data, tmp_path):
    runs = dataclasses.replace(question(data, Store(tmp_path), repeats=9), first_repeats=9).runs()
    assert [len(group) for group in batches(runs, 3, together=False)] == [9] * 12  # not 16 and 2


def test_the_time_left_counts_updates():
    progress = Progress(runs=3, updates=1000, started=time.monotonic() - 10)
    assert progress.left() is None
    progress.updated = 200
    assert progress.left() == pytest.approx(40, abs=1)


def test_batches_hold_one_learner_and_size(data, tmp_path):
    runs = question(data, Store(tmp_path), repeats=4).runs()
    for group in batches(runs, example_values=3, together=False):
        assert len({(run.learner, run.size) for run in group}) == 1
    grouped = batches(runs, example_values=3, together=False)
    assert sum(map(len, grouped)) == len(runs)
    big = batches(runs, example_values=10**9, together=False)
    assert {len(group) for group in big} == {1}


def test_blocks_follow_each_other_and_the_last_size_has_none(data, tmp_path):
    runs = question(data, Store(tmp_path)).runs()
    assert {(run.size, run.stop) for run in runs} == {(10, 20), (20, 40), (40, 40)}


def test_time_left_travels_and_no_clock_reading_does(data, tmp_path):
    store, backend, left = Store(tmp_path), Flaky(set()), []
    submit = backend.submit
    backend.submit = lambda batch: (left.append(batch.seconds), submit(batch))[1]
    runs = question(data, store, ("linear",), 1).runs()
    execute(runs, store, backend, budget_seconds=3600.0)
    assert all(3500 < seconds <= 3600 for seconds in left)
    assert left == sorted(left, reverse=True)
