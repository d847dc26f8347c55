import gzip
import json

import numpy as np
import pytest

from priorscope.data.readers.tables import Tables

ROWS = [
    {"id": i, "age": 20 + i * 7 % 30, "city": "abc"[i % 3], "label": "yn"[i // 3 % 2]}
    for i in range(30)
]


def separated(rows, mark=","):
    lines = [mark.join(rows[0])] + [
        mark.join("" if v is None else str(v) for v in r.values()) for r in rows
    ]
    return "\n".join(lines) + "\n"


def write(path, text):
    data = text.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return str(path)


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("a.csv", ","),
        ("a.csv", ";"),
        ("a.tsv", "\t"),
        ("a.csv.gz", ","),
        ("a.jsonl", ""),
        ("a.parquet", ""),
    ],
)
def test_every_format_gives_the_same_examples(tmp_path, name, mark):
    path = tmp_path / name
    if name.endswith("jsonl"):
        write(path, "".join(json.dumps(row) + "\n" for row in ROWS))
    elif name.endswith("parquet"):
        pa = pytest.importorskip("pyarrow")
        parquet = pytest.importorskip("pyarrow.parquet")
        parquet.write_table(pa.Table.from_pylist(ROWS), path)
    else:
        write(path, separated(ROWS, mark))
    reference = Tables(path=write(tmp_path / "reference.csv", separated(ROWS))).load()
    examples = Tables(path=str(path)).load()
    assert examples.fingerprint == reference.fingerprint
    assert examples.class_names == ("n", "y")
    assert examples.inputs.shape == (24, 4)  # age, city a, b, c
    assert examples.notes == ("The column 'id' is left out: it identifies the rows.",)
    for row in np.concatenate([examples.inputs, examples.test_inputs]):
        source = next(r for r in ROWS if r["age"] == row[0])
        assert row[1:].tolist() == [source["city"] == c for c in "abc"]


def test_named_inputs_and_a_test_file(tmp_path):
    train = write(tmp_path / "train.csv", separated(ROWS[:20]))
    test = write(tmp_path / "test.csv", separated(ROWS[20:]))
    examples = Tables(path=train, test=test, input=("age",)).load()
    assert examples.inputs[:, 0].tolist() == [row["age"] for row in ROWS[:20]]
    assert examples.test_inputs[:, 0].tolist() == [row["age"] for row in ROWS[20:]]
    folder = Tables(path=str(tmp_path), input=("age",)).load()
    assert folder.fingerprint == examples.fingerprint


def test_what_is_missing_is_filled_from_training_and_marked(tmp_path):
    rows = [dict(row) for row in ROWS]
    rows[3]["age"] = None
    for row in rows[4:14]:
        row["city"] = None
    examples = Tables(path=write(tmp_path / "a.csv", separated(rows))).load()
    assert examples.inputs.shape[1] == 6  # age, its mark, and the cities a, b, c and none
    together = np.concatenate([examples.inputs, examples.test_inputs])
    marked = together[together[:, 1] == 1]
    present = examples.inputs[examples.inputs[:, 1] == 0, 0]
    assert marked[:, 0].tolist() == [np.median(present)]
    assert "1 values of the column 'age' are missing" in examples.notes[1]


def test_a_category_that_training_lacks_is_zero_everywhere(tmp_path):
    train = write(tmp_path / "train.csv", separated(ROWS[:20]))
    rows = [row | {"city": "far"} for row in ROWS[20:]]
    test = write(tmp_path / "test.csv", separated(rows))
    examples = Tables(path=train, test=test, input=("city",)).load()
    assert (examples.test_inputs == 0).all()


def test_a_column_that_gives_the_class_away_is_named(tmp_path):
    stream = np.random.default_rng(0)
    labels = [i % 3 for i in range(120)]
    rows = [
        {"age": stream.normal(), "rating": 10 * k + stream.random(), "group": "abc"[k], "label": k}
        for k in labels
    ]
    notes = Tables(path=write(tmp_path / "a.csv", separated(rows))).load().notes
    told = [note for note in notes if "alone tells the target" in note]
    assert ["'rating'" in note for note in told] == [True, False]
    assert "'group'" in told[1]
    few = write(tmp_path / "few.csv", separated(rows[:30]))
    assert not any("alone tells" in note for note in Tables(path=few).load().notes)


@pytest.mark.parametrize(
    ("text", "options", "error", "sentence"),
    [
        ("", {}, ValueError, r"has no rows"),
        ("a,label\n", {}, ValueError, r"has no rows"),
        ("a,label\n1,x\n1,x,9\n", {}, ValueError, r"3 fields in line 3, but 2 column names"),
        ("a,a,label\n1,2,x\n", {}, ValueError, r"two columns named 'a'"),
        (separated(ROWS), {"target": "lable"}, LookupError, r"Did you mean 'label'"),
        (separated(ROWS), {"input": ("agee",)}, LookupError, r"Did you mean 'age'"),
        (separated(ROWS), {"input": ("label",)}, ValueError, r"both input and target"),
        (separated(ROWS), {"target": "city", "task": "regression"}, ValueError, r"needs numbers"),
        ("a,b\n1,2\n", {}, ValueError, r"holds the labels\? .* The last column is b;"),
        ("label,class\n1,2\n", {}, ValueError, r"Several may \(label, class\)"),
        ("a,label\n1,x\ninf,y\n2,x\n3,y\n", {}, ValueError, r"infinite value \(first: row 1\)"),
        ("label\nx\ny\nx\ny\n", {}, ValueError, r"No input column"),
    ],
)
def test_bad_tables_are_refused_in_a_sentence(tmp_path, text, options, error, sentence):
    with pytest.raises(error, match=sentence):
        Tables(path=write(tmp_path / "a.csv", text), **options).load()


def test_bad_files_are_named(tmp_path):
    latin = tmp_path / "latin.csv"
    latin.write_bytes("a,label\n1,é\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"latin.csv can't be read as UTF-8.*--encoding"):
        Tables(path=str(latin)).load()
    with pytest.raises(ValueError, match=r"line 2 is not JSON"):
        Tables(path=write(tmp_path / "a.jsonl", '{"a": 1}\n{"a": \n')).load()
    (tmp_path / "a.parquet").write_bytes(b"PAR1 not really")
    pytest.importorskip("pyarrow")
    with pytest.raises(ValueError, match=r"can't be read as .parquet"):
        Tables(path=str(tmp_path / "a.parquet")).load()
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(separated(ROWS).encode())[:40])
    with pytest.raises(ValueError, match=r"b.csv.gz can't be read"):
        Tables(path=str(tmp_path / "b.csv.gz")).load()
