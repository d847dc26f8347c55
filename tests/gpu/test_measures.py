"""Measures of networks that trained together are those of each by itself."""

import pytest

from priorscope.measures import MEASURES, Measure, measured
from priorscope.runs.measuring import measures_of
from priorscope.train import populations
from priorscope.train.populations import PopulationTraining
from priorscope.train.recipe import Recipe, parse_learner

RECIPE = Recipe(steps=9, epochs=1, batch=16)
CASES = [
    ("cnn:width=4+batchnorm", "image"),
    ("vit:width=8,depth=1,num_heads=2", "image"),  # its attention is read one by one
    ("gru:width=4", "series"),
    ("transformer:width=8,depth=1,num_heads=2", "tokens"),
]


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize(("text", "layout"), CASES)
def test_side_by_side_they_are_those_of_each_by_itself(text, layout, device, prefixes, monkeypatch):
    """Of three sizes and so two populations, a few networks at once, and without the last two."""
    made, signature = prefixes(layout, (15, 40, 60))
    training = PopulationTraining(parse_learner(text, RECIPE), signature, made, device)
    training.run()
    assert len(training.parts) == 2
    inputs = {index: made[-1].inputs[: 30 + index // 4] for index in range(len(made) - 2)}
    monkeypatch.setattr(populations, "MEASURED_VALUES", 3 * inputs[0].size)
    asked = []
    one_by_one = training.network
    monkeypatch.setattr(training, "network", lambda *a: asked.append(a[0]) or one_by_one(*a))
    found = measures_of(training, inputs)
    assert len(asked) <= (len(inputs) + 2 if "depth" in text else 2)
    for index, own in inputs.items():
        expected = measured(*one_by_one(index, own))
        names = [(row["measure"], row["quantity"]) for row in expected]
        assert [(row["measure"], row["quantity"]) for row in found[index]] == names
        assert {name for name, _ in names} >= {"symmetry"}
        for row, other in zip(found[index], expected, strict=True):
            assert row["value"] == pytest.approx(other["value"], rel=1e-6, abs=1e-12)


def test_a_measure_that_raises_is_told_of_each_run(device, prefixes, monkeypatch):
    class Broken(Measure):
        @classmethod
        def name(cls):
            return "frequency"

        def measure(self, subject):
            raise RuntimeError("no")

        def measure_replicas(self, subject):
            raise RuntimeError("no")

    made, signature = prefixes("series", (40,))
    training = PopulationTraining(parse_learner("linear", RECIPE), signature, made, device)
    training.run()
    monkeypatch.setitem(MEASURES._classes, "frequency", Broken)
    found = measures_of(training, {0: made[0].inputs, 1: made[1].inputs})
    for rows in found.values():
        errors = [row for row in rows if row["quantity"] is None]
        assert [row["error"] for row in errors] == ["RuntimeError: no"]
        assert {row["measure"] for row in rows} >= {"symmetry", "frequency"}
