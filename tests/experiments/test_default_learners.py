"""Which learners a comparison has without being told."""

import pytest

from priorscope.core.signature import Signature
from priorscope.experiments.learners import FIRST, REDUCED, fitting
from priorscope.experiments.settings import Settings
from priorscope.experiments.variants import variants
from priorscope.targets.classes import Classes

THREE = Classes(num_classes=3)


def defaults(*shape):
    signature = Signature(input_shape=shape, target=THREE)
    return signature, fitting((), Settings(), signature, 1000)


@pytest.mark.parametrize("shape", [(28, 28, 1), (40, 20, 3)])
def test_small_images_are_seen_as_they_are(shape):
    _, learners = defaults(*shape)
    assert {"linear", "mlp", "cnn", "gru", "vit", "forest"} == {one.text for one in learners}
    assert not any(one.recipe.resolution for one in learners)


@pytest.mark.parametrize("shape", [(64, 64, 1), (20, 41, 3), (96, 96, 3)])
def test_large_images_are_reduced_by_name_for_those_who_look_at_places(shape):
    signature, learners = defaults(*shape)
    reduced = {one.text.partition("+")[0] for one in learners if one.recipe.resolution}
    assert reduced == {"cnn", "gru", "vit"}
    for one in learners:
        assert ("permuted" in one.invariant_to) == (one.recipe.resolution == 0)
        assert one.recipe.resolution in (0, REDUCED)
        assert one.text.endswith(f"+resolution={REDUCED}") == bool(one.recipe.resolution)
    cnn = next(one for one in learners if one.text.startswith("cnn"))
    twins = {
        twin.text.partition(f"={REDUCED}")[2] for twin in variants(cnn, Settings(), signature, 200)
    }
    assert twins == {"", "+shift", "+flip"}


def test_whoever_is_named_sees_what_there_is():
    signature, _ = defaults(64, 64, 1)
    from priorscope.experiments.learners import make_learners

    settings = Settings(learners=("cnn",))
    (cnn,) = fitting(make_learners(("cnn",), settings), settings, signature, 1000)
    assert cnn.recipe.resolution == 0


@pytest.mark.parametrize("tokens", [64, 96, 97, 512])
def test_long_texts_are_read_to_the_end_by_those_who_count_tokens(tokens):
    signature = Signature(input_shape=(tokens,), target=THREE, vocabulary=100)
    learners = fitting((), Settings(), signature, 1000)
    cut = {one.text.partition("+")[0] for one in learners if one.recipe.tokens}
    assert cut == ({"cnn", "gru", "transformer"} if tokens > 96 else set())
    assert {"linear", "mlp", "tfidf", "naive-bayes"} <= {one.text for one in learners}
    for one in learners:
        assert one.recipe.tokens in (0, FIRST)
        assert one.text.endswith(f"+tokens={FIRST}") == bool(one.recipe.tokens)
        assert one.recipe.network_signature(signature).input_shape == (
            (FIRST,) if one.recipe.tokens else (tokens,)
        )
