"""Every claim's verdict comes out each way, on rows made for it."""

import dataclasses
import re

import numpy as np
import pytest

from priorscope.analysis.verdict import LEAST_REPEATS
from priorscope.claims import CLAIMS, distilled_bias, pretraining_labels
from priorscope.claims._sets import digits, marker
from priorscope.models import MODELS
from priorscope.runs.experiment import Rows
from priorscope.wording import claims as words
from priorscope.wording.language import speaking

REPEATS = 6
YES = {"above": 1.0, "within": 0.0, "beyond": 1.0, "apart": 1.0}  # beyond the margin
NO = {"above": -2.0, "within": 1.0, "beyond": -1.0, "apart": 0.0}
EDGE = {"above": 0.0, "within": 0.0, "beyond": 0.0, "apart": 0.0}
# what Korean leaves as it is: names of learners, hyperparameters, data sets and algorithms
NAMES = {*MODELS, "kernel", "depth", "patch", "readout", "flatten", "shift", "rotate", "digits",
         "sgd", "mnist1d", "n", "h", "w", "float64", "WordPiece", "BPE", "MASK"}  # fmt: skip


@pytest.fixture(params=list(CLAIMS))
def claim(request, monkeypatch):
    """What takes long to prepare is replaced by data of the same kind."""
    other = dataclasses.replace(digits(), targets=(digits().targets + 1) % 10)

    def taught(teacher, recipe, repeats):
        return (other if teacher.startswith("mlp") else digits(),) * repeats

    monkeypatch.setattr(distilled_bias, "taught", taught)
    features = ("linear", "mlp", marker())
    monkeypatch.setattr(pretraining_labels.PretrainingLabels, "features", lambda _: features)
    return CLAIMS[request.param]()


class Made:
    """Rows of cells with the three numbers that claims read, which can be set."""

    def __init__(self, cells):
        self.rows = [[{"run": run.to_json(), "digest": run.digest, "status": "done"}
                      for run in cell.runs] for cell in cells]  # fmt: skip
        self.all = Rows(row for rows in self.rows for row in rows)

    def set(self, cell, numbers):
        """numbers: (3, repeats)."""
        for row, (bits, accuracy, train) in zip(self.rows[cell], numbers.T, strict=True):
            row["test"] = {"bits": bits, "accuracy": accuracy}
            row["train"] = {"accuracy": train}


def of(one):
    """Names of the cells that a contrast reads."""
    cells = (*one.cells, *(term.cell for term in one.terms))
    return {tuple(run.digest for run in cell.runs) for cell in cells}


def cells_of(compared):
    cells = {}
    for one in compared:
        for cell in (*one.cells, *(term.cell for term in one.terms)):
            cells.setdefault(tuple(run.digest for run in cell.runs), cell)
    return list(cells.values())


def verdict_of(claim, question, wanted):
    """The verdict where each test comes out near wanted[i] (repeats,), by rows that do that."""
    compared = [one for one in question.compared if one.role != "context"]
    cells = cells_of(compared)
    made, names = Made(cells), [tuple(run.digest for run in cell.runs) for cell in cells]
    zero = np.zeros((3, REPEATS))
    for cell in range(len(cells)):
        made.set(cell, zero)
    reads = [of(one) for one in compared]
    base = np.array([one.measured(made.all).values if own else w
                     for one, own, w in zip(compared, reads, wanted, strict=True)])  # fmt: skip
    columns = np.zeros((len(compared), len(cells), 3))
    for cell, number in np.ndindex(len(cells), 3):
        made.set(cell, np.eye(3)[:, number : number + 1] * np.ones(REPEATS))
        for row, own in enumerate(reads):
            if names[cell] in own:
                value = compared[row].measured(made.all).values[0]
                columns[row, cell, number] = value - base[row, 0]
        made.set(cell, zero)
    if cells:
        solved = np.linalg.lstsq(columns.reshape(len(compared), -1), wanted - base, rcond=None)[0]
        for cell, numbers in enumerate(solved.reshape(len(cells), 3, REPEATS)):
            made.set(cell, numbers)
    replaced = [
        one if own else dataclasses.replace(one, values=lambda rows, w=w: w)
        for one, own, w in zip(compared, reads, wanted, strict=True)
    ]

    class Same(type(claim)):
        def questions(self):
            return [dataclasses.replace(question, compared=replaced)]

    return Same(prepared=claim.prepared).judge(made.all)[0]


