import pytest

from priorscope.data.readers.series import Series

HEADER = "# comment\n@problemName Toy\n@timeStamps false\n@classLabel true up down\n@data\n"


def write(path, text):
    path.write_text(text)
    return str(path)


def test_equal_lengths_need_no_presence(tmp_path):
    lines = ["1,2,3:4,5,6:up", "3,2,1:6,5,4:down"] * 2
    path = write(tmp_path / "a.ts", HEADER + "\n".join(lines))
    test = write(tmp_path / "b.ts", HEADER + "7,8,9:1,1,1:up\n")
    examples = Series(path=path, test=test).load()
    assert not examples.padded
    assert examples.class_names == ("down", "up")
    assert examples.inputs[0].tolist() == [[1, 4], [2, 5], [3, 6]]
    assert examples.targets.tolist() == [1, 0, 1, 0]
    assert examples.test_inputs.shape == (1, 3, 2)


def test_unequal_lengths_are_padded_and_marked(tmp_path):
    lines = ["1,2,3,4:up", "5,6:down", "7,8,?,?:up", "9:down"]
    write(tmp_path / "Toy_TRAIN.ts", HEADER + "\n".join(lines))
    write(tmp_path / "Toy_TEST.ts", HEADER + "1,1:up\n")
    examples = Series(path=str(tmp_path)).load()
    assert examples.padded
    assert examples.signature.padded
    assert examples.inputs[..., -1].tolist() == [[1] * 4, [1, 1, 0, 0], [1, 1, 0, 0], [1, 0, 0, 0]]
    assert examples.inputs[..., 0].tolist() == [
        [1, 2, 3, 4],
        [5, 6, 0, 0],
        [7, 8, 0, 0],
        [9, 0, 0, 0],
    ]
    assert examples.notes[0] == "Toy_TEST.ts beside it is the test split."
    assert "from 1 to 4" in examples.notes[1]


def test_arff_holds_one_channel(tmp_path):
    text = (
        "@relation toy\n@attribute a numeric\n@attribute b numeric\n"
        "@attribute target {1,2}\n@data\n0.5,1.5,1\n2.5,3.5,2\n"
    )
    path = write(tmp_path / "Toy_TRAIN.arff", text + "4.5,5.5,1\n6.5,7.5,2\n")
    write(tmp_path / "Toy_TEST.arff", text.replace(".5", ".25"))
    examples = Series(path=path).load()
    assert examples.inputs[..., 0].tolist() == [[0.5, 1.5], [2.5, 3.5], [4.5, 5.5], [6.5, 7.5]]
    assert examples.test_targets.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1,2:up\n", r"has no line @data"),
        (HEADER.replace("true", "false") + "1,2:up\n", r"has no line @classLabel true"),
        (HEADER.replace("@timeStamps false", "@timeStamps true"), r"time stamps"),
        (HEADER + "1,2\n", r"no label after a colon in line 6"),
        (HEADER + "1,x:up\n", r"no number in line 6"),
        (HEADER + "1,2:up\n1:2:down\n", r"different numbers of channels"),
        (HEADER + "1,?,2:up\n1,2,3:up\n1,2,3:down\n1,2,3:down\n", r"NaN or infinite"),
        (HEADER + "1,2:up\n?:up\n1,2:down\n1,2:down\n", r"Series 1 has no values"),
    ],
)
def test_bad_series_are_refused_in_a_sentence(tmp_path, text, sentence):
    with pytest.raises(ValueError, match=sentence):
        Series(path=write(tmp_path / "a.ts", text)).load()


def test_relational_arff_and_empty_folders_are_refused(tmp_path):
    text = "@relation r\n@attribute x relational\n@attribute a numeric\n@end x\n@data\n"
    with pytest.raises(ValueError, match=r"can't be read as .arff .*\.ts file"):
        Series(path=write(tmp_path / "a.arff", text)).load()
    write(tmp_path / "b.arff", text)
    with pytest.raises(ValueError, match=r"must hold one NAME_TRAIN.ts"):
        Series(path=str(tmp_path)).load()
