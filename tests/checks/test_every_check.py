"""Every registered check runs here; those that take longer are marked slow."""

import importlib.util
import json

import pytest

from priorscope.checks import CHECKS, Check, CheckFigure
from priorscope.cli import main
from priorscope.cli.verify import run as verify
from priorscope.runs.backends.local import LocalBackend
from priorscope.runs.experiment import Plan, Rows
from priorscope.runs.store import Store
from priorscope.runs.worker import prepare_process

SLOW = {"nulls", "label-entropy", "crossover-recovery", "random-labels", "valid-code"}
SLOW |= {"tokenizer-parity"}  # test_text_checks.py runs it with fewer lines
NAMES = [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in CHECKS]


@pytest.mark.parametrize("name", NAMES)
def test_passes(name):
    check = CHECKS[name]
    for module in check.needs:
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    prepare_process(1)
    figures = check().answer()
    assert figures
    failed = [f"{f.name}: {f.value} not in [{f.low}, {f.high}]" for f in figures if not f.passed]
    assert failed == []


def test_none_is_forgotten():
    assert set(CHECKS) >= SLOW
    assert len(list(CHECKS)) >= 17


def test_a_figure_passes_within_its_bounds_alone():
    assert CheckFigure("x", 1.0, 1.0, 2.0).passed
    assert CheckFigure("x", 2.0, 1.0, 2.0).passed
    assert not CheckFigure("x", 0.99, 1.0, 2.0).passed
    assert not CheckFigure("x", 2.01, 1.0, 2.0).passed
    assert not CheckFigure("x", float("nan"), -float("inf"), float("inf")).passed


@pytest.mark.parametrize("name", ["random-labels", "nulls", "label-entropy", "valid-code"])
def test_checks_with_runs_plan_them_with_their_data(name):
    plan = CHECKS[name]().plan()
    assert plan.runs
    assert {run.data for run in plan.runs} == {examples.fingerprint for examples in plan.data}
    assert len({run.digest for run in plan.runs}) == len(plan.runs)


def test_a_plan_lacks_no_data_and_an_unfinished_run_has_no_row():
    plan = CHECKS["random-labels"]().plan()
    with pytest.raises(ValueError, match="A plan needs the data of its runs"):
        Plan(plan.runs)
    with pytest.raises(LookupError, match=r"no result of linear, .*: it was not finished"):
        Rows()[plan.runs[0]]
    failed = {"digest": plan.runs[0].digest, "status": "failed", "reason": "no memory"}
    with pytest.raises(LookupError, match="no memory"):
        Rows([failed])[plan.runs[0]]


def test_rows_that_are_stored_are_judged_without_training(tmp_path, monkeypatch):
    class Few(CHECKS["random-labels"]):
        """Its first run."""

        def plan(self):
            whole = super().plan()
            return Plan(whole.runs[:1], whole.data)

        def judge(self, rows):
            (run,) = self.plan().runs
            return [CheckFigure("bits", rows[run]["block"]["bits"], 0.0, 10.0)]

    store = Store(tmp_path)
    first = Few().answer(store)

    def never(*_):
        raise AssertionError("trained again")

    monkeypatch.setattr(LocalBackend, "submit", never)
    assert Few().answer(store) == first


class Broken(Check):
    """Raises."""

    def judge(self, rows):
        raise RuntimeError("a bug in a check")


class Wrong(Check):
    """Has one figure inside and one outside."""

    def judge(self, rows):
        return [CheckFigure("one", 1.0, 0.0, 2.0), CheckFigure("two", float("nan"), 0.0, 1.0)]


class Empty(Check):
    """Measures nothing."""

    def judge(self, rows):
        return []


class Lacking(Check):
    """Needs what nobody has."""

    needs = ("a_module_that_nobody_has",)


@pytest.mark.parametrize(
    ("check", "status", "code"),
    [(Wrong, "failed", 1), (Broken, "failed", 1), (Empty, "failed", 1), (Lacking, "skipped", 0)],
)
def test_verify_fails_for_figures_outside_errors_and_nothing(
    check, status, code, monkeypatch, capsys
):
    monkeypatch.setitem(CHECKS._classes, "odd", check)
    assert verify("odd", json_=True) == code
    captured = capsys.readouterr()
    (result,) = json.loads(captured.out)["checks"]
    assert result["status"] == status
    if check is Wrong:
        assert [figure["passed"] for figure in result["figures"]] == [True, False]
    if check is Broken:
        assert result["reason"] == "RuntimeError: a bug in a check"
    failed, skipped = int(status == "failed"), int(status == "skipped")
    assert f"0 checks passed, {failed} failed, {skipped} skipped." in captured.err


def test_verify_says_pass_and_its_figures(capsys):
    assert verify("curve-fit") == 0
    printed = capsys.readouterr().out
    assert "pass curve-fit" in printed
    assert "exponent g of the published fit (-.41): -0.41" in printed
    assert "1 checks passed, 0 failed, 0 skipped." in printed


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["verify", "curve-fit"], 0, ["pass curve-fit"]),
        (["verify", "curv-fit"], 2, ["No check named 'curv-fit'", "Did you mean 'curve-fit'?"]),
        (["doctor"], 0, ["priorscope", "python", "cores", "torch", "loky", "matrix products"]),
    ],
)
def test_from_the_shell(arguments, code, words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    printed = capsys.readouterr()
    assert (ended.value.code or 0) == code, printed.err
    for word in words:
        assert word in printed.out + printed.err
    assert "Traceback" not in printed.err
