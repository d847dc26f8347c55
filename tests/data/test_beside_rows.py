"""What stands in text files beside their rows: comments, units, quotation marks of other kinds."""

import numpy as np
import pytest

from priorscope.data.readers.tables import Tables
from priorscope.data.readers.texts import Texts
from priorscope.data.table_files import read_file

N = 60
LABELS = ["ab"[i % 2] for i in range(N)]
NUMBERS = np.random.default_rng(0).normal(size=(N, 2)).round(3)


def rows(form: str = "{:.3f},{:.3f},{}") -> list[str]:
    return [form.format(*pair, label) for pair, label in zip(NUMBERS, LABELS, strict=True)]


@pytest.fixture
def write(tmp_path):
    def written(lines, name="data.csv", end="\n"):
        path = tmp_path / name
        path.write_bytes((end.join(lines) + end).encode())
        return path

    return written


def column(path, name):
    return read_file(path).table.column(name).to_pylist()


def plain(path):
    examples = Tables(path=str(path)).load()
    assert len(examples.targets) + len(examples.test_targets) == N
    assert np.unique(examples.inputs.round(3)).size > N
    return examples


@pytest.mark.parametrize("mark", ["#", "%", "//"])
def test_lines_above_the_names_are_comments(write, mark):
    examples = plain(write([f"{mark} by a tool", f"{mark} 2, 3", "x,w,label", *rows()]))
    assert examples.class_names == ("a", "b")
    assert any(f"2 lines that begin with {mark} are comments" in n for n in examples.notes)


@pytest.mark.parametrize("mark", ["#", "%", "//"])
def test_rows_that_begin_with_the_mark_are_kept(write, mark):
    lines = [f"{mark}{i} is the text of this row,{label}" for i, label in enumerate(LABELS)]
    path = write([f"{mark} exported", "text,label", *lines])
    assert len(column(path, "text")) == N
    assert Texts(path=str(path)).load().class_names == ("a", "b")


def test_comments_between_rows_are_left_out_where_they_are_no_rows(write):
    lines = rows()
    lines[5:5] = ["# a break"]
    path = write(["# exported", "x,w,label", *lines])
    assert len(column(path, "x")) == N
    assert "2 lines" in read_file(path).notes[0].text


@pytest.mark.parametrize("units", ["s,m/s,", "(s),(m/s),-", "float,float,string", "[K],[Pa],name"])
def test_units_below_the_names_are_no_example(write, units):
    examples = plain(write(["x,w,label", units, *rows()]))
    assert examples.class_names == ("a", "b")
    assert examples.read is not None
    assert any("looks like units" in text for text in examples.read.warnings)


@pytest.mark.parametrize("first", ["n/a,-,a", "low,1.5,a", "low,high,a", ",,a"])
def test_a_first_row_of_missing_values_or_of_a_class_is_an_example(write, first):
    assert len(column(write(["x,w,label", first, *rows()]), "x")) == N + 1


def test_blanks_before_quotation_marks(write):
    path = write(["x, w, label", *rows('{:.3f}, {:.3f}, "{}, indeed"')])
    assert plain(path).class_names == ("a, indeed", "b, indeed")


def test_escaped_quotation_marks(write):
    texts = [
        f'"he said \\"{label}{i}\\" today, and left",{label}' for i, label in enumerate(LABELS)
    ]
    assert column(write(["text,label", *texts]), "text")[0] == 'he said "a0" today, and left'


def test_backslashes_and_doubled_marks_stay(write):
    texts = [f'"C:\\dir\\{i}, ""x""",{label}' for i, label in enumerate(LABELS)]
    assert column(write(["text,label", *texts]), "text")[0] == 'C:\\dir\\0, "x"'


def test_a_header_that_is_short_for_another_reason_is_refused(write):
    with pytest.raises(ValueError, match="3 fields in line 2, but 2 column names"):
        read_file(write(["x,label", *rows()]))


def test_names_of_rows_may_lack_a_name(write):
    quoted = [f'"{i}" {row}' for i, row in enumerate(rows('{} {} "{}"'))]
    for name, lines in (("r.csv", rows()), ("r.txt", quoted)):
        numbered = lines if name == "r.txt" else [f"r{i},{row}" for i, row in enumerate(lines)]
        header = '"x" "w" "label"' if name == "r.txt" else "x,w,label"
        assert plain(write([header, *numbered], name)).class_names == ("a", "b")


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_lines_that_end_in_several_ways(write, end):
    lines = ["x,w,label", *rows()]
    lines[10] += end + lines.pop(11)
    assert len(column(write(lines), "x")) == N


def test_files_that_were_put_together_with_their_marks(write):
    lines = ["x,w,label", *rows()]
    assert len(column(write([*lines, "\ufeffx,w,label", *rows()]), "x")) == 2 * N
