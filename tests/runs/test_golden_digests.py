"""The names of stored results: a digest that changes makes every stored run a stranger."""

from priorscope.runs.run import PROTOCOL, Run
from priorscope.structures import parse_structure
from priorscope.targets.quantity import Quantity
from priorscope.train.recipe import Recipe, parse_learner

ADVICE = (
    "What names stored results has changed. If the same settings now mean something else, that is "
    "right: raise PROTOCOL in priorscope/runs/run.py (or `version` of the config), say so in "
    "CHANGELOG.md, and write the new digests here. If they mean the same, undo the change: users "
    "would train everything again for nothing."
)
RECIPE = Recipe(steps=100, epochs=2)
GOLDEN = {
    "protocol": 7,
    "recipe": "5ce88801ffc93f42",
    "run": "41c19b99253f8801",
    "cnn": "24223bb66afb5789",
    "quantity": "83301a252776857f",
}


def run(**changes):
    fields = {
        "learner": parse_learner("mlp:width=16+dropout", RECIPE),
        "data": "0123456789abcdef",
        "structure": parse_structure("permuted"),
        "size": 50,
        "stop": 100,
        "first": 25,
        "repeat": 1,
        "seed": 7,
        "tune": 2,
    }
    return Run(**{**fields, **changes})


def test_digests_are_those_of_the_results_on_users_disks():
    digests = {
        "protocol": PROTOCOL,
        "recipe": RECIPE.digest,
        "run": run().digest,
        "cnn": run(learner=parse_learner("cnn+shift", RECIPE)).digest,
        "quantity": Quantity(scale=2.0).digest,
    }
    assert digests == GOLDEN, ADVICE


def test_how_a_learner_is_typed_does_not_matter_and_all_else_does():
    same = parse_learner("mlp:width=16,dropout=0.2", RECIPE)
    assert run(learner=same).digest == run().digest
    others = [
        run(size=51),
        run(stop=101),
        run(first=26),
        run(repeat=2),
        run(seed=8),
        run(tune=1),
        run(data="f" * 16),
        run(structure=parse_structure("intact")),
        run(learner=parse_learner("mlp:width=17+dropout", RECIPE)),
        run(learner=parse_learner("mlp:width=16+dropout", Recipe(steps=101, epochs=2))),
    ]
    assert len({one.digest for one in [run(), *others]}) == 1 + len(others)
