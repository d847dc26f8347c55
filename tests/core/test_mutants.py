"""The list of mutants fits the source; `make mutants` tries them, which takes its time."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("mutants", ROOT / "tools" / "mutants.py")
assert SPEC is not None
assert SPEC.loader is not None
mutants = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(mutants)
ALL = mutants.read_mutants()


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.name)
def test_a_mutant_applies_to_the_source_and_its_tests_are_there(mutant):
    changed = mutant.applied((ROOT / mutant.file).read_text(encoding="utf-8"))
    compile(changed, mutant.file, "exec")
    for test in mutant.tests:
        assert (ROOT / test.partition("::")[0]).exists()


def test_there_are_enough_and_of_every_room():
    assert len(ALL) >= 40
    rooms = {mutant.name.partition(":")[0] for mutant in ALL}
    assert {"analysis", "train", "runs", "structures", "targets", "planning", "resume"} <= rooms


def test_a_survivor_is_told_from_a_kill(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "two.py").write_text("def two():\n    return 1 + 1\n")
    test = "import sys\nsys.path.insert(0, '.')\nfrom two import two\ndef test_two():\n"
    (tmp_path / "tests" / "test_two.py").write_text(test + "    assert two() > 1\n")
    tests = ("tests/test_two.py",)
    killed = mutants.Mutant("a: killed", "two.py", "1 + 1", "1 - 1", tests)
    survivor = mutants.Mutant("a: survives", "two.py", "1 + 1", "1 + 2", tests)
    assert mutants.run([killed, survivor], tmp_path) == ["a: survives: survived tests/test_two.py"]
    assert (tmp_path / "two.py").read_text() == "def two():\n    return 1 + 1\n"
    with pytest.raises(ValueError, match="occurs 2 times"):
        mutants.Mutant("a", "two.py", "1", "2", tests).applied("1 + 1")
