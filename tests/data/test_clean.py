import numpy as np
import pytest

from priorscope.core.split import stratified_split
from priorscope.data.clean import LabelOptions, assemble, split_examples
from priorscope.data.held_out import grouped_split, latest_split
from priorscope.data.ranges import check_finite


def test_split_holds_out_the_share_of_each_class():
    targets = np.repeat([0, 1, 2], [100, 50, 2])
    train, test = stratified_split(targets, 0.2, seed=0)
    assert np.bincount(targets[test]).tolist() == [20, 10, 1]  # a class of two gives one
    assert sorted([*train, *test]) == list(range(152))


def test_split_shuffles_what_comes_sorted_by_class():
    train, _ = stratified_split(np.repeat([0, 1], 500), 0.5, seed=0)
    first = (train[:100] < 500).sum()
    assert 30 < first < 70  # binomial(100, 1/2): mean 50, four standard deviations


def test_missing_labels_are_left_out_and_counted_or_refused():
    labels = ["a", "", "b", "a", "b", None] * 2
    split = split_examples(labels)
    used = sorted([*split.train, *split.test])
    assert used == [0, 2, 3, 4, 6, 8, 9, 10]
    assert [note.text for note in split.notes] == [
        "4 of 12 labels are missing (first: example 1); these examples are left out.",
    ]
    assert [(d.count, d.reason) for d in split.dropped] == [(4, "the label is missing")]
    with pytest.raises(ValueError, match=r"4 of 12 labels are missing"):
        split_examples(labels, options=LabelOptions(strict=True))


def test_examples_that_are_alone_in_their_class_are_left_out_if_they_are_few():
    labels = ["a"] * 60 + ["lone"] + [None] + ["z"] * 60 + ["other"]
    split = split_examples(labels)
    used = np.concatenate([split.train, split.test])
    assert split.class_names == ("a", "z")
    assert sorted(used) == [i for i, label in enumerate(labels) if label in ("a", "z")]
    assert {split.class_names[c] for c in split.targets[:60]} == {"a"}
    assert {split.class_names[c] for c in split.targets[62:122]} == {"z"}
    assert [(d.count, d.reason) for d in split.dropped] == [
        (1, "the label is missing"),
        (2, "it is the only example of its class"),
    ]
    assert split.notes[-1].text == (
        "2 classes have one example each ('lone', 'other'), too few to learn from one and test on "
        "another; left out."
    )
    with pytest.raises(ValueError, match=r"fewer of 'lone' \(1\), 'other' \(1\)"):
        split_examples([*labels[:61], *labels[62:]], options=LabelOptions(strict=True))
    many = labels + [f"name {i}" for i in range(2)]
    with pytest.raises(ValueError, match=r"fewer of 'lone' \(1\)"):
        split_examples(many)
    with pytest.raises(ValueError, match=r"fewer of 'b' \(1\)"):
        split_examples(["a"] * 100 + ["b"])


def test_a_given_split_is_kept_in_its_order():
    is_test = np.array([0, 1, 0, 0, 1, 0], dtype=bool)
    split = split_examples([0, 1, 1, 0, 0, 1], is_test)
    assert split.train.tolist() == [0, 2, 3, 5]
    assert split.test.tolist() == [1, 4]


def test_a_class_that_training_does_not_have_is_refused():
    with pytest.raises(ValueError, match=r"training split at least.*'2' \(0\)"):
        split_examples([0, 0, 1, 1, 2, 2], np.array([0, 0, 0, 0, 1, 1], dtype=bool))
    with pytest.raises(ValueError, match=r"test split is empty"):
        split_examples([0, 0, 1, 1], np.zeros(4, dtype=bool))
    with pytest.raises(ValueError, match=r"fewer of 'b' \(1\)"):
        split_examples(["a", "a", "b"])


def test_groups_are_never_parted():
    groups = np.repeat(np.arange(40), 5)
    labels = np.arange(200) % 2
    for seed in range(5):
        split = split_examples(labels, options=LabelOptions(seed=seed), groups=groups)
        assert not set(groups[split.train]) & set(groups[split.test])
        assert 30 <= len(split.test) <= 50
        assert sorted([*split.train, *split.test]) == list(range(200))


def test_a_group_that_alone_has_a_class_stays_in_training():
    groups, strata = np.repeat(np.arange(10), 4), np.repeat([0, 1], [36, 4])
    for seed in range(10):
        _, test = grouped_split(groups, strata, 0.2, seed)
        assert 9 not in groups[test]
    with pytest.raises(ValueError, match=r"one group"):
        grouped_split(np.zeros(5, int), np.zeros(5, int), 0.2, 0)


