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


POSTED = {  # as people post them: text, settings, metrics, last row
    "a tracker's Markdown": (
        "Results so far:\n\n| # docs | P | R | F |\n|---|---:|---|---|\n| 100 | .5 | .4 | .45 |\n"
        "| **200** | 0.7 | .5 | .6 |\n\nMore tomorrow.\n",
        {},
        {"n": 200.0, "1 - precision": 0.3, "1 - recall": 0.5, "1 - f1": 0.4},
    ),
    "pasted from a terminal": (
        "train examples   Macro F1 (%)\n100              61.5\n1,600            70\n",
        {},
        {"n": 1600.0, "1 - macro_f1": 0.3},
    ),
    "thousands": ("n,acc\n500,.5\n1.6k,70%\n", {}, {"n": 1600.0, "error": 0.3}),
    "mean and spread": (
        "n,accuracy\n100,.5±.01\n200,70.0% (0.5)\n", {}, {"n": 200.0, "error": 0.3},
    ),
    "one column per size": (
        "model,50,100,200\ncnn,.3,.5,.6\nvit,.4,.6,.7\n",
        {"metric": "accuracy"},
        {"learner": "vit", "n": 200.0, "error": 0.3},
    ),
    "learning_curve of scikit-learn": (
        "train_sizes,train_score,test_score\n100,1,.5\n200,1,.7\n",
        {},
        {"n": 200.0, "1 - score": 0.3},
    ),
    "a project's runs": (
        "Name,State,train_size,model,seed,eval/acc,eval/acc_std\nr1,finished,100,cnn,1,.5,.1\n"
        "r2,finished,200,cnn,1,.7,.1\n",
        {},
        {"learner": "cnn", "repeat": "1", "n": 200.0, "error": 0.3},
    ),
    "validation beside test": (
        "n,val_loss,test_loss\n100,2,3\n200,1,1.5\n", {}, {"n": 200.0, "loss": 1.5},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", POSTED)
def test_tables_as_people_post_them(tmp_path, case):
    text, settings, last = POSTED[case]
    rows = read_tables([file_of(tmp_path, text, "posted.csv")], **settings).rows[""]
    wanted = {"learner": "posted"} | last
    assert {k: v if isinstance(v, str) else pytest.approx(v) for k, v in wanted.items()} in rows


def test_a_wide_table_may_hold_several_data_sets_and_repeats(tmp_path):
    text = "corpus,seed,n,cnn,vit\na,0,100,.5,.6\na,1,100,.5,.7\nb,0,100,.6,.8\n"
    rows = read_tables([file_of(tmp_path, text)], metric="accuracy").rows
    assert [len(rows["a"]), len(rows["b"])] == [4, 2]
    assert {row["repeat"] for row in rows["a"]} == {"0", "1"}


def test_what_was_left_out_is_said(tmp_path):
    read = read_tables([file_of(tmp_path, "n,val_f1,test_f1\n100,.5,.6±.1\n")])
    said = " ".join(sentence(n.key, n.values) for n in read.notes)
    assert "test_f1 is read; val_f1 is of another split" in said
    assert "what follows ± is left out" in said


def test_where_more_is_better_it_is_told_so(tmp_path):
    lines = [f"{n},{1 - n**-0.3:.4f},{1 - n**-0.25:.4f}" for n in (100, 200, 400, 800, 1600)]
    path = file_of(tmp_path, "n,cnn,vit\n" + "\n".join(lines))
    found = curves(path, metric="f1")[""]
    first, *others = found["recommendation"]
    assert first.startswith("At 1,600 examples cnn has the highest f1: 0.89")
    assert any(s.startswith("cnn stays ahead of vit on f1") for s in others)


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


def test_tensorboard_names_files_by_run_and_tag(tmp_path):
    text = "Wall time,Step,Value\n1.0,100,.8\n"
    read = read_tables([file_of(tmp_path, text, "run-big-tag-eval_accuracy.csv")])
    assert read.rows[""] == [{"learner": "big", "n": 100.0, "error": pytest.approx(0.2)}]


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
    "dots between thousands": (
        "learner;n;loss\nmlp;1.600;1\nmlp;3.200;1\n",
        "n may be 1600 or a fraction.*write 1600",
    ),
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


def test_a_fraction_is_a_size_where_it_can_be_nothing_else(tmp_path):
    read = read_tables([file_of(tmp_path, "learner,n,loss\nmlp,1.5,1\nmlp,62.25,1\nmlp,0.125,1")])
    assert [row["n"] for row in read.rows[""]] == [1.5, 62.25, 0.125]


def test_a_spread_beside_a_learner_is_no_learner(tmp_path):
    text = "n,svm,svm_std,std,bert\n100,.5,.1,.3,.4\n200,.6,.1,.3,.6\n"
    read = read_tables([file_of(tmp_path, text)], metric="accuracy")
    assert {row["learner"] for row in read.rows[""]} == {"svm", "std", "bert"}
    told = [sentence(note.key, note.values) for note in read.notes]
    assert "curves.csv: svm_std is a spread of another column, and left out." in told


def test_step_0_of_an_export_is_left_out_with_a_note(tmp_path):
    text = "Wall time,Step,Value\n1,0,.1\n2,100,.5\n3,0,.1\n4,200,.6\n"
    read = read_tables([file_of(tmp_path, text)], metric="accuracy")
    assert [row["n"] for row in read.rows[""]] == [100, 200]
    assert [note.key for note in read.notes].count("table-starts-at-0") == 1


def test_a_table_that_is_named_twice_is_refused(tmp_path):
    path = file_of(tmp_path, "learner,n,loss\nmlp,100,1\n")
    with pytest.raises(ValueError, match="is named twice; name each table once"):
        read_tables([path, path])


@pytest.mark.parametrize("count", [0, -5, 0.5])
def test_test_examples_are_counted(count):
    rows = [{"learner": "a", "n": n, "error": 0.5, "test_examples": count} for n in (1, 2, 4)]
    with pytest.raises(ValueError, match="test_examples must be 1 or more, but a has"):
        curves(rows)
