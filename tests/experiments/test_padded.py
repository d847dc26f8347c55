"""Series of different lengths: no order of positions is the same for all of them."""

import dataclasses

import numpy as np

from priorscope.experiments.comparison import Comparison
from priorscope.experiments.settings import Settings
from priorscope.experiments.summarise import request_of
from priorscope.structures import parse_structure
from priorscope.tasks import Examples


def asked(tmp_path, padded):
    stream = np.random.default_rng(0)
    x = stream.standard_normal((60, 8, 2)).astype(np.float32)
    x[..., 1] = 1.0
    if padded:
        x[::2, 5:] = 0.0
    data = Examples(x[:40], np.arange(40) % 2, x[40:], np.arange(20) % 2, ("a", "b"), padded=padded)
    settings = Settings(
        learners=("linear",), structures=("permuted",), sizes=(10, 20), repeats=1, out=tmp_path
    )
    planned = Comparison.of(data, settings)
    return data, request_of(planned.question, settings, planned.data.examples.signature)


def test_invariance_to_an_order_is_declared_only_where_all_have_one_length(tmp_path):
    for padded, expected in ((False, {"permuted"}), (True, set())):
        _, request = asked(tmp_path, padded)
        assert request.invariant["linear"] == expected


def test_lengths_get_orders_of_their_own(tmp_path):
    data, _ = asked(tmp_path, padded=True)
    numbered = data.inputs.copy()
    numbered[..., 0] = np.arange(8) * (numbered[..., 1] > 0)
    moved, _ = parse_structure("permuted").apply(
        numbered, data.targets, dataclasses.replace(data.signature), 0, "train"
    )
    assert not np.array_equal(moved[0, :5, 0], moved[1, :5, 0])
