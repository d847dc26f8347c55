import ast
from pathlib import Path

import pytest

import priorscope
from priorscope.wording.en import findings as en
from priorscope.wording.sentences import SENTENCES, sentence, sentences

CODE = Path(priorscope.__file__).parent / "analysis"
MAKERS = ("_finding", "remark", "Remark")
E = {"center": 0.5432, "low": 0.48, "high": 0.60, "n": 3, "method": "mean"}


def keys_in_the_code():
    """First arguments of what makes findings; a key that is put together ends where it varies."""
    out = set()
    for path in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MAKERS:
                key = node.args[0]
                if isinstance(key, ast.Constant):
                    out.add(key.value)
                elif isinstance(key, ast.JoinedStr):
                    out.add(key.values[0].value)
    return out


def test_every_finding_has_a_sentence():
    known = set(SENTENCES["en"])
    for key in keys_in_the_code():
        assert any(name == key or (key.endswith("-") and name.startswith(key)) for name in known)


def test_labels_first():
    values = {
        "learner": "cnn", "at": 359,
        "others": [
            {"learner": "mlp", "labels": {"center": 478.2, "low": 391.0, "high": 603.0}},
            {"learner": "vit", "labels": {"center": 1310.0, "low": 1020.0, "high": None}},
        ],
    }  # fmt: skip
    assert sentence("labels-worth", values) == (
        "At 359 labels cnn does what takes about 480 (390 to 600) for mlp and 1,300 (1,000 or "
        "more) for vit."
    )


def test_no_number_has_more_digits_than_its_interval():
    assert en.measured("rmse", E) == "0.54 (0.48 to 0.60)"
    assert en.measured("accuracy", E) == "54% (48% to 60%)"


def test_best_is_said_only_with_its_probability_and_names_who_is_not_ruled_out():
    base = {
        "learner": "cnn", "goal": "accuracy", "metric": "accuracy", "size": 359,
        "probability": 0.97, "others": [],
    }  # fmt: skip
    assert sentence("best", base) == "cnn has the best accuracy at 359 labels (probability 97%)."
    tied = sentence("tied", {**base, "others": ["mlp"], "indifference": 0.005})
    assert "can't be told apart" in tied
    assert "best accuracy" not in tied
    ahead = sentence("ahead", {**base, "probability": 0.8, "others": ["mlp"]})
    assert ahead.endswith("mlp is not ruled out.")


def test_what_has_no_sentence_is_refused():
    with pytest.raises(LookupError, match="'guess' has no sentence"):
        sentence("guess", {})
    with pytest.raises(LookupError, match="one of en, ko, but it is 'xx'"):
        sentence("best", {}, "xx")


def test_parts_stand_apart():
    class Fact:
        key, values, part = "take-as-equal", {"learners": ["a", "b"], "repeats": 100}, "verdict"

    assert sentences([Fact()], "recommendation") == []
    assert sentences([Fact()], "verdict")[0].startswith("To separate a and b would take more")
