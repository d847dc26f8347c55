import math

import numpy as np
import pytest
import torch

from priorscope.core.deadline import Deadline, DeadlinePassed
from priorscope.core.signature import Signature
from priorscope.models.linear import Linear
from priorscope.models.mlp import MLP
from priorscope.targets.classes import Classes
from priorscope.train.loop import Training
from priorscope.train.prefix import Prefix, split_validation
from priorscope.train.recipe import Learner, Recipe, parse_learner
from priorscope.train.schedules import cosine, steps_per_evaluation

SIGNATURE = Signature(input_shape=(2,), target=Classes(num_classes=2))
CPU = torch.device("cpu")


def prefix(seed=0, examples=120, noise=0.0):
    stream = np.random.default_rng(seed)
    x = stream.standard_normal((examples, 2)).astype(np.float32)
    y = (x[:, 0] + noise * stream.standard_normal(examples) > 0).astype(np.int64)
    return Prefix(x, y, seed)


def learner(model=None, **recipe):
    steps = {"steps": 60, "epochs": 1, "batch": 32} | recipe
    return Learner(text="x", model=model or Linear(), recipe=Recipe(**steps))


def test_learns_a_linear_rule():
    training = Training(learner(steps=300), SIGNATURE, [prefix()], CPU)
    fitted = training.run()[0]
    test = prefix(seed=9, examples=2000)
    logits = training.outputs([test.inputs])[0]
    targets = torch.from_numpy(test.targets)
    assert (logits.argmax(-1) == targets).float().mean() > 0.95
    assert fitted.calibration is not None
    assert fitted.calibration.bits(logits, test.targets).mean() < 0.3


def test_the_validation_part_is_a_fifth_and_apart():
    targets = np.repeat([0, 1, 2], [50, 30, 20])
    train, chosen = split_validation(targets, 3)
    assert len(chosen) == 20
    assert sorted([*train, *chosen]) == list(range(100))
    assert np.bincount(targets[chosen]).tolist() == [10, 6, 4]


def test_a_tiny_prefix_still_has_a_validation_part():
    train, chosen = split_validation(np.array([0, 1]), 0)
    assert len(train) == len(chosen) == 1


def test_a_replica_does_not_depend_on_its_neighbours():
    """Trained beside others that stop at other steps, its numbers are those it has alone."""
    prefixes = [prefix(r, noise=noise) for r, noise in enumerate((0.0, 3.0))]
    model = MLP(width=8, depth=1, dropout=0.2)
    recipe = learner(model, steps=600, epochs=0)
    together = Training(recipe, SIGNATURE, prefixes, CPU)
    fitted = together.run()
    logits = together.outputs([prefix(9).inputs] * 2)
    assert len({f.steps for f in fitted}) > 1
    for r, own in enumerate(prefixes):
        alone = Training(recipe, SIGNATURE, [own], CPU)
        expected = alone.run()[0]
        assert expected.steps == fitted[r].steps
        torch.testing.assert_close(alone.outputs([prefix(9).inputs])[0], logits[r])


def test_dropout_is_off_while_predicting():
    training = Training(learner(MLP(width=8, depth=1, dropout=0.5)), SIGNATURE, [prefix()], CPU)
    training.run()
    inputs = prefix(9).inputs
    first, again = training.outputs([inputs])[0], training.outputs([inputs])[0]
    assert torch.equal(first, again)
    network, read, _ = training.network(0, inputs)
    torch.testing.assert_close(network.eval()(read), first)


def test_nan_fails_its_own_replica_alone():
    poisoned = prefix(1)
    poisoned.inputs[:, 1] = np.nan
    training = Training(learner(), SIGNATURE, [prefix(0), poisoned], CPU)
    fine, broken = training.run()
    assert fine.problem is None
    assert math.isfinite(fine.validation_loss)
    assert "became NaN by step" in (broken.problem or "")


def test_a_passed_deadline_leaves_nothing():
    with pytest.raises(DeadlinePassed):
        Training(learner(), SIGNATURE, [prefix()], CPU, Deadline(0.0)).run()


@pytest.mark.parametrize("text", ["cnn+batchnorm+shift", "vit+dropout", "gru", "mlp+layernorm"])
def test_same_prefix_same_numbers(text):
    stream = np.random.default_rng(0)
    images = stream.integers(0, 256, (40, 8, 8, 1)).astype(np.uint8)
    own = Prefix(images, stream.integers(0, 2, 40), 5)
    signature = Signature(input_shape=(8, 8, 1), target=Classes(num_classes=2))
    made = parse_learner(text, Recipe(steps=5, epochs=1))
    results = []
    for _ in range(2):
        training = Training(made, signature, [own], CPU)
        training.run()
        results.append(training.outputs([images])[0])
    assert torch.equal(*results)


def wrecked():
    """A rate so high that the network is best early and ruined at the end."""
    own = prefix(examples=400, noise=0.5)
    made = learner(
        MLP(width=16, depth=1), steps=150, learning_rate=1.0, plan="cosine", patience=1.0
    )
    training = Training(made, SIGNATURE, [own], CPU)
    return training, training.run()[0]


def test_the_best_step_is_kept_not_the_last():
    training, result = wrecked()
    assert result.best_step < result.steps
    replica = training.replicas[0]
    target, marginals = SIGNATURE.target, [replica.split.marginal]
    with torch.no_grad():
        outputs = training.networks(replica.validation_inputs[None])
    loss = target.validation_loss(outputs, replica.validation_targets[None], marginals)
    # the kept network has the loss that was lowest; the last one's was another
    assert loss.item() == pytest.approx(result.validation_loss, rel=1e-5)


def test_the_steps_planned_made_and_kept_are_told():
    own = prefix(examples=400)
    made = learner(MLP(width=16, depth=1), steps=100, epochs=0, plan="cosine")
    result = Training(made, SIGNATURE, [own], CPU).run()[0]
    assert result.planned_steps == 100
    assert 1 <= result.best_step <= result.steps <= 100


@pytest.mark.parametrize("plan", ["plateau", "cosine"])
def test_the_learning_rate_follows_the_plan(monkeypatch, plan):
    shares = []
    recipe = {"steps": 60, "epochs": 0, "plan": plan, "patience": 1.0}
    training = Training(learner(**recipe), SIGNATURE, [prefix()], CPU)
    plain = training.step
    monkeypatch.setattr(training, "step", lambda s, rates: (shares.extend(rates), plain(s, rates)))
    result = training.run()[0]
    assert len(shares) == result.steps
    if plan == "cosine":
        assert shares == [cosine(step, 60) for step in range(60)]
    assert shares[0] <= shares[2] == max(shares) == 1.0
    assert shares[-1] == pytest.approx(0.01, abs=2e-3)


def test_evaluations_cost_a_fifth_of_the_training_at_most():
    assert steps_per_evaluation(100, 32, examples=10) == 4  # 25 evaluations, the most
    # 100 updates of 32 are worth 9,600 forward passes; an evaluation on 1,000 costs 1,000.
    assert steps_per_evaluation(100, 32, examples=1000) == 20  # five, the fewest
    assert steps_per_evaluation(500, 32, examples=1000) == 500 // 9
