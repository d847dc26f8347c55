import datetime
import unicodedata

import numpy as np
import pyarrow as pa
import pytest

from priorscope.data.labels import read_labels


def classes(labels, **options):
    read = read_labels(labels, **options)
    return read.codes.tolist(), read.names


def warnings_of(read):
    return [note.text for note in read.notes if note.level == "warning"]


def test_names_and_codes_follow_the_labels():
    assert classes(["cat", "ant", "cat"]) == ([1, 0, 1], ("ant", "cat"))
    assert classes(np.array([3, 10, 3])) == ([0, 1, 0], ("3", "10"))
    assert classes(["10", "9", "9"])[1] == ("9", "10")  # numbers in text sort as numbers
    assert classes(["01", "1", "01"])[1] == ("1", "01")  # 01 is a code
    assert classes(np.array([0, 1]), class_names=("left", "right"))[1] == ("left", "right")
    assert classes(np.array([b"a", b"b"]))[1] == ("a", "b")
    assert classes(pa.array(["a", None, "b"])) == ([0, -1, 1], ("a", "b"))


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ([1, 1.0, "1", True, 0, "0", False, "0.0"], ("0", "1")),
        (["1", "1.0", "2", "2.0", "spam"] * 3, ("1", "2", "spam")),
        (["True", "TRUE", "FALSE", "False"], ("False", "True")),
        ([unicodedata.normalize("NFD", "가"), "가", "나"] * 2, ("가", "나")),
    ],
)
def test_spellings_of_one_class_are_merged_and_said(labels, names):
    read = read_labels(labels)
    assert read.names == names
    assert any("are one class" in note.text for note in read.notes)


def test_large_whole_numbers_are_never_rounded():
    labels = [2**53, 2**53 + 1, 10**20, 10**20 + 1] * 2
    assert len(read_labels(labels).names) == 4
    assert len(read_labels([str(v) for v in labels]).names) == 4
    assert len(read_labels(np.array([2**53, 2**53 + 1] * 3)).names) == 2
    assert read_labels(np.array([2**64 - 1, 2**63] * 3, np.uint64)).names == (
        "9223372036854775808",
        "18446744073709551615",
    )


@pytest.mark.parametrize("word", ["None", "NA", "n/a", "null"])
def test_words_that_people_use_as_classes_stay_and_are_named(word):
    read = read_labels([word, "mild", "severe"] * 5)
    assert set(read.names) == {word, "mild", "severe"}
    assert f"{word!r} is read as a class" in warnings_of(read)[0]
    left_out = read_labels([word, "mild", "severe"] * 5, missing=(word,))
    assert left_out.names == ("mild", "severe")
    assert left_out.missing.sum() == 5
    assert read_labels([word, "1", "2"] * 5).names == ("1", "2")  # between numbers it is missing


@pytest.mark.parametrize("word", ["", "nan", "#N/A", "<NA>", "NaN", "?", " "])
def test_what_programs_write_for_missing_is_missing(word):
    read = read_labels(["a", word, "b"] * 4)
    assert read.names == ("a", "b")
    assert read.missing.tolist() == [False, True, False] * 4


@pytest.mark.parametrize(
    ("labels", "low", "high"),
    [
        (np.linspace(0, 1, 50), 0, 1),
        ([str(v) for v in range(18, 90)] * 2, 18, 89),
        (["1,250.5", "3,000.25", "2,111.75"] * 20, 1250.5, 3000.25),
        (["0,5", "1,25", "2,75"] * 20, 0.5, 2.75),
        (np.repeat(np.arange(25, 347), 2), 25, 346),
    ],
)
def test_quantities_are_recognised(labels, low, high):
    read = read_labels(labels)
    assert read.values is not None
    assert (np.nanmin(read.values), np.nanmax(read.values)) == (low, high)
    assert "read as a quantity" in read.notes[-1].text


@pytest.mark.parametrize(
    "labels",
    [
        np.repeat(np.arange(100), 50),  # codes of classes from 0 on
        np.arange(40) % 10,
        [18, 21, 65] * 10,  # few values
        ["a", "b"] * 5,
    ],
)
def test_codes_of_classes_are_no_quantity(labels):
    assert read_labels(labels).values is None


