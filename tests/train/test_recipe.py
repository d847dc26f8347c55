import dataclasses

import numpy as np
import pytest
import torch

from priorscope.core.signature import Signature
from priorscope.models.mlp import MLP
from priorscope.targets.classes import Classes
from priorscope.train.inputs import Reader
from priorscope.train.prefix import Prefix
from priorscope.train.recipe import Recipe, parse_learner
from priorscope.train.trainer import trainer

IMAGE = Signature(input_shape=(8, 8, 1), target=Classes(num_classes=2))
VECTOR = Signature(input_shape=(8,), target=Classes(num_classes=2))


def test_hyperparameters_and_parts():
    learner = parse_learner("mlp:width=64,depth=3,steps=50+dropout=0.3+decay+shift+batchnorm")
    assert learner.model == MLP(width=64, depth=3, dropout=0.3, norm="batch")
    assert learner.recipe.steps == 50
    assert learner.recipe.weight_decay == 0.3
    assert learner.recipe.augment == ("shift",)
    assert learner.learning_rate == MLP.learning_rate


def test_defaults_give_way_to_what_is_written():
    learner = parse_learner("mlp:epochs=3", Recipe(steps=7, epochs=9))
    assert (learner.recipe.steps, learner.recipe.epochs) == (7, 3)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("mpl", LookupError, "Did you mean 'mlp'"),
        ("mlp:widht=3", ValueError, "Did you mean 'width'"),
        ("mlp:width", ValueError, "written key=value, but 'width' is not"),
        ("mlp+dropuot", ValueError, "Did you mean 'dropout'"),
        ("linear+dropout", ValueError, "linear has no dropout"),
        ("gru+batchnorm", ValueError, "gru has no norm"),
        ("mlp:batch=0", ValueError, "batch must be int from 1 to 1,000,000,000, but it is 0"),
        (
            "mlp:learning_rate=-1",
            ValueError,
            "learning_rate must be float from 0 to 1",
        ),
        ("cnn:kernel=4", None, ""),
    ],
)
def test_bad_learners_are_refused_in_a_sentence(text, error, message):
    if error is None:
        with pytest.raises(ValueError, match="kernel must be odd, but it is 4"):
            parse_learner(text).model.build(IMAGE)
        return
    with pytest.raises(error, match=message):
        parse_learner(text)


def test_identity_forgets_how_it_was_typed():
    plain, written = parse_learner("mlp"), parse_learner("mlp:width=128")
    assert plain.identity() == written.identity()
    assert parse_learner("mlp:width=64").identity() != plain.identity()


def test_a_default_rate_written_out_is_the_same_learner():
    written = parse_learner(f"mlp:learning_rate={MLP.learning_rate}")
    assert written.identity() == parse_learner("mlp").identity()


def test_parts_that_data_cannot_have():
    assert parse_learner("mlp+shift").why_not(IMAGE) is None
    assert "needs images or series" in (parse_learner("mlp+shift").why_not(VECTOR) or "")
    assert "needs images" in (parse_learner("mlp+resolution=4").why_not(VECTOR) or "")


def test_a_network_is_asked_about_what_it_reads_after_resizing(tmp_path):
    file = tmp_path / "own.py"
    file.write_text(
        "from torch import nn\n"
        "def build(signature):\n"
        "    return nn.Sequential(nn.Flatten(), nn.Linear(16, signature.output_size))\n"
    )
    assert "can't learn from inputs of (8, 8, 1)" in (
        parse_learner(f"{file}:build").why_not(IMAGE) or ""
    )
    assert parse_learner(f"{file}:build+resolution=4").why_not(IMAGE) is None


def test_planned_steps_are_the_steps_and_the_epochs():
    recipe = Recipe(steps=100, epochs=2, batch=64)
    assert recipe.planned_steps(64) == 102
    assert recipe.planned_steps(64 * 70 + 1) == 241


def test_few_examples_are_not_passed_over_hundreds_of_times():
    recipe = Recipe(steps=1000, epochs=15, batch=64, passes=50)
    assert recipe.planned_steps(18) == 100 + 50 + 5  # batches of 18, and 15 passes in those of 64
    assert recipe.planned_steps(135) == 100 + 106 + 32
    assert recipe.planned_steps(64 * 18) == 1000 + 15 * 18
    assert recipe.planned_steps(0) == 100


