"""Settings of a pre-training: refused, the clock, rates, how it starts."""

import dataclasses
import math
import time

import pytest
import torch
from small_pretraining import SETTINGS, Killed, kill_at_once, trainer

from priorscope.bert.training import pretrainer


def test_training_starts_at_the_tokens_frequencies(made, tmp_path):
    evaluations = []
    with pytest.raises(Killed):
        trainer(made, tmp_path).run(evaluations.append, kill_at_once)
    first = evaluations[0].held_out
    assert first.loss == pytest.approx(
        first.unigram_loss, abs=0.05
    )  # logits of size 0.02 * sqrt(128)


def test_the_clock_ends_a_run(made, tmp_path):
    settings = dataclasses.replace(SETTINGS, steps=None, time_limit="1s")
    evaluations = []
    one = trainer(made, tmp_path, settings)
    one.run(evaluations.append)
    assert evaluations[-1].progress == 1
    assert evaluations[-1].step > 0
    assert evaluations[-1].held_out.tokens > 0
    assert 1 <= one.seconds < 3  # one step too long at most


def test_the_clock_counts_training_alone(made, tmp_path, monkeypatch):
    """Evaluation takes ten times the limit here, and still every step is trained."""
    real = pretrainer.evaluate

    def slow(*arguments):
        time.sleep(0.5)
        return real(*arguments)

    monkeypatch.setattr(pretrainer, "evaluate", slow)
    settings = dataclasses.replace(SETTINGS, steps=None, time_limit="0.05s")
    one = trainer(made, tmp_path, settings)
    one.run(lambda evaluation: None)
    assert one.step > 0
    assert 0.05 <= one.seconds < 1


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"steps": 0}, "are 1 or more, but they are 0"),
        ({"steps": 1, "time_limit": "1s"}, "either --steps or --time-limit"),
        ({"steps": None, "time_limit": "soon"}, "A duration is written 90s"),
        ({"learning_rate": -1.0}, "0 or more and finite, but it is -1.0"),
        ({"learning_rate": math.nan}, "0 or more and finite, but it is nan"),
        ({"accumulate": 0}, "are 1 or more, but they are 12, 0"),
        ({"mask_rate": 1.5}, "lies between 0 and 1, but it is 1.5"),
        ({"batch_tokens": 31}, "doesn't hold a sequence of 32"),
        ({"held_out": 1.0}, r"lies in \(0, 1\), but it is 1.0"),
        ({"warmup": 1.0}, r"lies in \[0, 1\), but it is 1.0"),
    ],
)
def test_bad_settings_are_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(SETTINGS, **changed)


def test_the_learning_rate_rises_to_its_peak_and_falls_to_zero():
    settings = dataclasses.replace(SETTINGS, learning_rate=0.5, warmup=0.1)
    rates = [settings.learning_rate_at(p) for p in (0.0, 0.05, 0.1, 0.55, 1.0)]
    assert rates == pytest.approx([0, 0.25, 0.5, 0.25, 0])


def test_without_learned_positions_only_the_embedding_starts_from_co_occurrence(made, tmp_path):
    random = dataclasses.replace(SETTINGS, positions="none", init="random")
    from_text = dataclasses.replace(random, init="cooccurrence")
    first, other = (
        trainer(made, tmp_path / s.init, s).network.state_dict() for s in (random, from_text)
    )
    changed = {name for name in first if not torch.equal(first[name], other[name])}
    assert changed == {"bert.embeddings.tokens.weight"}


def test_a_start_from_co_occurrence_has_half_the_rate_and_its_own_values(made, tmp_path):
    random = dataclasses.replace(SETTINGS, init="random")
    from_text = dataclasses.replace(SETTINGS, init="cooccurrence")
    peaks = [
        dataclasses.replace(s, learning_rate=None, warmup=0.0).learning_rate_at(0.0)
        for s in (random, from_text)
    ]
    assert peaks[1] == peaks[0] / 2
    first, other = (
        trainer(made, tmp_path / s.init, s).network.state_dict() for s in (random, from_text)
    )
    changed = {name for name in first if not torch.equal(first[name], other[name])}
    block = "bert.encoder.blocks.0.attention.qkv.weight"
    tables = {"bert.embeddings.positions.table", "bert.embeddings.tokens.weight"}
    assert changed == {*tables, block}
