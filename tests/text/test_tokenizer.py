import json
import re
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from priorscope.text.tokenizer import (
    SPECIALS,
    load_tokenizer,
    save_tokenizer,
    special_ids,
    train_tokenizer,
    wordpiece,
)

SENTENCE = "나는 [MASK]에 가서 그곳에서 빵과 [MASK]를 샀다"


@pytest.mark.parametrize("kind", ["wordpiece", "bpe"])
def test_the_same_text_gives_the_same_ids(lines, kind):
    vocabularies = [train_tokenizer(lines, kind, 400).get_vocab() for _ in range(3)]
    assert vocabularies[0] == vocabularies[1] == vocabularies[2]


@pytest.mark.parametrize("kind", ["wordpiece", "bpe"])
def test_special_tokens_come_first_and_are_recognised_in_text(lines, kind):
    tokenizer = train_tokenizer(lines, kind, 400)
    assert [tokenizer.id_to_token(i) for i in range(5)] == list(SPECIALS)
    assert tokenizer.encode(SENTENCE).tokens.count("[MASK]") == 2
    assert tokenizer.encode("a").tokens[0] == "[CLS]"
    assert tokenizer.encode("a").tokens[-1] == "[SEP]"


@pytest.mark.parametrize("kind", ["wordpiece", "bpe"])
def test_hangul_survives_a_round_trip(lines, kind):
    tokenizer = train_tokenizer(lines, kind, 400)
    sentence = "나는 책을 읽었다"
    assert tokenizer.decode(tokenizer.encode(sentence).ids) == sentence


def test_stripping_accents_takes_hangul_apart_and_is_off_by_default(lines):
    kept, stripped = (
        train_tokenizer(lines, vocabulary=400, strip_accents=s) for s in (False, True)
    )
    assert "나" in kept.get_vocab()
    assert "나" not in stripped.get_vocab()
    assert {"\u1102", "##\u1161"} <= set(stripped.get_vocab())  # the jamo of 나


def test_every_character_of_a_word_has_a_piece_where_it_stands():
    tokenizer = train_tokenizer(["ab abc, ab? cab é"] * 3, vocabulary=64, coverage=1.0)
    assert {"a", "b", "c", "é", "##a", "##b", "##c", ",", "?"} <= set(tokenizer.get_vocab())
    assert not {"##,", "##?", "##é"} & set(tokenizer.get_vocab())


def test_a_rare_character_is_left_out():
    text = ["ab" * 40] * 100 + ["q"]
    assert "q" not in train_tokenizer(text, vocabulary=64).get_vocab()
    assert "q" in train_tokenizer(text, vocabulary=64, coverage=1.0).get_vocab()


def test_case_can_be_kept():
    text = ["Haus haus"] * 5
    assert "Haus" in train_tokenizer(text, vocabulary=64, lowercase=False).get_vocab()
    assert "Haus" not in train_tokenizer(text, vocabulary=64).get_vocab()


def test_a_text_supports_no_more_tokens_than_it_has():
    vocabulary = train_tokenizer(["ab ab"], vocabulary=5000).get_vocab()
    assert set(vocabulary) == {*SPECIALS, "a", "b", "##b", "ab"}


def test_an_iterator_is_as_good_as_a_list(lines):
    assert train_tokenizer(iter(lines), vocabulary=300).get_vocab() == (
        train_tokenizer(lines, vocabulary=300).get_vocab()
    )


@pytest.mark.parametrize("kind", ["wordpiece", "bpe"])
@pytest.mark.parametrize("text", [[], ["", "  "]])
def test_an_empty_text_is_refused(kind, text):
    with pytest.raises(ValueError, match="The text is empty"):
        train_tokenizer(text, kind, 400)


@pytest.mark.parametrize(("kind", "least"), [("wordpiece", 64), ("bpe", 261)])
def test_a_tiny_vocabulary_is_refused(kind, least):
    with pytest.raises(ValueError, match=f"at least {least} tokens, not 10"):
        train_tokenizer(["a"], kind, 10)


