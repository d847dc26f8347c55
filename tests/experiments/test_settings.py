"""One set of keys: flags, TOML files and Python keywords are the fields of `Settings`."""

import dataclasses
import inspect
import json
from datetime import timedelta
from pathlib import Path

import pytest

import priorscope
from priorscope.core.printable import file_safe
from priorscope.core.renamed import OldNameWarning
from priorscope.experiments.settings import OLD_KEYS, Settings, separated

ONLY_IN_PYTHON = {"data", "y", "name", "progress"}


def test_the_keywords_of_compare_are_the_fields():
    fields = {f.name: f.default for f in dataclasses.fields(Settings)}
    keywords = inspect.signature(priorscope.compare).parameters
    assert set(keywords) - ONLY_IN_PYTHON - set(OLD_KEYS) == set(fields)
    for name, default in fields.items():
        assert keywords[name].default == default, name


def test_every_keyword_is_documented():
    documented = inspect.getdoc(priorscope.compare)
    for name in inspect.signature(priorscope.compare).parameters:
        assert f"    {name}: " in documented


def test_what_there_is_can_be_seen_before_it_is_imported():
    assert {"compare", "Result", "Settings", "crossover", "fit_curves"} <= set(dir(priorscope))
    assert (Path(priorscope.__file__).parent / "py.typed").is_file()


def test_comes_back_from_json():
    settings = Settings.of(
        learners=["linear", "mlp:width=8,depth=1"],
        sizes=[10, 20],
        budget="1h30m",
        out="here",
        include=["mine.py"],
        test_share=0.3,
    )
    assert settings.budget == timedelta(minutes=90)
    assert settings.out == Path("here")
    changed = json.loads(json.dumps(settings.changed()))
    assert changed.keys() == {"learners", "sizes", "budget", "out", "include", "test_share"}
    assert Settings.of(**changed) == settings


def test_text_alone_is_one_of_them():
    assert Settings.of(learners="linear", include="a.py") == Settings.of(
        learners=["linear"], include=[Path("a.py")]
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("linear,mlp", ("linear", "mlp")),
        (
            "linear mlp:width=8,depth=1+dropout, cnn",
            ("linear", "mlp:width=8,depth=1+dropout", "cnn"),
        ),
        (" linear ", ("linear",)),
        ("", ("",)),
    ],
)
def test_commas_inside_hyperparameters_do_not_separate(text, parts):
    assert separated(text) == parts


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"repeats": 0}, "repeats must be int from 1 to 1,000 or None, but it is 0"),
        ({"repeats": True}, "repeats must be int from 1 to 1,000 or None, but it is True"),
        ({"repeats": 2.5}, "repeats must be int"),
        ({"seed": -1}, "seed must be int from 0 to"),
        ({"budget": float("nan")}, "A duration is written 90s, 10m, 1h30m"),
        ({"budget": float("inf")}, "A duration is written 90s, 10m, 1h30m"),
        ({"budget": 0}, "A duration must be positive"),
        ({"test_share": 1.0}, "test_share must be float above 0 and below 1 or None"),
        ({"test_share": float("nan")}, "test_share must be"),
        ({"tune": 7}, "tune must be int from 1 to 6, but it is 7"),
        ({"learners": []}, r"learners must name one or more"),
        ({"learners": [""]}, r"learners must name one or more"),
        ({"sizes": [20, 10]}, "sizes must be positive and increasing"),
        ({"device": "tpu"}, "device must be one of 'auto', 'cpu', 'cuda', 'mps', but it is 'tpu'"),
        ({"workes": 1}, "settings has no key 'workes'.*Did you mean 'workers'"),
    ],
)
def test_a_bad_value_names_field_rule_and_value(keys, message):
    with pytest.raises(ValueError, match=message):
        Settings.of(**keys)


@pytest.mark.parametrize("name", ["../../etc", "/etc/passwd", "..", "", "a/../b", "a\x1b[2J", "."])
def test_a_name_is_one_harmless_part_of_a_path(name):
    safe = file_safe(name)
    assert Path(safe).name == safe
    assert safe not in ("", ".", "..")
    assert safe.isprintable()


def test_a_key_of_one_version_ago_works_with_a_warning():
    with pytest.warns(OldNameWarning, match="draws is now repeats"):
        assert Settings.of(draws=3) == Settings(repeats=3)


@pytest.mark.parametrize("full_grid", [False, True])
def test_a_budget_may_be_none(full_grid):
    settings = Settings.of(budget="none", full_grid=full_grid)
    assert settings.limit is None
    assert Settings.of(**settings.changed()).limit is None
    assert Settings.of(full_grid=full_grid).limit == (None if full_grid else timedelta(minutes=10))
