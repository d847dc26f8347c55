import gzip

import pytest

from priorscope.analysis.curves.run import curves
from priorscope.analysis.curves.tables import read_tables
from priorscope.wording.sentences import sentence


def file_of(tmp_path, text, name="curves.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_a_long_table(tmp_path):
    text = "learner,n,repeat,loss,error\nmlp, 100 ,a,1.5,\n\ncnn,200,a,,.25\n"
    read = read_tables([file_of(tmp_path, text)])
    assert read.rows[""] == [
        {"learner": "mlp", "n": 100.0, "repeat": "a", "loss": 1.5},
        {"learner": "cnn", "n": 200.0, "repeat": "a", "error": 0.25},
    ]
    assert read.metrics == ("loss", "error")


def test_columns_are_mapped(tmp_path):
    path = file_of(tmp_path, "algo;train;score\nmlp;100;0.9\n")
    read = read_tables([path], {"learner": "algo", "n": "train", "accuracy": "score"})
    assert read.rows[""] == [{"learner": "mlp", "n": 100.0, "error": pytest.approx(0.1)}]


def test_a_table_from_a_tracker_needs_neither_learner_nor_repeat(tmp_path):
    text = "# documents,Precision,F1\n100,60%,.5\n200,0.7,.6\n"
    read = read_tables([file_of(tmp_path, text, "ner.csv")], {"n": "# documents"})
    assert read.metrics == ("1 - precision", "1 - f1")
    assert read.rows[""][0] == {
        "learner": "ner",
        "n": 100.0,
        "1 - precision": pytest.approx(0.4),
        "1 - f1": 0.5,
    }


def test_data_sets_are_kept_apart(tmp_path):
    text = "openmlid,learner,n,draw,error\n3,mlp,64,0,.2\n12,mlp,64,0,.3\n"
    assert list(read_tables([file_of(tmp_path, text)]).rows) == ["3", "12"]


def test_a_wide_table_needs_its_metric(tmp_path):
    path = file_of(tmp_path, "n,cnn,vit\n100,.8,.7\n200,.9,.8\n")
    with pytest.raises(ValueError, match="say --metric if every other column is a learner"):
        read_tables([path])
    read = read_tables([path], metric="accuracy")
    assert [r["learner"] for r in read.rows[""]] == ["cnn", "vit", "cnn", "vit"]
    assert read.rows[""][1]["error"] == pytest.approx(0.3)


def test_a_weights_and_biases_export(tmp_path):
    text = '"Step","big - test_acc","big - test_acc__MIN","big - test_acc__MAX"\n100,.8,.8,.8\n'
    read = read_tables([file_of(tmp_path, text)])
    assert read.rows[""] == [{"learner": "big", "n": 100.0, "error": pytest.approx(0.2)}]
    assert "Step is taken as the number of examples" in " ".join(
        sentence(n.key, n.values) for n in read.notes
    )


def test_tensorboard_exports_are_joined(tmp_path):
    files = [
        file_of(tmp_path, f"Wall time,Step,Value\n1.0,100,{v}\n", f"{name}.csv")
        for name, v in (("cnn", 0.9), ("vit", 0.8))
    ]
    read = read_tables(files, metric="accuracy")
    assert [r["learner"] for r in read.rows[""]] == ["cnn", "vit"]
    with pytest.raises(ValueError, match="doesn't say what its values are; say --metric"):
        read_tables(files)


BAD = {
    "no size": ("learner,steps\nmlp,1\n", "name it: --columns n=COLUMN"),
    "empty": ("", "it has none"),
    "word": ("learner,n,loss\nmlp,100,1\nmlp,ten,1\n", "line 3: n must be a number.*'ten'"),
    "unquoted decimal comma": ("learner,n,loss\nmlp,100,1,31\n", "4 fields, but 3.*decimal comma"),
    "decimal comma": ('learner,n,loss\nmlp,100,"1,31"\n', "'1,31'; write a decimal point"),
    "percent": ("learner,n,accuracy\nmlp,100,93\n", "at most 1, but it is 93; say --percent"),
    "two columns of one name": ("learner,n,loss,loss\nmlp,1,1,1\n", "two columns 'loss'"),
    "unnamed data sets": (
        "learner,n,error,where\nmlp,100,.1,a\nmlp,100,.2,b\nmlp,200,.1,a\nmlp,200,.2,b\n",
        "differ in 'where'; say what it is: --columns dataset=where",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_could_be_misread_is_refused(tmp_path, case):
    text, sentence = BAD[case]
    with pytest.raises(ValueError, match=sentence):
        read_tables([file_of(tmp_path, text)])


def test_other_files_are_named(tmp_path):
    packed, wide = tmp_path / "a.csv.gz", tmp_path / "b.csv"
    packed.write_bytes(gzip.compress(b"learner,n,loss\n"))
    wide.write_bytes("learner,n,loss\n".encode("utf-16"))
    with pytest.raises(ValueError, match="is compressed"):
        read_tables([packed])
    with pytest.raises(ValueError, match="is UTF-16"):
        read_tables([wide])
    with pytest.raises(ValueError, match="There is no file"):
        read_tables([tmp_path / "none.csv"])
    with pytest.raises(ValueError, match=r"no column 'x'; its columns are learner, n, loss"):
        read_tables([file_of(tmp_path, "learner,n,loss\na,1,1\n")], {"n": "x"})


def test_units(tmp_path):
    path = file_of(tmp_path, "learner,n,loss,accuracy\nmlp,100,0.693147181,75\n")
    (row,) = read_tables([path], percent=True, nats=True).rows[""]
    assert (row["loss"], row["error"]) == (pytest.approx(1.0), 0.25)


def test_rows_without_a_repeat_are_repeats_and_said_to_be(tmp_path):
    path = file_of(tmp_path, "learner,n,error\nmlp,100,.1\nmlp,100,.2\n")
    assert "taken as repeats" in " ".join(
        sentence(n.key, n.values) for n in read_tables([path]).notes
    )


def test_one_function_answers_every_data_set(tmp_path):
    lines = [f"{d},mlp,{n},{n**-0.5 / d}" for d in (1, 2) for n in (64, 128, 256, 512)]
    path = file_of(tmp_path, "dataset,learner,n,error\n" + "\n".join(lines))
    found = curves(path, seed=1)
    assert list(found) == ["1", "2"]
    assert found["1"]["forecasts"][0]["ahead"][0]["times"] == 2
    rows = [{"learner": "mlp", "n": n, "loss": n**-0.5} for n in (64, 128, 256, 512)]
    assert list(curves(rows)) == [""]
