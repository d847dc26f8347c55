import gzip
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from priorscope.bert.data.corpus_files import build_corpus, corpus_digest, open_corpus
from priorscope.bert.data.prepared import open_prepared
from priorscope.bert.data.sentence_pairs import SentencePairs
from priorscope.bert.data.spans import Spans
from priorscope.text import reading
from priorscope.text.reading import Lines
from priorscope.text.stdlib import StandardLibrary
from priorscope.text.tokenizer import load_tokenizer, save_tokenizer


def ids(tokenizer, text):
    return tokenizer.encode(text, add_special_tokens=False).ids


def test_a_corpus_holds_the_ids_of_each_line_and_document(tokenizer, tmp_path):
    text = ["ba ce", "di", "", "  ", "fo gu ha", "", "je"]
    corpus = build_corpus(text, tokenizer, tmp_path / "c")
    assert corpus.tokens.tolist() == [i for line in text for i in ids(tokenizer, line)]
    assert corpus.documents.tolist() == [0, 2, 3, 4]  # paragraphs, because there are blank lines
    sizes = [len(ids(tokenizer, line)) for line in text if line.strip()]
    assert np.diff(corpus.lines).tolist() == sizes
    assert open_corpus(tmp_path / "c").digest == corpus.digest


def test_without_blank_lines_each_line_is_a_document(tokenizer, tmp_path, lines):
    corpus = build_corpus(iter(lines), tokenizer, tmp_path / "c")
    assert len(corpus.documents) - 1 == len(lines)
    forced = build_corpus(["ba", "", "ce"], tokenizer, tmp_path / "d", documents="lines")
    assert forced.documents.tolist() == [0, 1, 2]


def test_sentences_become_lines_of_one_document(tokenizer, tmp_path):
    corpus = build_corpus(["ba. ce! di fo", "gu"], tokenizer, tmp_path / "c", sentences=True)
    assert corpus.documents.tolist() == [0, 3, 4]


def test_the_digest_names_the_content(tokenizer, tmp_path):
    digests = {
        build_corpus(text, tokenizer, tmp_path / "c").digest
        for text in (["ba", "ce"], ["ba ce"], ["ce", "ba"])
    }
    assert len(digests) == 3


def test_an_empty_text_and_an_unfinished_corpus_are_refused(tokenizer, tmp_path):
    with pytest.raises(ValueError, match="The text is empty"):
        build_corpus(["", " "], tokenizer, tmp_path / "c")
    with pytest.raises(ValueError, match="no complete corpus"):
        open_corpus(tmp_path / "c")


def damaged(folder, change):
    facts = json.loads((folder / "corpus.json").read_text())
    (folder / "corpus.json").write_text(json.dumps(facts | change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dtype": "O"}, "dtype must be one of uint16, uint32"),
        ({"dtype": "float64"}, "dtype must be one of uint16, uint32"),
        ({"dtype": ["uint16"]}, "dtype must be one of uint16, uint32"),
        ({"dtype": "uint32"}, "bytes instead of"),
        ({"tokens": 10**12}, "bytes instead of"),
        ({"tokens": -1}, "tokens must be a positive number"),
        ({"lines": "many"}, "lines must be a positive number"),
        ({"files": None}, "must be a JSON object of schema 2"),
        ({"schema": 1}, "must be a JSON object of schema 2"),
    ],
)
def test_damaged_facts_are_one_sentence(tokenizer, tmp_path, change, message):
    build_corpus(["ba ce", "di"], tokenizer, tmp_path / "c")
    damaged(tmp_path / "c", change)
    with pytest.raises(ValueError, match=rf"is damaged.*{message}.*--fresh"):
        open_corpus(tmp_path / "c")


@pytest.mark.parametrize("name", ["tokens.bin", "lines.bin", "documents.bin"])
def test_a_changed_byte_is_found(tokenizer, tmp_path, name):
    build_corpus(["ba ce", "di"], tokenizer, tmp_path / "c")
    file = tmp_path / "c" / name
    data = bytearray(file.read_bytes())
    data[0] ^= 1
    file.write_bytes(data)
    with pytest.raises(ValueError, match=rf"{name} is damaged \(its content has changed\)"):
        open_corpus(tmp_path / "c")