def test_batches_of_few_examples_are_smaller_and_never_below_the_least():
    recipe = Recipe(steps=1000, epochs=0, batch=64, passes=20, least_batch=16)
    sizes = [recipe.batch_size(n) for n in (0, 1, 9, 16, 134, 1024, 1152, 2160, 4096, 10**6)]
    assert sizes == [0, 1, 9, 16, 16, 16, 18, 33, 64, 64]
    assert sizes[4:] == sorted(sizes[4:])
    assert recipe.planned_steps(160) == 100 + 20 * 160 / 64
    assert dataclasses.replace(recipe, epochs=15).planned_steps(160) == 100 + 50 + 15 * 10
    assert recipe.planned_share(160) == 1 / 4
    assert Recipe(batch=8, least_batch=16).batch_size(10**3) == 8
    plain = Recipe(batch=64)
    assert [plain.batch_size(n) for n in (0, 9, 134, 10**6)] == [0, 9, 64, 64]
    assert "least_batch" not in plain.to_json()  # earlier runs keep their names
    assert Recipe.from_json(recipe.to_json()) == recipe


def test_a_batch_that_is_asked_for_is_taken():
    default = Recipe(passes=20, least_batch=16)
    assert parse_learner("mlp", default).recipe.batch_size(160) == 16
    assert parse_learner("mlp:batch=48", default).recipe.batch_size(160) == 48
    assert parse_learner("mlp:batch=48,least_batch=16", default).recipe.batch_size(160) == 16


def test_steps_that_are_asked_for_are_planned():
    default = Recipe(steps=1000, epochs=0, passes=50)
    assert parse_learner("mlp", default).recipe.planned_steps(64) == 150
    assert parse_learner("mlp:steps=600", default).recipe.planned_steps(64) == 600
    assert parse_learner("mlp:steps=600,passes=50", default).recipe.planned_steps(64) == 150
    assert parse_learner("mlp:batch=32", default).recipe.planned_steps(64) == 200


def test_a_pretrained_network_is_fine_tuned_in_few_passes_unless_others_are_asked_for(monkeypatch):
    monkeypatch.setattr("priorscope.models.bert.network_digest", lambda folder: "0" * 16)
    recipe = parse_learner("bert:pretrained=folder", Recipe(passes=50)).recipe
    assert (recipe.plan, recipe.batch) == ("cosine", 32)
    assert recipe.planned_steps(800) == 60 + 75
    asked = parse_learner("bert:pretrained=folder", Recipe(steps=300), ("steps", "passes"))
    assert asked.recipe.planned_steps(800) == 300 + 75
    typed = parse_learner("bert:pretrained=folder,steps=500,plan=plateau").recipe
    assert (typed.steps, typed.plan) == (500, "plateau")
    assert parse_learner("bert", Recipe()).recipe == Recipe()


TEXTS = Signature(input_shape=(12,), target=Classes(num_classes=2), vocabulary=20)


def test_a_text_is_cut_by_its_recipe_alone():
    learner = parse_learner("gru:width=8+tokens=5", Recipe(steps=2, epochs=0))
    ids = np.random.default_rng(0).integers(1, 20, (40, 12)).astype(np.int32)
    reader = Reader(ids, TEXTS, learner.recipe)
    assert reader.network_signature == dataclasses.replace(TEXTS, input_shape=(5,))
    assert reader(torch.from_numpy(ids)).tolist() == ids[:, :5].tolist()
    assert reader(torch.from_numpy(ids)[None]).shape == (1, 40, 5)  # replicas before it
    longer = Reader(ids, TEXTS, parse_learner("gru+tokens=99").recipe)
    assert longer(torch.from_numpy(ids)).shape == (40, 12)
    training = trainer(learner, TEXTS, [Prefix(ids, ids[:, 0] % 2, 0)], torch.device("cpu"))
    training.run()
    changed = ids.copy()
    changed[:, 5:] = 1
    one, other = (training.outputs([x])[0] for x in (ids, changed))
    assert torch.equal(one, other)


def test_who_reads_all_tokens_is_who_it_was_before_there_was_a_choice():
    assert "tokens" not in Recipe().to_json()
    cut = Recipe(tokens=8)
    assert Recipe.from_json(cut.to_json()) == cut
    assert Recipe.from_json(Recipe().to_json()) == Recipe()
    assert cut.digest != Recipe().digest


def test_tokens_are_of_texts_and_the_beginning_of_a_bag_is_not_the_bag():
    assert "needs texts" in (parse_learner("cnn+tokens=8").why_not(IMAGE) or "")
    assert parse_learner("cnn+tokens=8").why_not(TEXTS) is None
    assert "permuted" in parse_learner("linear").invariant_to
    assert parse_learner("linear+tokens=8").invariant_to == ()
    assert parse_learner("tfidf+tokens=8").recipe.tokens == 8


def test_a_recipe_shows_nothing_that_does_not_reach_the_learner():
    assert parse_learner("mlp").used_recipe()["learning_rate"] == MLP.learning_rate
    forest = parse_learner("forest+resolution=8").used_recipe()
    assert {key for key, value in forest.items() if value is not None} == {
        "kind", "version", "resolution",
    }  # fmt: skip
