"""Every number of every measure has a sentence, and the words of a network are true."""

import dataclasses

import pytest
import torch

from priorscope.core.signature import Signature
from priorscope.measures.probes import PROBES, probed
from priorscope.models import MODELS
from priorscope.subjects.adapters import subject
from priorscope.targets.classes import Classes
from priorscope.wording.language import speaking
from priorscope.wording.page import english
from priorscope.wording.profile import name_of, network_names, phrases, sentence

CLASSES = Classes(num_classes=3)
SUBJECTS = {
    "vit": Signature(input_shape=(8, 8, 3), target=CLASSES),
    "cnn": Signature(input_shape=(16, 2), target=CLASSES),
    "gru": Signature(input_shape=(9,), target=CLASSES, vocabulary=12),
}


@pytest.mark.parametrize("model", SUBJECTS)
def test_every_number_has_a_sentence(model):
    signature = SUBJECTS[model]
    torch.manual_seed(0)
    x = torch.randn(12, *signature.input_shape)
    if signature.vocabulary:
        x = torch.randint(1, 12, (12, 9))
    one = subject(MODELS[model]().build(signature).eval(), x, signature)
    one = dataclasses.replace(one, targets=torch.arange(12) % 3)
    for name in PROBES:
        for r in probed(PROBES[name](), one).readings:
            value = None if r.value is None else dataclasses.asdict(r.value)
            row = {"measure": name, "name": r.name, "layer": r.layer, "value": value}
            text = sentence({**row, "reason": r.reason}, signature.layout)
            assert text.endswith((".", ".)"))
            assert "{" not in text
            assert "None" not in text
            with speaking("ko"):
                korean = sentence({**row, "reason": r.reason}, signature.layout)
                assert is_korean(name_of(r.name)), f"add a Korean name to ko/profile.py: {r.name}"
            assert is_korean(korean), f"add Korean of it to wording/ko/: {text}"
            assert not {"the", "of", "is"} & set(korean.split()), korean


def is_korean(text):
    return any("가" <= letter <= "힣" for letter in text)


def row(measure, name, center):
    value = {"center": center, "low": center, "high": center, "n": 9, "method": ""}
    return {"measure": measure, "name": name, "layer": None, "value": value}


def test_a_network_in_words():
    rows = [
        row("locality", "answer, 50%", 5.0),
        row("exact-symmetry", "shift by 1", 0.03),
        row("exact-symmetry", "quarter turn", 0.009),
        row("order", "change, 1-grams shuffled", 0.4),
        row("context", "accuracy", 0.91),
    ]
    assert phrases(rows, "image") == [
        "91% right",
        "half of what its answer depends on lies within 5 px",
        "shift-invariant within 3%",
        "quarter turn: invariant within 0.9%",
        "reads order (40% when shuffled)",
    ]
    assert phrases([], "image") == []
    assert phrases([row("locality", "unit, 50%", 5.0)], "image") == []  # another quantity
    card = [row("context", "accuracy", 0.75)]
    card += [row("context", f"accuracy, {cue} suppressed", 0.5) for cue in ("texture", "shape")]
    assert phrases(card, "image") == [
        "75% right",
        "without texture 50% right",
        "with patches shuffled 50% right",
    ]
    assert phrases([row("locality", "answer, 50%", 1.0)], "tokens") == [
        "half of what its answer depends on lies within 1 token"
    ]


def test_layers_and_lines_have_sentences_of_their_own():
    layer = {**row("lie-derivative", "rotation", 0.2), "layer": "blocks.1"}
    assert sentence(layer).startswith("Layer blocks.1: Per step of rotation its outputs fail to")
    arises = row("lie-derivative", "rotation, arises here", 0.2)
    assert "arises behind the last of the layers" in sentence(arises)
    assert "arises here" in sentence({**arises, "layer": "blocks.1"})
    assert "the input itself" in sentence(row("lie-derivative", "shear, identity control", 0.2))
    assert "Behind a blur" in sentence(row("lie-derivative", "shear, blur control", 0.2))
    shift = {**row("exact-symmetry", "shift by a position", 0.2), "layer": "stem"}
    assert "The shift by a position fails to pass through" in sentence(shift)
    side = row("locality", "answer, 50%", 3.0)
    assert "in a square of side 3 px" in sentence(side, "image")
    assert "within 3 steps around the middle" in sentence(side, "series")


def test_long_paths_are_shown_by_the_end_that_tells_them_apart():
    names = ["cnn, trained", "hf:/a/b/c/model", "/x/one/out/last", "/x/two/out/last", "own/"]
    assert list(network_names(names).values()) == [
        "cnn, trained", "c/model", "one/out/last", "two/out/last", "own",
    ]  # fmt: skip
    assert network_names(["a/b", "a/b, 1 of 2"])["a/b"] == "a/b"


def test_a_network_in_korean_words():
    rows = [row("locality", "answer, 50%", 5.0), row("exact-symmetry", "shift by 1", 0.03)]
    with speaking("ko"):
        assert phrases(rows, "image") == [
            "답이 의존하는 것의 절반이 5px 안에 있음",
            "이동에 불변(3% 이내)",
        ]


def test_a_sentence_as_a_reason_is_korean_too():
    reason = english("probe.no_outputs", shape=(8, 0)).removesuffix(".")
    line = {"measure": "context", "name": "all", "layer": None, "value": None, "reason": reason}
    assert sentence(line) == f"Does not apply: {reason}."
    with speaking("ko"):
        assert "출력이 없습니다(모양 (8, 0))" in sentence(line)


def test_a_measure_of_a_plug_in_gets_a_plain_sentence():
    assert sentence(row("own", "colour", 0.5)) == "colour: 0.500 (0.500 to 0.500)."
