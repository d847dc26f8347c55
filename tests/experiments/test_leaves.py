"""A new learner, task, structure, measure and check: one file each, and nothing else is edited."""

import contextlib
import json
import os
import sys
from unittest.mock import patch

import pytest
from compare_command import without_figures

from priorscope.checks import CHECKS
from priorscope.cli import main
from priorscope.measures import MEASURES
from priorscope.models import MODELS
from priorscope.structures import STRUCTURES
from priorscope.tasks import TASKS

LEARNER = '''
"""Means over everything: a bias toward nothing at all."""
from dataclasses import dataclass
from typing import ClassVar
from torch import nn
from priorscope.models import MODELS, ModelConfig
from priorscope.nn.stem import vector_stem

@MODELS.register
@dataclass(frozen=True, kw_only=True)
class Bottleneck(ModelConfig):
    """One unit between inputs and classes."""
    invariant_to: ClassVar[tuple[str, ...]] = ("mirrored",)
    default_for: ClassVar[tuple[str, ...]] = ("vector",)
    def build(self, signature):
        stem, size = vector_stem(signature)
        return nn.Sequential(stem, nn.Linear(size, 1), nn.Linear(1, signature.output_size))
'''
TASK = '''
"""Points on a line."""
from dataclasses import dataclass
import numpy as np
from priorscope.tasks import TASKS, Examples, TaskConfig

@TASKS.register
@dataclass(frozen=True, kw_only=True)
class Stripes(TaskConfig):
    """Which half of a line a point is in."""
    path: str = ""
    @classmethod
    def reads(cls, path):
        return path.suffix == ".stripes"
    def load(self, seed=0):
        x = np.random.default_rng(seed).normal(size=(160, 3)).astype(np.float32)
        y = (x[:, 0] > 0).astype(np.int64)
        return Examples(x[:100], y[:100], x[100:], y[100:], ("left", "right"))
'''
STRUCTURE = '''
"""The sign goes."""
from dataclasses import dataclass
from typing import ClassVar
from priorscope.structures import STRUCTURES, Structure

@STRUCTURES.register
@dataclass(frozen=True, kw_only=True)
class Mirrored(Structure):
    """Every value times -1."""
    title: ClassVar[str] = "seen in a mirror"
    title_in_korean: ClassVar[str] = "거울에 비춘 값"
    def apply(self, inputs, targets, signature, seed, split):
        return -inputs, targets
'''
MEASURE = '''
"""The size of answers."""
from dataclasses import dataclass
from typing import ClassVar
from priorscope.measures import MEASURES, Measure

@MEASURES.register
@dataclass(frozen=True, kw_only=True)
class Loudness(Measure):
    """The largest logit. It has no unit."""
    in_korean: ClassVar[str] = "가장 큰 로짓."
    def measure(self, subject):
        return {"largest": float(subject.network(subject.inputs).max().clamp(min=0))}
'''
CHECK = '''
"""Arithmetic."""
from dataclasses import dataclass
from priorscope.checks import CHECKS, Check, CheckFigure

@CHECKS.register
@dataclass(frozen=True, kw_only=True)
class Sum(Check):
    """One and one are two."""
    def judge(self, rows):
        return [CheckFigure(name="1 + 1", value=2.0, low=2.0, high=2.0)]
'''
REGISTRIES = (MODELS, TASKS, STRUCTURES, MEASURES, CHECKS)
FILES = {
    "bottleneck": LEARNER,
    "stripes": TASK,
    "mirrored": STRUCTURE,
    "loudness": MEASURE,
    "sum": CHECK,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("leaves")
    for name, text in FILES.items():
        (folder / f"{name}.py").write_text(text)
    return folder


@pytest.fixture
def priorscope(folder, capsys):
    """A command with the files included; they are forgotten when the test ends."""

    def run(*arguments, includes=FILES, code=0):
        flags = [part for name in includes for part in ("--include", f"{name}.py")]
        with (
            without_figures(),
            contextlib.chdir(folder),
            patch.dict(os.environ, {"COLUMNS": "200"}),
            pytest.raises(SystemExit) as ended,
        ):
            main([*arguments, *flags])
        printed = capsys.readouterr()
        assert ended.value.code == code, printed.err
        return printed

    yield run
    for name in FILES:  # other tests go through all that is registered
        sys.modules.pop(name, None)
        for registry in REGISTRIES:
            registry._classes.pop(name, None)


def test_each_is_listed_with_what_it_is(priorscope):
    printed = priorscope("ls").out
    for name in FILES:
        assert f" {name} " in printed
    assert "seen in a mirror: Every value times -1." in printed
    assert "One and one are two." in printed
    assert "+shift" in printed


def test_each_is_planned_run_and_reported(priorscope, folder):
    tiny = ["--learners", "linear,bottleneck", "--sizes", "20,40", "--repeats", "2", "--steps", "5"]
    tiny += ["--epochs", "0", "--workers", "0", "--quiet"]
    plan = priorscope("compare", "stripes", *tiny, "--dry-run").out
    assert "bottleneck" in plan
    assert "mirrored" in plan  # nobody named it: it applies by default
    summary = json.loads(priorscope("compare", "stripes", *tiny, "--json").out)
    assert {row["learner"] for row in summary["leaderboard"]} == {"linear", "bottleneck"}
    assert "mirrored" in {row["structure"] for row in summary["strength"]}
    assert summary["structures"]["mirrored"] == "seen in a mirror"
    assert "loudness" in {row["measure"] for row in summary["measures"]}
    nulls = [row["name"] for row in summary["validity"] if "mirrored" in row["name"]]
    assert [name for name in nulls if name.startswith("bottleneck")], summary["validity"]
    page = (folder / "priorscope-runs" / "stripes" / "report.html").read_text(encoding="utf-8")
    assert "seen in a mirror" in page
    assert "거울에 비춘 값" in page  # the Korean of the same page
    korean = json.loads(priorscope("compare", "stripes", *tiny, "--json", "--lang", "ko").out)
    assert korean["measured"]["loudness"] == "가장 큰 로짓."
    assert korean["structures"]["mirrored"] == "거울에 비춘 값"


def test_a_learner_may_be_a_default_one(priorscope):
    sizes = ["--sizes", "20,40", "--dry-run", "--full-grid"]
    plan = priorscope("compare", "stripes", *sizes).out
    assert "bottleneck" in plan
    assert "forest" in plan


def test_a_path_goes_to_the_task_that_reads_it(priorscope, folder):
    (folder / "many.stripes").write_text("")
    tiny = ["--learners", "linear", "--sizes", "20,40", "--repeats", "1", "--dry-run"]
    refused = priorscope("compare", "many.stripes", *tiny, includes=[], code=2)
    assert "is of no known kind" in refused.err
    assert "sizes 20, 40" in priorscope("compare", "many.stripes", *tiny).out


def test_the_check_is_run_by_its_name(priorscope):
    assert "pass sum" in priorscope("verify", "sum", includes=["sum"]).out


def test_what_languages_name_structures_is_as_their_classes_do():
    """One that they have no words for is called by its class: nothing else is to be edited."""
    from priorscope.wording.page import STRUCTURE, TEXTS

    for name, cls in STRUCTURES.classes().items():
        if cls.__module__.startswith("priorscope."):
            assert TEXTS["en"].get(STRUCTURE + name, cls.title) == cls.title
            assert cls.title_in_korean or STRUCTURE + name in TEXTS["ko"], name
