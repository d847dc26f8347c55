import numpy as np
import pytest

from priorscope.core.split import stratified_split
from priorscope.data.clean import assemble, check_finite, encode_labels, split_examples


def test_split_holds_out_the_share_of_each_class():
    targets = np.repeat([0, 1, 2], [100, 50, 2])
    train, test = stratified_split(targets, 0.2, seed=0)
    assert np.bincount(targets[test]).tolist() == [20, 10, 1]  # a class of two gives one
    assert sorted([*train, *test]) == list(range(152))


def test_split_shuffles_what_comes_sorted_by_class():
    train, _ = stratified_split(np.repeat([0, 1], 500), 0.5, seed=0)
    first = (train[:100] < 500).sum()
    assert 30 < first < 70  # binomial(100, 1/2): mean 50, four standard deviations


def test_names_and_codes_follow_the_labels():
    targets, names, notes = encode_labels(["cat", "ant", "cat"], (), False)
    assert (targets.tolist(), names, notes) == ([1, 0, 1], ("ant", "cat"), [])
    targets, names, _ = encode_labels(np.array([3, 10, 3]), (), False)
    assert (targets.tolist(), names) == ([0, 1, 0], ("3", "10"))
    targets, names, _ = encode_labels(["10", "9", "9"], (), False)
    assert names == ("9", "10")  # numbers in text sort as numbers
    assert encode_labels(["1", "1.0", "2"], (), False)[1] == ("1", "2")
    assert encode_labels(["01", "1", "01"], (), False)[1] == ("01", "1")
    _, names, _ = encode_labels(np.array([0, 1]), ["left", "right"], False)
    assert names == ("left", "right")


def test_missing_labels_are_left_out_and_counted_or_refused():
    split = split_examples(["a", "", "b", "a", "b", None] * 2)
    used = sorted([*split.train, *split.test])
    assert used == [0, 2, 3, 4, 6, 8, 9, 10]
    assert split.notes == (
        "4 of 12 labels are missing (first: example 1); these examples are left out.",
    )
    with pytest.raises(ValueError, match=r"4 of 12 labels are missing"):
        split_examples(["a", "", "b", "a", "b", None] * 2, strict=True)
    with pytest.raises(ValueError, match=r"All 3 labels are missing"):
        split_examples(["", "nan", None])


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        (["a"] * 5, r"All 5 labels are 'a'"),
        (["a", "a", "b"], r"fewer of 'b' \(1\)"),
        ([0.5, 1.25, 2.0], r"looks like a quantity \(3 distinct values, such as 0.5\)"),
        (["0.5", "1.25", "1.25"], r"looks like a quantity"),
        (np.arange(1000), r"1000 distinct values in 1000 examples"),
        (np.eye(3), r"one-hot"),
        ([1.0, np.inf], r"infinite"),
        (["1", "inf", "1"], r"infinite"),
    ],
)
def test_labels_that_cannot_be_learned_are_refused(labels, sentence):
    with pytest.raises(ValueError, match=sentence):
        split_examples(labels)


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


def test_duplicates_leave_training_and_are_counted():
    inputs = np.arange(40, dtype=np.float32).reshape(20, 2)
    inputs[3] = inputs[17]
    is_test = np.arange(20) >= 16
    split = split_examples(np.arange(20) % 2, is_test)
    examples = assemble(split, inputs[split.train], inputs[split.test])
    assert len(examples.inputs) == 15
    assert not (examples.inputs == inputs[17]).all(axis=1).any()
    assert examples.notes == (
        "1 of 16 training inputs are also in the test split; they are left out of training.",
    )


def test_inputs_that_repeat_by_nature_are_kept():
    inputs = np.tile(np.eye(2, dtype=np.float32), (10, 1))
    split = split_examples(np.arange(20) // 2 % 2)
    examples = assemble(split, inputs[split.train], inputs[split.test])
    assert len(examples.inputs) == 16
    assert "they are kept" in examples.notes[0]


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
        split_examples([0, 0, 1, 1], test_share=1.5)