def test_ids_that_the_tokenizer_has_not_are_refused(tokenizer, tmp_path):
    """Even if somebody wrote the right digests beside them."""
    folder = tmp_path / "c"
    build_corpus(["ba ce", "di"], tokenizer, folder)
    save_tokenizer(tokenizer, folder)
    tokens = np.fromfile(folder / "tokens.bin", np.uint16)
    tokens[0] = 60_000
    tokens.tofile(folder / "tokens.bin")
    files = json.loads((folder / "corpus.json").read_text())["files"]
    files["tokens.bin"] = hashlib.sha256(tokens.tobytes()).hexdigest()
    digest = corpus_digest(load_tokenizer(folder), files)
    damaged(folder, {"files": files, "digest": digest})
    with pytest.raises(ValueError, match=r"token id 60,000, but its tokenizer has \d+ tokens"):
        open_prepared(folder)


def test_boundaries_that_leave_the_text_are_refused(tokenizer, tmp_path):
    """Even if somebody wrote the right digest beside them."""
    folder = tmp_path / "c"
    build_corpus(["ba ce", "di"], tokenizer, folder)
    lines = np.fromfile(folder / "lines.bin", np.int64)
    lines[1] = 1 << 40
    lines.tofile(folder / "lines.bin")
    files = json.loads((folder / "corpus.json").read_text())["files"]
    files["lines.bin"] = hashlib.sha256((folder / "lines.bin").read_bytes()).hexdigest()
    damaged(folder, {"files": files})
    with pytest.raises(ValueError, match="its numbers must rise from 0 to"):
        open_corpus(folder)


def test_a_failed_build_leaves_the_corpus_and_a_foreign_folder_is_left_alone(tokenizer, tmp_path):
    folder = tmp_path / "c"
    before = build_corpus(["ba ce", "di"], tokenizer, folder).digest
    with pytest.raises(ValueError, match="The text is empty"):
        build_corpus([""], tokenizer, folder)
    assert open_corpus(folder).digest == before
    assert [path.name for path in tmp_path.iterdir()] == ["c"]
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match=r"holds notes\.txt, which priorscope didn't write"):
        build_corpus(["ba"], tokenizer, folder)
    (tmp_path / "foreign").mkdir()
    with pytest.raises(ValueError, match=r"isn.t a corpus of priorscope's"):
        build_corpus(["ba"], tokenizer, tmp_path / "foreign")
    assert (folder / "notes.txt").read_text() == "mine"
    assert open_corpus(folder).digest == before


def test_too_few_documents_to_hold_some_out(tokenizer, tmp_path):
    corpus = build_corpus(["ba"] * 50, tokenizer, tmp_path / "c")
    with pytest.raises(ValueError, match=r"50 documents \(1 different ones\), too few"):
        corpus.split(0.01, seed=0)


def test_the_split_has_about_the_share_asked_for(tokenizer, tmp_path, lines):
    corpus = build_corpus([*set(lines)], tokenizer, tmp_path / "c")
    for seed in (0, 1):
        trained, held = corpus.split(0.2, seed)
        n = len(trained) + len(held)
        assert len(held) / n == pytest.approx(0.2, abs=4 * np.sqrt(0.2 * 0.8 / n))


def test_stretches_cover_each_document_and_nothing_else(tokenizer, tmp_path, lines):
    corpus = build_corpus(lines[:100], tokenizer, tmp_path / "c")
    source = Spans(corpus, np.arange(0, 100, 2), max_tokens=10, first=2, last=3)
    packed = source.pack(np.arange(len(source)), 0)
    parts = np.split(packed.tokens, packed.offsets[1:-1])
    assert all(part[0] == 2 and part[-1] == 3 and 3 <= len(part) <= 10 for part in parts)
    inner = [i for part in parts for i in part[1:-1].tolist()]
    assert inner == [i for line in lines[:100:2] for i in ids(tokenizer, line)]
    assert np.array_equal(source.lengths(np.arange(len(source))), np.diff(packed.offsets))
    with pytest.raises(ValueError, match="3 or more tokens, but max_tokens is 2"):
        Spans(corpus, np.arange(2), 2, 2, 3)


