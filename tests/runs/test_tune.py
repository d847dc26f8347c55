import dataclasses

import torch

from priorscope.runs.run import Run
from priorscope.runs.store import Store
from priorscope.runs.worker import do
from priorscope.structures import parse_structure
from priorscope.tasks.digits import Digits
from priorscope.train.recipe import Recipe, parse_learner


def test_tune_chooses_the_trial_that_validates_best(tmp_path):
    """From a rate that is far too small, three times as much is better: `tune` must find it."""
    store, examples = Store(tmp_path), Digits().load()
    learner = parse_learner("linear:learning_rate=0.0003", Recipe(steps=100, epochs=1))
    run = Run(
        learner=learner,
        data=store.save_data(examples),
        structure=parse_structure("intact"),
        size=100,
        stop=200,
        first=100,
        repeat=0,
        seed=0,
        tune=1,
    )
    bits, rates = [], []
    for tune in (1, 2):
        (result,) = do([dataclasses.replace(run, tune=tune)], store, torch.device("cpu"))
        bits.append(result.row["test"]["bits"])
        rates.append(result.row["learning_rate"])
    assert rates == [0.0003, 3 * 0.0003]
    assert bits[1] < bits[0]
