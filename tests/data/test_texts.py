import numpy as np
import pytest

from priorscope.data.readers.tables import Tables
from priorscope.data.readers.texts import Texts
from priorscope.data.resolve import resolve
from priorscope.text.tokenizer import load_tokenizer, save_tokenizer, train_tokenizer

WORDS = ["red", "green", "blue", "warm", "cold", "나는", "빵을", "샀다"]


def rows(count=120, seed=0):
    stream = np.random.default_rng(seed)
    return [
        (" ".join(stream.choice(WORDS, size=stream.integers(4, 12))) + f' "{i}', i % 2)
        for i in range(count)
    ]


def write(path, lines):
    path.write_text("text\tlabel\n" + "".join(f"{t}\t{y}\n" for t, y in lines), encoding="utf-8")
    return str(path)


def test_tokens_are_those_of_the_tokenizer(tmp_path):
    tokenizer = train_tokenizer([t for t, _ in rows()], vocabulary=200)
    save_tokenizer(tokenizer, tmp_path / "tokenizer")
    train = write(tmp_path / "train.tsv", rows())
    test = write(tmp_path / "test.tsv", rows(20, seed=1))
    examples = Texts(path=train, test=test, tokenizer=str(tmp_path / "tokenizer")).load()
    assert examples.signature.layout == "tokens"
    assert examples.inputs.dtype == np.int32
    assert examples.vocabulary == tokenizer.get_vocab_size()
    for (text, target), ids, found in zip(rows(), examples.inputs, examples.targets, strict=True):
        expected = tokenizer.encode(text).ids  # [CLS] before it, [SEP] behind it
        assert ids.tolist() == expected + [0] * (len(ids) - len(expected))
        assert target == found


def test_a_text_that_is_too_long_keeps_its_end_mark(tmp_path):
    save_tokenizer(train_tokenizer([t for t, _ in rows()], vocabulary=200), tmp_path / "tokenizer")
    path = write(tmp_path / "all.tsv", rows())
    task = Texts(path=path, tokenizer=str(tmp_path / "tokenizer"), max_tokens=5)
    tokenizer = load_tokenizer(tmp_path / "tokenizer")
    ids = task.load().inputs
    assert ids.shape[1] == 5
    assert (ids[:, 0] == tokenizer.token_to_id("[CLS]")).all()
    assert (ids[:, -1] == tokenizer.token_to_id("[SEP]")).all()
    assert any("cut to their first 3 tokens" in note for note in task.load().notes)


def test_an_own_tokenizer_puts_nothing_around_the_texts(tmp_path):
    path = write(tmp_path / "all.tsv", rows())
    ids = Texts(path=path).load().inputs
    assert (ids[:, 0] > 4).all()  # behind the five special tokens


def test_a_pretrained_learner_brings_its_tokenizer(tmp_path):
    save_tokenizer(train_tokenizer([t for t, _ in rows()], vocabulary=200), tmp_path / "tokenizer")
    path = write(tmp_path / "all.tsv", rows())
    folder = str(tmp_path / "tokenizer")
    assert resolve(path, starting_from=folder).tokenizer == folder
    assert resolve(path, tokenizer="other", starting_from=folder).tokenizer == "other"
    assert resolve(path).tokenizer == ""
    assert resolve("digits", starting_from=folder).name() == "digits"


def test_the_tokenizer_sees_the_training_texts_alone(tmp_path):
    train = write(tmp_path / "train.tsv", rows())
    secret = [(t + " xylophone xylophone", y) for t, y in rows(20, seed=1)]
    one = Texts(path=train, test=write(tmp_path / "a.tsv", secret)).load()
    two = Texts(path=train, test=write(tmp_path / "b.tsv", rows(20, seed=2))).load()
    assert one.vocabulary == two.vocabulary
    assert (one.inputs == two.inputs).all()


def test_labels_do_not_change_the_tokens(tmp_path):
    test = write(tmp_path / "test.tsv", rows(20, seed=1))
    one = Texts(path=write(tmp_path / "a.tsv", rows()), test=test).load()
    swapped = [(t, 1 - y) for t, y in rows()]
    two = Texts(path=write(tmp_path / "b.tsv", swapped), test=test).load()
    assert (one.inputs == two.inputs).all()


def test_long_texts_are_cut_and_empty_ones_are_unknown(tmp_path):
    lines = [*rows(), ("", 0), ("   ", 1), ("red " * 300, 0), ("blue " * 300, 1)]
    examples = Texts(path=write(tmp_path / "a.tsv", lines), max_tokens=16).load()
    together = np.concatenate([examples.inputs, examples.test_inputs])
    assert together.shape[1] == 16
    assert (together[:, 0] > 0).all()
    assert (together[:, 1] == 0).sum() == 2  # the two empty ones
    assert any("2 of 124 texts are empty" in note for note in examples.notes)
    assert any("are cut to their first 16 tokens" in note for note in examples.notes)


@pytest.mark.parametrize(("given", "most"), [(False, 512), (True, 128)])
def test_texts_are_as_long_as_nearly_all_of_them_need(tmp_path, given, most):
    save_tokenizer(train_tokenizer([t for t, _ in rows()], vocabulary=200), tmp_path / "tokenizer")
    tokenizer = str(tmp_path / "tokenizer") if given else ""
    for words, tokens in ((100, 104), (900, most)):
        lines = [(f"{i} {'red ' * words}", i % 2) for i in range(60)]
        task = resolve(write(tmp_path / f"{words}.tsv", lines), tokenizer=tokenizer)
        found = task.load().inputs.shape[1]
        assert tokens <= found <= min(tokens + 8, most)
    shorter = resolve(write(tmp_path / "b.tsv", lines), tokenizer=tokenizer, max_tokens=20)
    assert shorter.load().inputs.shape[1] == 20


def test_the_same_seed_gives_the_same_data(tmp_path):
    path = write(tmp_path / "a.tsv", rows())
    assert Texts(path=path).load(3).fingerprint == Texts(path=path).load(3).fingerprint


def test_numbers_are_no_text_and_text_is_no_category(tmp_path):
    path = write(tmp_path / "a.tsv", rows())
    with pytest.raises(ValueError, match=r"The column 'text' holds text, but a table needs"):
        Tables(path=path, input=("text",)).load()
    numbers = tmp_path / "b.csv"
    numbers.write_text("a,b,label\n" + "1,2,0\n2,3,1\n" * 9)
    with pytest.raises(ValueError, match=r"The column 'a' holds numbers, not text"):
        Texts(path=str(numbers), input="a").load()
    with pytest.raises(ValueError, match=r"Which column is the input\? none holds text"):
        Texts(path=str(numbers)).load()
