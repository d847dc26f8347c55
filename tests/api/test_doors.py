"""Every function that people call answers an odd keyword or argument in one sentence."""

import inspect
from pathlib import Path

import numpy as np
import pandas
import pytest

import priorscope
from priorscope.core.calls import NOT_A_PATH_ALONE, door, fits

FUNCTIONS = [name for name in priorscope.__all__ if inspect.isfunction(getattr(priorscope, name))]


def test_the_functions_that_people_call_are_among_them():
    assert {"compare", "curves", "pretrain", "finetune", "fill_mask", "profile"} <= set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_unknown_keyword_names_the_nearest(name):
    function = getattr(priorscope, name)
    known = list(inspect.signature(function).parameters)[-1]
    with pytest.raises(TypeError, match=f"{name} has no keyword '{known}x'; it has .*{known!r}"):
        function(**{f"{known}x": 1})


class Odd:
    """Nothing that anybody would hand over."""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_argument_of_a_wrong_type_gets_far(name):
    function = getattr(priorscope, name)
    for key, parameter in inspect.signature(function).parameters.items():
        if parameter.annotation in ("Any", inspect.Parameter.empty) or "Any" in str(
            parameter.annotation
        ).split(" | "):
            continue
        try:
            allowed = fits(Odd(), _hints(function)[key])
        except KeyError:
            continue
        if allowed:
            continue
        others = {
            other: None
            for other, one in inspect.signature(function).parameters.items()
            if one.default is inspect.Parameter.empty and other != key
        }
        with pytest.raises(ValueError, match=rf"^{name}: \w+ must be .*, but it is ") as refused:
            function(**others | {key: Odd()})
        assert len(str(refused.value).splitlines()) == 1


def _hints(function):
    import typing

    return typing.get_type_hints(function, include_extras=True)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: priorscope.curves("x.csv", nat=True), "Did you mean 'nats'?"),
        (lambda: priorscope.curves("x.csv", nats=1), "nats must be bool or None, but it is 1"),
        (lambda: priorscope.curves([{"n": 1}, 5]), "source must be str or Path or Iterable"),
        (lambda: priorscope.curves(iter([{"n": 1}, 5])), "but one is 5"),
        (lambda: priorscope.pretrain("x.txt", tokenizer="nowhere", steps=1), "nowhere"),
        (lambda: priorscope.pretrain("x.txt", steps="9"), "steps must be int or None"),
        (lambda: priorscope.compare("digits", repeat=2), "Did you mean 'repeats'?"),
        (lambda: priorscope.compare("digits", learners=5), "learners must be"),
        (lambda: priorscope.profile("cnn", "digits", examples="9"), "examples must be int"),
        (lambda: priorscope.profile("cnn", "digits", measures="symetry"), "No measure named"),
        (lambda: priorscope.profile("cnn", "digits", settings={"seed": 1}), "settings must be"),
        (lambda: priorscope.fill_mask(5, "a [MASK]"), "model must be str or Path, but it is 5"),
        (lambda: priorscope.finetune("m", "d.csv", kind="token s"), "'sequence', 'token'"),
    ],
)
def test_what_an_attacker_tried(call, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("x.txt").write_text("a few words\n" * 50)
    with pytest.raises((ValueError, TypeError, LookupError)) as refused:
        call()
    assert said in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_numbers_of_numpy_are_numbers():
    @door
    def given(count: int, share: float | None = None, sizes: list[int] | None = None) -> tuple:
        return count, share, sizes

    called = given(np.int64(3), np.float32(0.5), np.array([1, 2]))
    assert called == (3, 0.5, [1, 2])
    assert [type(one) for one in called] == [int, float, list]
    with pytest.raises(ValueError, match="given: count must be int, but it is True"):
        given(True)
    with pytest.raises(TypeError, match="missing"):
        given()


@pytest.mark.parametrize(
    ("example", "sentence"),
    [("", "empty"), ("  ", "empty"), ("a\0b", "NUL"), ("x" * 300 + ".png", "no path")],
)
def test_an_example_of_attention_is_a_text_or_a_path(example, sentence):
    with pytest.raises(ValueError, match=f"^attention: example .*{sentence}"):
        priorscope.attention("absent", example)


def test_curves_of_a_data_frame_say_how_to_give_its_rows():
    rows = [{"learner": "a", "n": n, "error": n**-0.4} for n in (100, 200, 400)]
    frame = pandas.DataFrame(rows)
    with pytest.raises(ValueError, match="not a data frame; give its rows"):
        priorscope.curves(frame)
    assert list(priorscope.curves(frame.to_dict("records"))) == [""]


PATHS = [
    (name, key)
    for name in FUNCTIONS
    for key, one in inspect.signature(getattr(priorscope, name)).parameters.items()
    if "Path" in str(one.annotation)
    and "Iterable" not in str(one.annotation)
    and str(one.annotation) not in ("Source", "Any")
    and "NOT_A_PATH_ALONE" not in str(one.annotation)
    and NOT_A_PATH_ALONE not in getattr(one.annotation, "__metadata__", ())
]


@pytest.mark.parametrize("path", ["", "  ", "x" * 300, "a/" + "é" * 200, "a\0b"])
@pytest.mark.parametrize(("name", "key"), PATHS)
def test_what_cannot_be_a_path_is_refused_before_anything(name, key, path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    function = getattr(priorscope, name)
    needed = {
        other: "absent"
        for other, one in inspect.signature(function).parameters.items()
        if one.default is inspect.Parameter.empty and one.kind is not one.VAR_KEYWORD
    }
    several = "Sequence" in str(inspect.signature(function).parameters[key].annotation)
    with pytest.raises(ValueError, match=rf"^{name}: {key} .*(path|NUL)") as refused:
        function(**needed | {key: [path] if several else path})
    assert len(str(refused.value).splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_out_is_among_the_paths():
    assert {("compare", "out"), ("pretrain", "out"), ("finetune", "out")} <= set(PATHS)
