"""Every language has every key and renders every finding; no English is left in Korean."""

import ast
import json
import re
import string
from pathlib import Path

import pytest

import priorscope
from priorscope.measures import MEASURES
from priorscope.wording import en, ko, stored
from priorscope.wording.en import claims as en_claims
from priorscope.wording.en import profile as en_profile
from priorscope.wording.en import profile_page as en_page
from priorscope.wording.ko import claims as ko_claims
from priorscope.wording.ko import profile as ko_profile
from priorscope.wording.ko import profile_page as ko_page
from priorscope.wording.ko.measures import MEANINGS
from priorscope.wording.language import LANGUAGES, chosen, speak, speaking, spoken
from priorscope.wording.particles import FORMS
from priorscope.wording.sentences import SENTENCES, sentence

SAMPLES = json.loads(Path(__file__).with_name("samples.json").read_text(encoding="utf-8"))
# of the samples
NAMES = (
    "cnn", "CNN", "ResNet", "resnet50", "mlp", "vit", "gru", "linear", "mirrored", "runs.csv",
    "steps", "f1",
)  # fmt: skip
DATA = Path(priorscope.__file__).parent / "data"
CATALOGUES = {
    "texts": (en.TEXTS, ko.TEXTS),
    "findings": (SENTENCES["en"], SENTENCES["ko"]),
    "profile": (en_profile.SENTENCES, ko_profile.SENTENCES),
    "profile phrases": (en_profile.PHRASES, ko_profile.PHRASES),
    "profile units": (en_profile.UNITS, ko_profile.UNITS),
    "profile page": (en_page.PAGE, ko_page.PAGE),
    "claims book": (en_claims.CLAIMS, ko_claims.CLAIMS),
}
# Latin words that Korean practitioners write as they are, names of things, and code
TERMS = {
    "accuracy", "AP", "AUROC", "BERT", "CKA", "CLS", "CSV", "DATA", "EXIF", "F1", "JSON", "K",
    "JavaScript", "MAE", "NaN", "P", "PNG", "R", "RMSE", "SVG", "UNK", "bag", "column", "docs",
    "of", "tokens", "log", "log2", "md", "ms", "n", "p", "priorscope", "px", "x", "cls",
    "webdataset", "curves", "profile", "R²", "CPU", "t",
}  # fmt: skip
WORD = re.compile(r"[A-Za-z][A-Za-z0-9²]*")


def fields(text):
    return {name.lower() for _, name, _, _ in string.Formatter().parse(text) if name}


# what only one language needs to say
ELSEWHERE = {"check.invariance": {"structure", "title"}, "model.origin": {"answer"},
             "plan.goal.rmse": {"on"}}  # fmt: skip


@pytest.mark.parametrize("name", CATALOGUES)
def test_both_languages_have_every_key(name):
    english, korean = CATALOGUES[name]
    missing, left = sorted(set(english) - set(korean)), sorted(set(korean) - set(english))
    assert not missing, f"add to priorscope/wording/ko/ ({name}): {missing}"
    assert not left, f"add to priorscope/wording/en/ ({name}), or delete in ko/: {left}"


@pytest.mark.parametrize("name", [n for n in CATALOGUES if n not in ("findings", "profile")])
def test_both_languages_name_the_same_values(name):
    english, korean = CATALOGUES[name]
    differing = {
        key: (text, korean[key])
        for key, text in english.items()
        if key in korean and not fields(text) ^ fields(korean[key]) <= ELSEWHERE.get(key, set())
    }
    assert differing == {}


