import sys

import pytest

from priorscope.core.registry import include
from priorscope.models import MODELS, ModelConfig
from priorscope.structures import STRUCTURES

PLUG_IN = """
import dataclasses
from torch import nn
from priorscope.models import MODELS, ModelConfig
from priorscope.nn.stem import vector_stem

@MODELS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Mine(ModelConfig):
    width: int = 3

    def build(self, signature):
        stem, size = vector_stem(signature)
        return nn.Sequential(stem, nn.Linear(size, signature.output_size))
"""


def test_names_are_those_of_files():
    assert {"linear", "mlp", "cnn", "gru", "lstm", "transformer", "vit", "bert"} <= set(MODELS)
    assert "within-patches" in set(STRUCTURES)
    assert MODELS["mlp"].name() == "mlp"


def test_unknown_names_get_a_hint():
    with pytest.raises(LookupError, match=r"No model named .mpl.*Did you mean .mlp."):
        MODELS["mpl"]


def test_two_classes_in_one_file_are_refused():
    MODELS["mlp"]
    other = type("Other", (ModelConfig,), {"__module__": "priorscope.models.mlp"})
    with pytest.raises(ValueError, match=r"already MLP; move Other to a file of its own"):
        MODELS.register(other)


def test_a_file_of_ones_own_is_included(tmp_path):
    path = tmp_path / "my_learner_for_a_test.py"
    path.write_text(PLUG_IN)
    include(path)
    include(path)  # again is nothing new
    assert MODELS["my-learner-for-a-test"]().width == 3


def test_a_file_that_fails_is_named(tmp_path):
    path = tmp_path / "broken_file_for_a_test.py"
    path.write_text("1 / 0")
    with pytest.raises(ValueError, match=r"broken_file_for_a_test\.py failed \(ZeroDivisionError"):
        include(path)
    assert "broken_file_for_a_test" not in sys.modules


def test_what_is_no_python_file_is_refused(tmp_path):
    with pytest.raises(ValueError, match="takes a Python file"):
        include(tmp_path / "missing.py")


def test_a_broken_entry_point_warns_and_is_skipped(monkeypatch):
    from importlib.metadata import EntryPoint

    broken = EntryPoint("broken", "no_such_module:Thing", "priorscope.models")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [broken])
    with (
        pytest.warns(UserWarning, match="plug-in model 'broken' is skipped"),
        pytest.raises(LookupError),
    ):
        MODELS["broken"]


@pytest.mark.parametrize(("name", "registry"), [("mlp", MODELS), ("within_patches", STRUCTURES)])
def test_a_file_doesnt_replace_what_is_priorscopes_own(tmp_path, name, registry, monkeypatch):
    """Whether that was imported already or not: names are those of files."""
    path, own = tmp_path / f"{name}.py", name.replace("_", "-")
    path.write_text(f"""
import {registry.package} as package
class Mine(package.ModelConfig if hasattr(package, "ModelConfig") else package.Structure):
    pass
registry = package.MODELS if hasattr(package, "MODELS") else package.STRUCTURES
registry.register(Mine)
""")
    builtin = registry[own]
    monkeypatch.delitem(registry._classes, own)
    with pytest.raises(ValueError, match="is one of priorscope's own; give the file of Mine"):
        include(path)
    assert own not in registry._classes
    monkeypatch.undo()
    assert registry[own] is builtin


def test_what_a_file_registered_before_it_failed_is_taken_back(tmp_path):
    path = tmp_path / "late_failure_for_a_test.py"
    path.write_text(f"{PLUG_IN}\n1 / 0")
    with pytest.raises(ValueError, match="ZeroDivisionError"):
        include(path)
    assert "late-failure-for-a-test" not in set(MODELS)


@pytest.mark.parametrize("error", ["SystemExit(3)", "KeyboardInterrupt", "GeneratorExit"])
def test_a_file_that_would_end_the_process_is_a_failure(tmp_path, error):
    path = tmp_path / "ending_file_for_a_test.py"
    path.write_text(f"raise {error}")
    with pytest.raises(ValueError, match=error.partition("(")[0]):
        include(path)


@pytest.mark.usefixtures("ctrl_c")
def test_the_users_interrupt_ends_more_than_the_file(tmp_path):
    path = tmp_path / "interrupted_file_for_a_test.py"
    path.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)")
    with pytest.raises(KeyboardInterrupt):
        include(path)
    assert path.stem not in sys.modules
