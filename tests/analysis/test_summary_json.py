import dataclasses
import json
from pathlib import Path

import jsonschema
import pytest

from priorscope.analysis.summary import Answer, BoardRow, Finding, Summary, TaskFacts
from priorscope.analysis.summary_json import from_json, schema_json, to_json
from priorscope.core.estimate import Estimate

ROOT = Path(__file__).parents[2]
OLD = {
    "schema": 1,
    "task": {"name": "digits", "examples": 90, "test_examples": 10, "classes": 10, "kind": "image"},
    "sizes": [40, 80],
    "draws": 3,
    "leaderboard": [
        {
            "learner": "cnn",
            "accuracy": {"mean": 0.9, "low": 0.8, "high": 0.95, "n": 3},
            "behind": None,
        }
    ],
    "curves": [{"learner": "cnn", "structure": "turned", "n": 40, "draws": 3}],
    "switch": {"path": [{"learner": "cnn", "from": 40.0, "to": None}], "reason": None},
    "verdict": ["cnn is best."],
    "notes": ["2 files were skipped."],
}


def summary():
    value = Estimate(center=0.9, low=0.8, high=0.95, n=3, method="mean, Student's t over repeats")
    return Summary(
        task=TaskFacts(name="digits"),
        leaderboard=[BoardRow(learner="cnn", accuracy=value, metrics={"accuracy": value})],
        findings=[Finding(key="best", values={"learner": "cnn", "ties": []})],
    )


def test_json_and_back_is_the_same_summary_with_every_key():
    found = to_json(summary())
    assert from_json(json.loads(json.dumps(found))) == summary()
    assert to_json(from_json(found)).keys() == found.keys() >= {"answer", "goal", "report"}


def test_a_file_of_schema_1_is_read():
    found = from_json(OLD)
    assert found.schema == 2
    assert found.repeats == found.curves[0].repeats == 3
    assert found.leaderboard[0].accuracy == Estimate(
        center=0.9,
        low=0.8,
        high=0.95,
        n=3,
        method="mean or median over repeats, as schema 1 stored it",
    )
    assert found.curves[0].structure == "rotated"
    assert found.switch.path[0].start == 40.0
    assert (found.read.examples, found.read.notes) == (90, OLD["notes"])
    assert found.verdict == OLD["verdict"]


@pytest.mark.parametrize("wrong", [{"schema": 3, "task": {}}, [], {}, {"schema": 2}])
def test_what_is_no_summary_is_refused(wrong):
    with pytest.raises(ValueError, match="summary"):
        from_json(wrong)


def test_a_wrong_type_is_named_with_its_place():
    with pytest.raises(ValueError, match=r"got `str` - at `\$\.sizes\[0\]`"):
        from_json({"schema": 2, "task": {"name": "x"}, "sizes": ["many"]})


def test_the_schema_file_is_that_of_the_types():
    stored = (ROOT / "docs" / "summary.schema.json").read_text(encoding="utf-8")
    assert stored == schema_json(), (
        "summary.py changed: run python -m priorscope.analysis.summary_json > "
        "docs/summary.schema.json and say in docs/json.md what the new key means."
    )


def test_the_page_on_json_names_every_key():
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    names = [field.name for one in (Summary, Answer) for field in dataclasses.fields(one)]
    assert [name for name in names if f"`{name}`" not in page] == []


def test_summaries_keep_the_schema_and_it_refuses_others():
    schema = json.loads(schema_json())
    jsonschema.validate(to_json(summary()), schema)
    jsonschema.validate(to_json(from_json(OLD)), schema)
    wrong = to_json(summary()) | {"sizes": ["many"]}
    with pytest.raises(jsonschema.ValidationError, match="many"):
        jsonschema.validate(wrong, schema)
