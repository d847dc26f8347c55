"""SGD as torch has it, with decoupled decay; and that a recipe's optimizer reaches the training."""

import pytest
import torch
from torch import nn

from priorscope.tasks.digits import Digits
from priorscope.train.adamw import ReplicaAdamW
from priorscope.train.loop import Training
from priorscope.train.optimizers import ReplicaSGDW, plain_optimizer, replica_optimizer
from priorscope.train.prefix import Prefix
from priorscope.train.recipe import SGD_RATE, Recipe, parse_learner


def torch_steps(rows, gradients, rates, weight_decay):
    """torch.optim.SGD on each row by itself, each gradient clipped, decay decoupled."""
    results = []
    for row, own, rate in zip(rows, gradients, rates, strict=True):
        parameter = nn.Parameter(row.clone())
        peer = torch.optim.SGD([parameter], lr=rate, momentum=0.9, nesterov=True)
        for gradient in own:
            parameter.grad = gradient.clone()
            nn.utils.clip_grad_norm_([parameter], 1.0)
            with torch.no_grad():
                parameter.mul_(1 - rate * weight_decay)
            peer.step()
        results.append(parameter.detach())
    return torch.stack(results)


def test_rows_go_as_torch_would_take_each_alone():
    torch.manual_seed(0)
    rows, rates = torch.randn(3, 10), [0.1, 0.0, 0.01]
    gradients = torch.randn(3, 5, 10) * torch.tensor([0.01, 1.0, 100.0])[:, None, None]
    ours = rows.clone()
    sgd = ReplicaSGDW(ours, weight_decay=0.1, largest_norm=1.0)
    for step in range(5):
        sgd.step_rows(ours, gradients[:, step].clone(), torch.tensor(rates))
    torch.testing.assert_close(ours, torch_steps(rows, gradients, rates, 0.1))
    assert torch.equal(ours[1], rows[1])


def test_those_that_are_kept_keep_their_momentum():
    torch.manual_seed(0)
    rows, gradients = torch.randn(3, 10), torch.randn(3, 2, 10)
    ours = rows.clone()
    sgd = ReplicaSGDW(ours, weight_decay=0.0, largest_norm=1.0)
    sgd.step(ours, gradients[:, 0].clone(), 0.1)
    sgd.keep([2])
    kept = ours[2:].clone()
    sgd.step(kept, gradients[2:, 1].clone(), 0.1)
    torch.testing.assert_close(kept, torch_steps(rows[2:], gradients[2:], [0.1], 0.0))


def test_a_recipe_names_its_optimizer():
    parameters = torch.zeros(2, 4)
    assert isinstance(replica_optimizer(Recipe(), parameters), ReplicaAdamW)
    assert isinstance(replica_optimizer(Recipe(optimizer="sgd"), parameters), ReplicaSGDW)
    for name, kind in {"adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}.items():
        recipe = Recipe.from_options({"optimizer": name})
        plain = plain_optimizer(recipe, nn.Linear(2, 2), 0.125)
        assert isinstance(plain, kind)
        assert plain.param_groups[0]["lr"] == 0.125


def test_sgd_has_a_rate_and_a_decay_of_its_own():
    adamw, sgd = parse_learner("mlp"), parse_learner("mlp+sgd")
    assert sgd.recipe.optimizer == "sgd"
    assert sgd.learning_rate == pytest.approx(SGD_RATE * adamw.learning_rate)
    lost = [one.learning_rate * one.recipe.weight_decay for one in (adamw, sgd)]
    assert lost[0] == pytest.approx(lost[1])  # of a weight, per step
    assert parse_learner("mlp:optimizer=sgd").identity() == sgd.identity()
    assert parse_learner("mlp+sgd=0.2").learning_rate == 0.2
    for both in ("mlp+sgd+decay=0.5", "mlp+decay=0.5+sgd"):
        assert parse_learner(both).recipe.weight_decay == 0.5


def test_recipes_without_it_keep_their_names():
    assert "optimizer" not in Recipe().to_json()
    assert Recipe.from_json(Recipe(optimizer="sgd").to_json()) == Recipe(optimizer="sgd")
    assert parse_learner("mlp+sgd").identity() != parse_learner("mlp").identity()


@pytest.mark.parametrize(
    ("text", "error"),
    [("mlp:optimizer=sdg", "optimizer must be"), ("mlp+sgd=high", "learning_rate"),
     ("forest+sgd", "trains itself")],
)  # fmt: skip
def test_others_are_refused_in_a_sentence(text, error):
    with pytest.raises(ValueError, match=error):
        parse_learner(text)


@pytest.mark.parametrize("replicas", [1, 2])
def test_networks_learn_with_it(replicas):
    data = Digits().load()
    learner = parse_learner("mlp:width=32+sgd", Recipe(steps=200, epochs=5))
    prefixes = [Prefix(data.inputs[:200], data.targets[:200], seed) for seed in range(replicas)]
    training = Training(learner, data.signature, prefixes, torch.device("cpu"))
    training.run()
    for outputs in training.outputs([data.test_inputs] * replicas):
        right = outputs.argmax(dim=1).numpy() == data.test_targets
        assert right.mean() > 0.8