def test_half_of_the_pairs_belong_together_and_only_these_follow(tokenizer, tmp_path):
    stream = np.random.default_rng(0)
    words = [w for w in tokenizer.get_vocab() if w.isalpha() and len(w) > 3][:40]
    # Document d uses two words of its own: a pair belongs together if it has no third.
    text = []
    for d in range(20):
        own = words[2 * d : 2 * d + 2]
        text += [" ".join(stream.choice(own, size=stream.integers(1, 9))) for _ in range(9)]
        text.append("")
    corpus = build_corpus(text, tokenizer, tmp_path / "c")
    source = SentencePairs(corpus, np.arange(20), 32, 2, 3, seed=0)
    numbers = np.arange(len(source))
    follows = []
    for epoch in range(30):
        packed = source.pack(numbers, epoch)
        follows += packed.follows.tolist()
        assert (np.diff(packed.offsets) <= source.lengths(numbers)).all()
        for i in range(len(numbers)):
            part = slice(*packed.offsets[i : i + 2])
            tokens, segments = packed.tokens[part], packed.segments[part]
            middle = tokens.tolist().index(3)
            assert segments.tolist() == [0] * (middle + 1) + [1] * (len(tokens) - middle - 1)
            a, b = set(tokens[1:middle]), set(tokens[middle + 1 : -1])
            owner = [
                {tokenizer.token_to_id(w) for w in words[2 * d : 2 * d + 2]} for d in range(20)
            ]
            same = any(a <= own and b <= own for own in owner)
            assert same == (packed.follows[i] == 0)
    error = 4 * np.sqrt(0.25 / len(follows))
    assert np.mean(follows) == pytest.approx(0.5, abs=error)
    with pytest.raises(ValueError, match="at least two documents of two or more sentences"):
        SentencePairs(corpus, np.arange(1), 32, 2, 3, seed=0)


def test_a_sentence_longer_than_a_pair_is_cut(tokenizer, tmp_path):
    corpus = build_corpus(["ba " * 50, "ce " * 50, "", "di " * 50, "fo"], tokenizer, tmp_path / "c")
    packed = SentencePairs(corpus, np.arange(2), 16, 2, 3, 0).pack(np.arange(2), 0)
    assert (np.diff(packed.offsets) <= 16).all()
    assert (np.bincount(packed.tokens)[[2, 3]] == [2, 4]).all()


def test_lines_of_files_in_order_gzipped_or_not(tmp_path: Path):
    (tmp_path / "b.txt").write_bytes(b"ba\r\nce\n\nd")
    with gzip.open(tmp_path / "c.txt.gz", "wt", encoding="utf-8") as stream:
        stream.write("나는\n")
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfmark\n")
    assert list(Lines([tmp_path])) == ["mark", "ba", "ce", "", "d", "나는"]
    lines = Lines([tmp_path / "b.txt"])
    assert list(lines) == list(lines)


def test_undecodable_bytes_are_named_or_replaced(tmp_path: Path):
    file = tmp_path / "a.txt"
    file.write_bytes("나".encode() * 500_000 + b"\n" + b"abc\xffd\n")
    with pytest.raises(ValueError, match=r"a.txt is not UTF-8: byte 1500004 is 0xff.*--errors"):
        list(Lines([file]))
    assert list(Lines([file], "replace"))[-1] == "abc\ufffdd"


@pytest.mark.parametrize("text", ["나" * 900, "word " * 200, "나는 " * 150])
def test_one_enormous_line_is_cut_without_loss(tmp_path: Path, text, monkeypatch):
    monkeypatch.setattr(reading, "_BLOCK", 100)
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    parts = list(Lines([tmp_path / "a.txt"]))
    assert len(parts) > 1
    assert max(len(part.encode()) for part in parts) <= 200
    assert "".join(parts) == text


def test_missing_and_damaged_files_are_named(tmp_path: Path):
    with pytest.raises(ValueError, match=r"There is no file .*nothing.txt"):
        Lines([tmp_path / "nothing.txt"])
    with pytest.raises(ValueError, match=r"has no \.txt or \.txt\.gz file"):
        Lines([tmp_path])
    with pytest.raises(ValueError, match="No text was named"):
        Lines([])
    whole = gzip.compress(np.random.default_rng(0).bytes(5000))
    (tmp_path / "cut.txt.gz").write_bytes(whole[:2000])
    with pytest.raises(ValueError, match=r"isn.t a complete gzip file"):
        list(Lines([tmp_path / "cut.txt.gz"], "replace"))


@pytest.mark.slow
def test_docstrings_of_the_standard_library_are_documents():
    lines = list(StandardLibrary())
    assert lines.count("") > 1000
    assert any(json.__doc__.split("\n\n")[0].replace("\n", " ") in line for line in lines)