def wanted(question, tests):
    """tests: of each test "yes", "no" or "noise", in turn."""
    compared = [one for one in question.compared if one.role != "context"]
    table = {"yes": YES, "no": NO, "noise": EDGE}
    result = []
    order = list(dict.fromkeys(c.condition or c.label for c in compared if c.role == "test"))
    for index, one in enumerate(compared):
        kind = "yes"
        if one.role == "test":
            kind = tests[order.index(one.condition or one.label) % len(tests)]
        away = 0.0 if one.role == "null" else table[kind][one.rule.kind]
        center = away + (one.rule.margin if away > 0 or one.rule.kind == "beyond" else 0.0)
        center = 0.0 if one.role == "null" else center
        spread = 5.0 if kind == "noise" else 1e-3 * min(1.0, one.rule.margin or 1.0)
        sign = np.resize([1.0, -1.0], REPEATS)
        result.append(center + spread * np.roll(sign, index))
    return np.array(result)


def conditions(question):
    return len({c.condition or c.label for c in question.compared if c.role == "test"})


def test_comes_out_each_way(claim):
    for question in claim.questions():
        differ = question.mode == "both"
        outcomes = {"yes": "refuted" if differ else "supported", "no": "refuted"}
        for kind, outcome in (outcomes | {"noise": "undecided"}).items():
            judged = verdict_of(claim, question, wanted(question, [kind]))
            assert judged.verdict.outcome == outcome, (judged.name, kind)
        if conditions(question) > 1:
            judged = verdict_of(claim, question, wanted(question, ["yes", "no"]))
            assert judged.verdict.outcome == ("supported" if differ else "depends"), judged.name
            if not differ:
                assert words.verdict(judged) == f"depends on {words.told_apart(judged.verdict)}"


def test_equal_or_as_good_counts_only_where_something_is_learnt(claim):
    """Two learners that only guess are equal as well: a control on the same data rules that out."""
    for question in claim.questions():
        learnt = {
            examples.fingerprint
            for one in question.compared
            if one.role == "control"
            for cell in (*one.cells, *(term.cell for term in one.terms))
            for examples in cell.examples
        }
        for one in question.compared:
            if one.role == "test" and one.rule.kind in ("within", "beyond"):
                data = [{e.fingerprint for e in term.cell.examples} for term in one.terms]
                assert not data or any(each <= learnt for each in data), one.label


def test_has_its_texts_in_both_languages(claim):
    for field in ("statement", "said_by", "prediction", "done", "change"):
        text = getattr(claim, field)
        assert text.en.strip()
        assert any("가" <= letter <= "힣" for letter in text.ko), field
    names = set()
    for question in claim.questions():
        assert question.part not in names
        names.add(question.part)
        assert bool(question.part) == (question.statement is not None)


def test_conditions_are_named_in_both_languages(claim):
    for question in claim.questions():
        for one in question.compared:
            for label in (one.label, one.condition):
                assert words.condition(label) == label
                with speaking("ko"):
                    left = set(re.findall("[A-Za-z][A-Za-z0-9]*", words.condition(label))) - NAMES
                assert not left, f"add to wording/ko/claim_conditions.py: {label!r}"


def test_conditions_that_nobody_translated_stay_as_they_are():
    with speaking("ko"):
        assert words.condition("60 − 240 labels") == "60 − 240 labels"
        assert (
            words.condition("mine, digits, 4 heads − 2 heads")
            == "mine, digits, 헤드 4개 − 헤드 2개"
        )


def test_plans_enough_repeats_on_paired_draws(claim):
    assert claim.effort.repeats >= LEAST_REPEATS
    for question in claim.questions():
        for one in question.compared:
            for term in one.terms:
                assert len(term.cell.runs) >= LEAST_REPEATS
                assert [run.repeat for run in term.cell.runs] == list(range(len(term.cell.runs)))


def test_has_controls_where_anything_is_trained(claim):
    for question in claim.questions():
        roles = {one.role for one in question.compared}
        if any(one.terms or one.cells for one in question.compared):
            assert "null" in roles or "control" in roles, question.part


def test_numbers_are_places_in_the_book():
    numbers = [cls.number for cls in CLAIMS.classes().values()]
    assert len(set(numbers)) == len(numbers)