def foreign_words(text, names=()):
    """Latin words of a text that are no term, no name and no code."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ")
    text = re.sub(r"`[^`]*`|--[\w-]+( [a-z0-9]+)?|\[\w+\]|\{[^}]*\}", " ", text)
    return [word for word in WORD.findall(text) if word not in TERMS]


def is_korean(text):
    return any("가" <= letter <= "힣" for letter in text)


PLAIN = {"AUROC", "RMSE", "MAE", "R²", "R", "CSV", "n", "px"}  # texts that are the same


@pytest.mark.parametrize("name", [n for n in CATALOGUES if n != "findings"])
def test_korean_texts_are_korean(name):
    for key, text in CATALOGUES[name][1].items():
        assert foreign_words(text) == [], key
        rest = re.sub(r"\{[^}]*\}|[^\w]|\d", "", text)
        assert not rest or is_korean(rest) or rest in PLAIN, key
        forms = {spec for _, n, spec, _ in string.Formatter().parse(text) if n and spec}
        assert all(spec in FORMS or not is_korean(spec) for spec in forms), key


def test_every_finding_has_a_sample():
    missing = sorted(set(SENTENCES["en"]) - set(SAMPLES))
    assert not missing, f"add values for {missing} to tests/wording/samples.json"


@pytest.mark.parametrize("key", sorted(SAMPLES))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_is_rendered(language, key):
    for values in SAMPLES[key]:
        text = sentence(key, values, language)
        assert text.endswith(".") or text.endswith("`."), text
        assert not re.search(r"[{}]|\bNone\b|은\(는\)|이\(가\)", text), text
        if language == "ko":
            assert is_korean(text), text
            assert foreign_words(text, NAMES) == [], text


def test_a_finding_without_korean_is_said_in_english(monkeypatch):
    monkeypatch.delitem(SENTENCES["ko"], "best")
    assert sentence("best", SAMPLES["best"][0], "ko").startswith("cnn has the best accuracy")


def notes():
    """Sentences that readers of data store, with something for what varies."""
    for path in sorted(DATA.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in (
                "Note", "Dropped",
            ):  # fmt: skip
                continue
            for part in node.args:
                if isinstance(part, ast.JoinedStr) or (
                    isinstance(part, ast.Constant) and isinstance(part.value, str)
                ):
                    yield f"{path.name}:{node.lineno}", _filled(part)


def _filled(node):
    if isinstance(node, ast.Constant):
        return node.value
    return "".join(v.value if isinstance(v, ast.Constant) else "it" for v in node.values)


def test_what_readers_store_can_be_said_in_korean():
    told = [(where, text) for where, text in notes() if text not in ("information", "warning")]
    assert len(told) > 30
    left = [f"{where}: {text}" for where, text in told if not stored.fits(text, "ko")]
    assert not left, "\n".join(["add to wording/ko/stored.py or stored_files.py:", *left])


def test_pairs_of_stored_sentences_name_the_same_values():
    for english, korean in stored.PAIRS["ko"]:
        assert fields(korean) <= fields(english), english
        with speaking("ko"):
            said = stored.retold(re.sub(r"\{\w+\}", "7", english))
        assert is_korean(said), english
        assert foreign_words(said) == [], english


def test_names_from_data_stay_as_they_are():
    with speaking("ko"):
        assert stored.retold("text is part of training.") == "text는 학습 데이터에 포함됩니다."
        assert stored.retold("nobody wrote this.") == "nobody wrote this."
        assert stored.retold("x" * 5000) == "x" * 5000


def test_every_measure_says_in_korean_what_its_numbers_mean():
    missing = [n for n in MEASURES if n not in MEANINGS and not MEASURES[n].in_korean]
    assert not missing, f"give them in_korean, in their own files: {missing}"


def test_a_language_is_chosen_by_argument_then_environment(monkeypatch):
    monkeypatch.delenv("PRIORSCOPE_LANG", raising=False)
    assert chosen() == spoken() == "en"
    monkeypatch.setenv("PRIORSCOPE_LANG", "ko")
    assert chosen() == spoken() == "ko"
    assert chosen("en") == "en"
    with speaking("en"):
        assert spoken() == "en"
        speak("ko")
        assert spoken() == "ko"
    assert spoken() == "ko"
    monkeypatch.setenv("PRIORSCOPE_LANG", "fr")
    with pytest.raises(LookupError, match="PRIORSCOPE_LANG is one of en, ko, but it is 'fr'"):
        chosen()


@pytest.mark.parametrize("word", ["레이블", "시험 손실", "시험 예제", "추첨", "귀납적", "과대적합"])
def test_korean_has_one_word_for_each_thing(word):
    root = Path(priorscope.__file__).parents[1]
    files = [
        *(root / "priorscope").rglob("*.py"),
        *root.glob("*.ko.md"),
        *root.glob("docs/*.ko.md"),
    ]
    hits = [str(path.name) for path in files if word in path.read_text(encoding="utf-8")]
    assert hits == []
