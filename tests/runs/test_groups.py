"""Groups and time: no learner sees a member of a group, or a day, that it predicts."""

import numpy as np
import pytest

from priorscope.core.seeds import numpy_stream
from priorscope.core.target import TARGETS
from priorscope.experiments.plan import choose_sizes
from priorscope.experiments.settings import Settings
from priorscope.runs.draws import draw_order, kept_together, usable
from priorscope.runs.planner import Question
from priorscope.runs.store import Store
from priorscope.runs.worker import RunData
from priorscope.structures import parse_structure
from priorscope.tasks import Examples
from priorscope.train.prefix import SplitPrefix, split_validation
from priorscope.train.recipe import parse_learner

SPEAKERS, CLIPS = 60, 12


def speakers(seed: int = 0) -> Examples:
    """60 speakers with 12 clips each: a signature far stronger than the two words' difference."""
    stream = numpy_stream(seed, "speakers")
    voice = stream.normal(0, 3, (SPEAKERS + 20, 10))
    person = np.repeat(np.arange(SPEAKERS + 20), CLIPS)
    favourite = stream.integers(0, 2, SPEAKERS + 20)
    words = np.where(stream.random(len(person)) < 0.85, favourite[person], 1 - favourite[person])
    x = voice[person] + stream.normal(0, 1, (len(person), 10)) + 0.3 * words[:, None]
    x, train = x.astype(np.float32), person < SPEAKERS
    return Examples(
        x[train], words[train], x[~train], words[~train], ("yes", "no"), groups=person[train]
    )


@pytest.mark.parametrize("draw", range(3))
def test_groups_are_in_one_piece_and_never_cut(draw):
    data = speakers()
    order = draw_order(data.targets, draw, 0, 45, data.groups)
    assert sorted(order) == list(range(len(order)))
    of = data.groups[order]
    assert np.count_nonzero(np.diff(of)) == SPEAKERS - 1
    for size, stop in ((45, 90), (90, 180), (180, 360), (360, 720)):
        prefix = kept_together(order[:stop], size, data.groups)
        block = order[size:stop]
        assert not set(data.groups[prefix]) & set(data.groups[block])
        assert len(prefix) > size - CLIPS
        train, validation = split_validation(data.targets[prefix], 1, data.groups[prefix])
        assert not set(data.groups[prefix][train]) & set(data.groups[prefix][validation])
        assert 0.05 < len(validation) / len(prefix) < 0.45


def test_groups_of_one_change_nothing():
    targets = np.arange(200) % 3
    alone = np.arange(200)[::-1]
    plain, grouped = (draw_order(targets, 2, 5, 30, groups) for groups in (None, alone))
    np.testing.assert_array_equal(plain, grouped)
    for one, other in zip(
        split_validation(targets, 7), split_validation(targets, 7, alone), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_the_first_block_has_every_class_although_groups_are_of_one_class():
    groups = np.repeat(np.arange(20), 10)
    targets = groups % 4
    for draw in range(5):
        order = draw_order(targets, draw, 0, 60, groups)
        assert set(targets[order[:60]]) == {0, 1, 2, 3}
        assert set(targets[kept_together(order, 60, groups)]) == {0, 1, 2, 3}


def test_one_group_alone_is_still_split():
    train, validation = split_validation(np.arange(20) % 2, 0, np.zeros(20, dtype=int))
    assert len(train) == 16
    assert len(validation) == 4


def test_time_goes_forward_only():
    targets = np.arange(100) % 2
    orders = [draw_order(targets, draw, 0, 10, None, True) for draw in range(3)]
    for order in orders:
        assert (np.diff(order) > 0).all()
        assert len(order) == usable(100, True) == 80
    assert not np.array_equal(orders[0], orders[1])
    train, validation = split_validation(targets, 0, None, True)
    assert train.max() < validation.min()
    assert len(validation) == 20


def test_sizes_fit_what_a_repeat_has():
    data = speakers()
    assert choose_sizes(Settings(), data)[-1] == 720
    assert choose_sizes(Settings(), data)[0] >= 4 * CLIPS - CLIPS
    late = Examples(
        data.inputs, data.targets, data.test_inputs, data.test_targets, ("yes", "no"), ordered=True
    )
    assert choose_sizes(Settings(), late)[-1] == 576


def test_a_worker_keeps_groups_apart(tmp_path):
    data, store = speakers(), Store(tmp_path)
    store.save_data(data)
    question = Question(
        learners=(parse_learner("linear"),), structures=(parse_structure("intact"),),
        sizes=(45, 90, 180), repeats=2, seed=0, tune=1, data=data.fingerprint,
    )  # fmt: skip
    arrays, signature = store.load_data(data.fingerprint)
    inputs_of = {tuple(x): g for x, g in zip(data.inputs, data.groups, strict=True)}
    for run in question.runs():
        own = RunData.of(run, arrays, signature)
        before = {inputs_of[tuple(x)] for x in own.prefix.inputs}
        after = {inputs_of[tuple(x)] for x in own.block[0]}
        assert not before & after
        split = SplitPrefix.of(own.prefix, TARGETS["classes"].from_json({"num_classes": 2}))
        groups = own.prefix.groups
        assert not set(groups[split.train]) & set(groups[split.validation])
