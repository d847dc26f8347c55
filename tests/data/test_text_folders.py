"""Folders of classes with one text a file are read as texts, with the split their folders say."""

import tarfile
import zipfile

import pytest

from priorscope.data.resolve import resolve
from priorscope.data.text_folders import holds_texts, read_texts

WORDS = {"neg": "bad awful poor", "pos": "good great fine"}


def fill(folder, count=20, classes=("neg", "pos"), encoding="utf-8"):
    for label in classes:
        (folder / label).mkdir(parents=True)
        for k in range(count):
            text = f"{WORDS.get(label, label)} film number {k} é"
            (folder / label / f"{k}_7.txt").write_bytes(text.encode(encoding))
    return folder


def notes_of(examples):
    return [note.text for note in examples.read.notes]


def test_folders_of_classes_are_texts(tmp_path):
    examples = resolve(str(fill(tmp_path / "reviews"))).load()
    assert examples.read.kind == "text"
    assert [(c.name, c.count) for c in examples.read.classes] == [("neg", 20), ("pos", 20)]
    assert (len(examples.inputs), len(examples.test_inputs)) == (32, 8)


def test_what_imdb_has_is_read_as_it_is_meant(tmp_path):
    for part, count in (("train", 20), ("test", 10)):
        fill(tmp_path / "aclImdb" / part, count)
    fill(tmp_path / "aclImdb" / "train", 5, ("unsup",))
    (tmp_path / "aclImdb" / "README").write_text("no text of a class")
    (tmp_path / "aclImdb" / "imdb.txt").write_text("neither is this")
    (tmp_path / "aclImdb" / "train" / "urls_neg.txt").write_text("http://nowhere")
    examples = resolve(str(tmp_path / "aclImdb")).load()
    assert (len(examples.inputs), len(examples.test_inputs)) == (40, 20)
    assert [c.name for c in examples.read.classes] == ["neg", "pos"]
    assert examples.read.test_from == "the folder test"
    said = " ".join(notes_of(examples))
    assert "2 text files in no folder of a class are left out: imdb.txt, train/urls_neg.txt" in said
    assert "unsup (5 text files) holds no labels and is left out" in said


@pytest.mark.parametrize("ending", [".zip", ".tar.gz"])
def test_an_archive_holds_the_same(tmp_path, ending):
    folder = fill(tmp_path / "reviews")
    path = tmp_path / f"packed{ending}"
    files = sorted(folder.glob("*/*.txt"))
    if ending == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for file in files:
                archive.write(file, f"reviews/{file.relative_to(folder)}")
    else:
        with tarfile.open(path, "w:gz") as archive:
            archive.add(folder, "reviews")
    plain, packed = read_texts(folder), read_texts(path)
    for name in ("text", "label"):
        assert packed.columns[name].values.equals(plain.columns[name].values)
    assert resolve(str(path)).load().read.kind == "text"


def test_an_encoding_is_guessed_or_named_and_what_is_no_text_is_refused(tmp_path):
    folder = fill(tmp_path / "reviews", encoding="utf-16")
    assert read_texts(folder).columns["text"].texts[0] == "bad awful poor film number 0 é"
    western = fill(tmp_path / "western", encoding="cp1252")
    assert read_texts(western, "cp1252").columns["text"].texts[0].endswith("0 é")
    (folder / "neg" / "z.txt").write_bytes(b"PK\x03\x04" + bytes(range(256)))
    with pytest.raises(ValueError, match=r"reviews/neg/z\.txt holds .*, not text"):
        read_texts(folder)


def test_a_folder_of_one_class_of_texts_alone_or_with_images_or_tables_is_none(tmp_path):
    assert not holds_texts(fill(tmp_path / "one", classes=("pos",)))
    assert holds_texts(tmp_path / "one", folders=1)
    tables = fill(tmp_path / "tables")
    (tables / "train.csv").write_text("a,label\n1,u\n")
    assert not holds_texts(tables)
    images = fill(tmp_path / "images")
    (images / "pos" / "0.png").write_bytes(b"")
    assert not holds_texts(images)


def test_a_test_flag_is_refused_with_the_way_out(tmp_path):
    folder = fill(tmp_path / "reviews")
    (tmp_path / "other").write_text("")
    with pytest.raises(ValueError, match=r"put those of .*other into test/CLASS/"):
        resolve(str(folder), test=str(tmp_path / "other")).load()


def test_a_file_beside_classes_of_a_split_is_refused_or_left_out_but_never_a_class(tmp_path):
    folder = fill(tmp_path / "reviews")
    (folder / "pos" / "more").mkdir()
    (folder / "pos" / "more" / "0.txt").write_text("good")
    source = read_texts(folder)
    assert set(source.columns["label"].texts) == {"neg", "pos"}
    assert "20 text files in no folder of a class are left out" in source.notes[0].text


def test_new_texts_are_named_by_their_files(tmp_path):
    folder = tmp_path / "new"
    folder.mkdir()
    for name in ("b.txt", "a.txt"):
        (folder / name).write_text(f"text of {name}")
    source = read_texts(folder, labelled=False)
    assert source.names == ("a.txt", "b.txt")
    assert list(source.columns) == ["text"]
    assert source.columns["text"].texts == ["text of a.txt", "text of b.txt"]