def test_the_latest_examples_are_the_test_split_and_training_is_in_order():
    times = np.random.default_rng(0).permutation(100).astype(float)
    split = split_examples(np.arange(100) % 2, times=times)
    assert (np.diff(times[split.train]) > 0).all()
    assert times[split.train].max() < times[split.test].min()
    assert len(split.test) == 20
    train, test = latest_split(np.array([0.0, 0, 0, 1, 1]), 0.2)  # one moment isn't parted
    assert (train.tolist(), test.tolist()) == ([0, 1, 2], [3, 4])
    with pytest.raises(ValueError, match=r"times are the same"):
        latest_split(np.zeros(5), 0.2)


def test_duplicates_leave_the_test_split_and_are_counted():
    inputs = np.arange(40, dtype=np.float32).reshape(20, 2)
    inputs[17] = inputs[3]
    inputs[5] = inputs[4]
    is_test = np.arange(20) >= 14
    split = split_examples(np.arange(20) % 2, is_test)
    examples = assemble(split, inputs[split.train], inputs[split.test])
    assert (len(examples.inputs), len(examples.test_inputs)) == (14, 5)
    assert not (examples.test_inputs == inputs[3]).all(axis=1).any()
    assert examples.notes[0] == (
        "1 of 6 test inputs are also in training; they are left out of the test split."
    )
    assert examples.groups is not None
    assert examples.groups[4] == examples.groups[5]
    assert len(set(examples.groups)) == 13
    assert examples.read.dropped[0].count == 1


def test_equal_inputs_join_the_groups_that_hold_them():
    inputs = np.arange(24, dtype=np.float32).reshape(12, 2)
    inputs[9] = inputs[0]
    is_test = np.arange(12) >= 10
    groups = np.arange(12) // 3
    split = split_examples(np.arange(12) % 2, is_test, groups=groups)
    examples = assemble(split, inputs[split.train], inputs[split.test])
    expected = [0, 0, 0, 1, 1, 1, 2, 2, 2, 0]
    assert (examples.groups[:, None] == examples.groups).tolist() == (
        np.equal.outer(expected, expected).tolist()
    )


@pytest.mark.parametrize("given", [False, True])
def test_equal_test_inputs_are_of_one_group(given):
    inputs = np.arange(60, dtype=np.float32).reshape(30, 2)
    inputs[25] = inputs[21]
    groups = np.arange(30) // 2 if given else None
    split = split_examples(np.arange(30) % 2, np.arange(30) >= 20, groups=groups)
    examples = assemble(split, inputs[split.train], inputs[split.test])
    expected = [0, 0, 1, 1, 0, 0, 3, 3, 4, 4] if given else [0, 1, 2, 3, 4, 1, 6, 7, 8, 9]
    assert examples.test_groups is not None
    assert (examples.test_groups[:, None] == examples.test_groups).tolist() == (
        np.equal.outer(expected, expected).tolist()
    )


def test_inputs_that_repeat_by_nature_are_kept():
    inputs = np.tile(np.eye(2, dtype=np.float32), (10, 1))
    split = split_examples(np.arange(20) // 2 % 2)
    examples = assemble(split, inputs[split.train], inputs[split.test])
    assert (len(examples.inputs), len(examples.test_inputs)) == (16, 4)
    assert "they stay" in examples.notes[0]
    assert examples.groups is None


def test_values_that_are_not_finite_are_named():
    inputs = np.zeros((5, 3), np.float32)
    check_finite(inputs, "training")
    inputs[3, 1] = np.nan
    with pytest.raises(ValueError, match=r"1 of 5 training examples .*first: example 3"):
        check_finite(inputs, "training")
    inputs[1] = [np.inf, -np.inf, 0]
    with pytest.raises(ValueError, match=r"2 of 5 training examples .*first: example 1"):
        check_finite(inputs, "training")


def test_test_share_must_be_a_share():
    with pytest.raises(ValueError, match=r"test_share must lie in \(0, 1\), but it is 1.5"):
        split_examples([0, 0, 1, 1], options=LabelOptions(test_share=1.5))


def test_strict_refuses_warnings():
    inputs = np.tile(np.eye(2, dtype=np.float32), (10, 1))
    split = split_examples(np.arange(20) // 2 % 2, options=LabelOptions(strict=True))
    with pytest.raises(ValueError, match=r"they stay.*Leave out --strict"):
        assemble(split, inputs[split.train], inputs[split.test])
