"""A fitted model in words: what it is, what it expects of itself, where it comes from."""

from priorscope.core.json_types import JsonObject
from priorscope.core.printable import printable
from priorscope.wording.card import metric_name, written
from priorscope.wording.numbers import count
from priorscope.wording.page import plural, t


def model_lines(facts: JsonObject, members: int) -> list[str]:
    """Sentences on a model, from its facts as JSON types.

    members: networks or estimators whose predictions are averaged.
    """
    lines = [
        t(
            "model.what",
            learner=printable(facts["learner"]),
            examples=count(facts["examples"]),
            members=plural("model.members", members),
        )
    ]
    if facts["classes"]:
        shown = ", ".join(printable(name, 40) for name in facts["classes"][:12])
        more = " ..." if len(facts["classes"]) > 12 else ""
        lines.append(plural("model.classes", len(facts["classes"]), names=shown + more))
    else:
        lines.append(t("model.quantity"))
    if expected := facts.get("expected"):
        lines.append(expected_sentence(expected))
    if origin := facts.get("origin"):
        name, answer = printable(origin["name"]), printable(origin["answer"], 500)
        lines.append(t("model.origin", name=name, answer=answer, data=origin["data"]))
    return lines


def expected_sentence(expected: JsonObject) -> str:
    """`Expected on new data: accuracy 97% (95% to 98%), measured with 1,078 labels.`"""
    return t(
        "model.expected",
        metric=metric_name(expected["metric"]),
        value=written(expected["value"], expected["metric"]),
        size=count(expected["size"]),
    )