def test_the_task_decides_where_it_is_named():
    assert read_labels([1, 2, 3] * 5, task="regression").values is not None
    assert read_labels([0.5, 1.5] * 5, task="classification").names == ("0.5", "1.5")
    with pytest.raises(ValueError, match=r"regression needs numbers .* 'a'"):
        read_labels(["a", "b"], task="regression")
    with pytest.raises(ValueError, match=r"a constant has nothing to learn"):
        read_labels([2.5] * 10)


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        (["a"] * 5, r"All 5 labels are 'a'"),
        (["", None], r"All 2 labels are missing"),
        ([1.0, np.inf], r"infinite"),
        ([f"name {k}" for k in range(100)], r"100 distinct values in 100 examples"),
        (np.array([[0, 1, 1], [1, 0, 0]]), r"multi-label"),
        (np.zeros((3, 2)) + 0.5, r"one value per example, but their shape is \(3, 2\)"),
        ([["a"], ["a", "b"]], r"example 0 is \['a'\].*multi-label"),
        (["red", "red|blue", "blue", "blue|red"] * 5, r"multi-label.*--task classification"),
        (["a;b", "b;c", "a;c", "c;d", "a;d"] * 5, r"multi-label"),
        (np.array(["2020-01-01"] * 3, "datetime64[D]"), r"datetime64"),
        (np.array([1 + 2j] * 3), r"complex128"),
        (np.array([b"\xea\xb0"] * 3), r"not UTF-8"),
        ([{"a": 1}] * 3, r"multi-label"),
    ],
)
def test_labels_that_cannot_be_learned_are_refused(labels, sentence):
    with pytest.raises(ValueError, match=sentence):
        read_labels(labels)


def test_one_hot_rows_are_classes_and_combinations_can_be():
    assert classes(np.eye(3)[[2, 0, 1] * 2])[0] == [2, 0, 1] * 2
    combined = ["red", "red|blue", "blue"] * 5
    assert len(read_labels(combined, task="classification").names) == 3


def test_classes_that_differ_in_case_alone_are_named():
    assert "'Cat', 'cat' differ in case alone" in warnings_of(read_labels(["Cat", "cat", "dog"]))[0]


def test_dates_in_objects_are_text():
    labels = [datetime.date(2020, 1, 1), datetime.date(2021, 1, 1)] * 3
    with pytest.raises(ValueError, match="The labels are dates"):
        read_labels(labels)
    names = read_labels(labels, task="classification").names
    assert names == ("2020-01-01", "2021-01-01")


def test_numbers_as_large_as_float64_holds_are_quantities():
    values = np.linspace(-1, 1, 60) * 1e305
    read = read_labels(values)
    assert read.names == ()
    np.testing.assert_array_equal(read.values, values)


@pytest.mark.parametrize("word", ["\\N", "(null)", "#VALUE!", "#NAME?"])
def test_what_programs_write_for_nothing_is_no_class(word):
    labels = read_labels([word, "a", "b"] * 10)
    assert labels.names == ("a", "b")
    assert labels.missing.sum() == 10


@pytest.mark.parametrize("word", ["-", "--", ".", "n.a.", "missing"])
def test_words_for_what_is_missing_among_words_are_a_warning(word):
    labels = read_labels([word, "a", "b"] * 10)
    assert word in labels.names
    assert "is read as a class; --missing" in labels.notes[0].text


def test_plus_and_minus_are_classes():
    labels = read_labels(["+", "-"] * 10)
    assert (labels.names, labels.notes) == (("+", "-"), ())


@pytest.mark.parametrize("word", ["None", "-", "n/a"])
def test_words_for_what_is_missing_among_fractions_are_missing(word):
    labels = read_labels([word, *(f"{k / 7:.3f}" for k in range(40))])
    assert labels.missing.sum() == 1
    assert labels.values is not None


def test_other_words_among_many_numbers_name_the_ways_out():
    values = ["too low", *(f"{k / 7:.3f}" for k in range(40))]
    with pytest.raises(ValueError, match="--missing 'too low' leaves those out"):
        read_labels(values)
    assert read_labels(values, missing=("too low",)).values is not None
    assert len(read_labels(values * 2, task="classification").names) == 41


@pytest.mark.parametrize("mark", ["#", "~", " and ", " und "])
def test_more_ways_to_combine_labels_are_refused(mark):
    with pytest.raises(ValueError, match="multi-label"):
        read_labels(["a", "b", f"a{mark}b", f"b{mark}a"] * 10)