@pytest.mark.parametrize("kind", ["wordpiece", "bpe"])
@pytest.mark.parametrize("lowercase", [True, False])
def test_a_saved_tokenizer_is_read_alike_here_and_by_transformers(
    lines, kind, lowercase, tmp_path: Path
):
    transformers = pytest.importorskip("transformers")
    tokenizer = train_tokenizer([*lines, "Ünder Über"] * 2, kind, 500, lowercase=lowercase)
    save_tokenizer(tokenizer, tmp_path)
    texts = [*lines[:50], SENTENCE, "Über  under\tÜNDER unknown字 x"]
    expected = [tokenizer.encode(text).ids for text in texts]
    assert [load_tokenizer(tmp_path).encode(t).ids for t in texts] == expected
    theirs = transformers.AutoTokenizer.from_pretrained(tmp_path)
    assert theirs(texts)["input_ids"] == expected
    assert (theirs.pad_token_id, theirs.mask_token_id) == (0, 4)


def test_a_vocabulary_file_alone_is_enough(tokenizer, tmp_path: Path, lines):
    save_tokenizer(tokenizer, tmp_path)
    alone = tmp_path / "alone"
    alone.mkdir()
    (tmp_path / "vocab.txt").rename(alone / "vocab.txt")
    # Without settings an uncased vocabulary is taken for BERT's own, which strips accents.
    text = [line for line in lines if line.isascii()][:20]
    loaded = load_tokenizer(alone)
    assert [loaded.encode(t).ids for t in text] == [tokenizer.encode(t).ids for t in text]


def test_what_is_no_tokenizer_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match=r"isn.t a tokenizer: a folder with"):
        load_tokenizer(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{")
    with pytest.raises(ValueError, match=r"isn.t a tokenizer that can be read"):
        load_tokenizer(tmp_path)


@pytest.mark.parametrize("kind", ["wordpiece", "bpe"])
def test_text_without_blanks_is_cut_into_words_that_can_be_read(kind):
    """Time grows with the square of a word's length: a megabyte of letters took for ever."""
    run = "ab" * 300
    tokenizer = train_tokenizer([run, run, "一二三" * 200], kind, vocabulary=400)
    longest = max(len(token.removeprefix("##")) for token in tokenizer.get_vocab())
    assert (
        50 <= longest <= {"wordpiece": 100, "bpe": 301}[kind]
    )  # a blank and bytes: Chinese has three


def test_an_id_that_would_fill_the_memory_is_refused(tmp_path: Path):
    state = json.loads(train_tokenizer(["ab ab"], vocabulary=64).to_str())
    state["model"]["vocab"]["ab"] = 10**9
    (tmp_path / "tokenizer.json").write_text(json.dumps(state))
    with pytest.raises(ValueError, match=r"largest id is 1,000,000,000, but it has \d+ tokens"):
        load_tokenizer(tmp_path)


def test_a_tokenizer_that_makes_no_tokens_is_refused_when_it_is_read(tmp_path: Path):
    """The library panics when it encodes, which is no Exception."""
    state = json.loads(train_tokenizer(["ab ab"], vocabulary=64).to_str())
    state["post_processor"]["special_tokens"] = {}
    (tmp_path / "tokenizer.json").write_text(json.dumps(state))
    with pytest.raises(ValueError, match="isn't a tokenizer that can be read"):
        load_tokenizer(tmp_path)


@pytest.mark.parametrize(("name", "content", "sentence"), [
    ("tokenizer_config.json", b"[1]", "tokenizer_config.json must hold a JSON object"),
    ("tokenizer_config.json", b"{", "tokenizer_config.json is not JSON"),
    ("tokenizer_config.json", b"[" * 100_000, "tokenizer_config.json is not JSON"),
    ("vocab.txt", b"\xff", "vocab.txt is not UTF-8"),
])  # fmt: skip
def test_a_damaged_file_of_a_vocabulary_is_named(tmp_path: Path, name, content, sentence):
    (tmp_path / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=sentence):
        load_tokenizer(tmp_path)


def test_missing_special_tokens_are_named(tmp_path: Path):
    with pytest.raises(ValueError, match=re.escape("[SEP], [MASK] is missing")):
        wordpiece({"[PAD]": 0, "[UNK]": 1, "[CLS]": 2}, lowercase=True, strip_accents=False)
    state = json.loads(train_tokenizer(["ab ab"], vocabulary=64).to_str())
    state["added_tokens"] = state["added_tokens"][:4]
    del state["model"]["vocab"]["[MASK]"]
    tokenizer = Tokenizer.from_str(json.dumps(state))
    with pytest.raises(ValueError, match=re.escape("has no [MASK]")):
        special_ids(tokenizer)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(ValueError, match=re.escape("has no [MASK]")):
        load_tokenizer(tmp_path)
