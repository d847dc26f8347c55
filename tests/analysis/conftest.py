"""Synthetic stored rows with known truths."""

import itertools
import types

import numpy as np
import pytest

from priorscope.analysis.answer import answer, metric_contest
from priorscope.analysis.code_length import code_lengths
from priorscope.analysis.metrics import METRICS
from priorscope.analysis.reference import class_reference
from priorscope.analysis.summarise import Request, summarise
from priorscope.analysis.summary import TaskFacts
from priorscope.analysis.table import RunTable

SIZES, CLASSES, REPEATS = (10, 20, 40), 4, 3
STRUCTURES = ("intact", "permuted", "random-labels")
BITS = {
    ("good", "intact"): 0.5,
    ("good", "permuted"): 1.5,
    ("bad", "intact"): 1.6,
    ("bad", "permuted"): 1.6,
}


def score(bits, examples):
    return {
        "examples": examples,
        "bits": bits,
        "bits_std": 1.0,
        "uncalibrated_bits": bits + 0.1,
        "accuracy": min(max(1 - bits / 2, 0.0), 1.0),
    }


def rows(bits=BITS, structures=STRUCTURES, noise=0.01, sizes=SIZES, repeats=REPEATS, seed=0):
    stream = np.random.default_rng(seed)
    learners = list(dict.fromkeys(learner for learner, _ in bits))
    for learner, structure, (i, size), repeat in itertools.product(
        learners, structures, enumerate(sizes), range(repeats)
    ):
        mean = 2.0 if structure == "random-labels" else bits[learner, structure]
        value = mean + noise * stream.standard_normal()
        row = {
            "status": "done",
            "learner": learner,
            "structure": structure,
            "digest": f"{learner}-{structure}-{size}-{repeat}",
            "run": {"size": size, "repeat": repeat},
            "test": score(value, 1000),
            "train": score(value / 2, 10),
            "parameters": 5,
            "multiply_adds": 7 + learners.index(learner),
            "seconds": 1.0,
            "steps": 3,
        }
        if size != sizes[-1]:
            row["block"] = score(value, sizes[i + 1] - size)
        yield row


def table(kept, sizes=SIZES, repeats=REPEATS, learners=("good", "bad"), structures=STRUCTURES):
    return RunTable.of(kept, learners=learners, structures=structures, sizes=sizes, repeats=repeats)


def reference(sizes=SIZES, counts=(10, 10, 10, 10), test=1000):
    train = np.repeat(np.arange(len(counts)), counts)
    tested = np.repeat(np.arange(len(counts)), test * np.array(counts) // sum(counts))
    return class_reference(train, tested, [str(c) for c in range(len(counts))], sizes)


def summary_of(kept, request=None, **more):
    learners = more.pop("learners", ("good", "bad"))
    made = table(list(kept), learners=learners, **more)
    asked = request or Request(invariant={"bad": frozenset({"permuted"})})
    return summarise(made, reference(made.sizes), asked, TaskFacts(name="synthetic", examples=40))


def answer_of(made, known):
    metric = METRICS["accuracy"]
    lengths = code_lengths(made, known.null_bits, known.chance_bits)
    found = metric_contest(made, metric, known, None)
    return answer("accuracy", made, lengths, known, metric, found, "data")


@pytest.fixture
def synthetic():
    """The functions of this file."""
    return types.SimpleNamespace(
        BITS=BITS,
        rows=rows,
        table=table,
        reference=reference,
        summary_of=summary_of,
        answer_of=answer_of,
    )
