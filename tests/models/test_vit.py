import dataclasses

import pytest
import torch
from torch.func import functional_call, stack_module_state

from priorscope.core.signature import Signature
from priorscope.models.vit import Vit
from priorscope.nn.attention import attention_maps
from priorscope.targets.classes import Classes
from priorscope.vit.network import VisionTransformer, at_resolution
from priorscope.vit.shape import VitShape

BATCH, CLASSES = 4, 3
IMAGE = Signature(input_shape=(8, 12, 2), target=Classes(num_classes=CLASSES))
SIGNATURES = {
    "vector": Signature(input_shape=(12,), target=Classes(num_classes=CLASSES)),
    "series": Signature(input_shape=(12, 2), target=Classes(num_classes=CLASSES)),
    "padded": Signature(input_shape=(12, 3), target=Classes(num_classes=CLASSES), padded=True),
    "image": IMAGE,
    "tokens": Signature(input_shape=(12,), target=Classes(num_classes=CLASSES), vocabulary=9),
}
VARIANTS = {
    "default": Vit(width=24, depth=2),
    "class, learned": Vit(width=24, depth=2, pooling="class", positions="learned"),
    "mean, grid": Vit(width=24, depth=2, pooling="mean", positions="grid", dropout=0.1),
    "sinusoidal": Vit(width=24, depth=2, patch=4, positions="sinusoidal"),
}
SHAPE = VitShape(
    image=(6, 8, 2),
    patch=(2, 2),
    width=12,
    depth=2,
    num_heads=3,
    mlp_width=20,
    num_classes=CLASSES,
)


def inputs(signature, replicas):
    stream = torch.Generator().manual_seed(0)
    shape = (replicas, BATCH, *signature.input_shape)
    if signature.vocabulary is not None:
        return torch.randint(signature.vocabulary, shape, generator=stream)
    x = torch.randn(shape, generator=stream)
    if signature.padded:
        x[..., -1] = (torch.arange(12) < torch.tensor([12, 5, 7, 0])[:, None]).float()
    return x


@pytest.mark.parametrize("config", VARIANTS.values(), ids=VARIANTS)
@pytest.mark.parametrize("signature", SIGNATURES.values(), ids=SIGNATURES)
def test_replicas_compute_what_each_computes_alone(config, signature):
    networks = [config.build(signature) for _ in range(3)]
    x = inputs(signature, 3)
    parameters, buffers = stack_module_state(networks)

    def one(p, b, x):
        return functional_call(networks[0], (p, b), (x,))

    together = torch.vmap(one, randomness="different")(parameters, buffers, x)
    alone = torch.stack([network(batch) for network, batch in zip(networks, x, strict=True)])
    assert together.shape == (3, BATCH, CLASSES)
    # Sums of up to 96 float32 numbers of size one, in another order.
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=0)
    alone.square().sum().backward()
    named = networks[0].named_parameters()
    assert [n for n, p in named if p.grad is None or not p.grad.any()] == []


@pytest.mark.parametrize(("pooling", "tokens"), [("class", 13), ("mean", 12)])
def test_there_are_height_times_width_tokens_and_one_more(pooling, tokens):
    network = VisionTransformer(dataclasses.replace(SHAPE, pooling=pooling))
    images = torch.randn(2, 6, 8, 2)
    assert network.features(images).shape == (2, tokens, 12)
    assert network.positions.table.shape == (tokens, 12)
    with attention_maps(network) as maps:
        network(images)
    assert [m.shape for m in maps.values()] == [(2, 3, tokens, tokens)] * 2


@pytest.mark.parametrize("pooling", ["class", "mean"])
def test_padding_changes_nothing(pooling):
    network = Vit(width=24, depth=2, patch=2, pooling=pooling).build(SIGNATURES["padded"]).eval()
    x = inputs(SIGNATURES["padded"], 1)[0]
    changed = x.clone()
    changed[2, 8:, :-1] += 5  # of seven time steps; the eighth shares a patch with the seventh
    assert torch.equal(network(x), network(changed))
    changed[2, 6, :-1] += 5
    assert not torch.allclose(network(x)[2], network(changed)[2])


def test_without_positions_patches_may_stand_anywhere():
    network = VisionTransformer(dataclasses.replace(SHAPE, positions="none")).double()
    images = torch.randn(2, 6, 8, 2, dtype=torch.float64)
    rolled = images.roll((2, 4), dims=(1, 2))  # whole patches
    torch.testing.assert_close(network(images), network(rolled), atol=1e-12, rtol=0)
    shifted = images.roll(1, dims=2)  # half a patch
    assert (network(images) - network(shifted)).abs().max() > 1e-3


def test_other_resolutions_interpolate_the_positions():
    network = VisionTransformer(SHAPE)
    larger = at_resolution(network, 12, 10)
    assert larger.features(torch.randn(1, 12, 10, 2)).shape == (1, 6 * 5 + 1, 12)
    assert torch.equal(larger.positions.table[0], network.positions.table[0])
    assert torch.equal(larger.patches.project.weight, network.patches.project.weight)
    images = torch.randn(2, 6, 8, 2)
    assert torch.equal(at_resolution(network, 6, 8)(images), network(images))
    with pytest.raises(ValueError, match="13 is not a multiple of 2"):
        at_resolution(network, 13, 10)
    fixed = VisionTransformer(dataclasses.replace(SHAPE, positions="sinusoidal"))
    with pytest.raises(ValueError, match="Only learned positions are interpolated"):
        at_resolution(fixed, 12, 10)


@pytest.mark.parametrize(
    ("image", "patch"),
    [((8, 8, 1), (2, 2)), ((28, 28, 1), (4, 4)), ((32, 32, 3), (4, 4)), ((64, 32, 1), (4, 4))],
)
def test_patches_are_chosen_to_divide(image, patch):
    assert Vit().shape(image, 10).patch == patch


def test_what_is_chosen_reaches_the_network():
    config = Vit(
        width=24,
        depth=2,
        num_heads=3,
        patch=2,
        pooling="mean",
        positions="grid",
        stochastic_depth=0.2,
        dropout=0.25,
    )
    expected = VitShape(
        image=(8, 12, 2),
        patch=(2, 2),
        width=24,
        depth=2,
        num_heads=3,
        mlp_width=96,
        num_classes=CLASSES,
        pooling="mean",
        positions="grid",
        stochastic_depth=0.2,
        dropout=0.25,
    )
    assert config.build(IMAGE).vit.shape == expected


def test_sequences_have_patches_of_one_row():
    assert Vit().shape((1, 40, 1), 10).patch == (1, 4)
    assert Vit(patch=5).shape((1, 40, 1), 10).patch == (1, 5)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"8 is not a multiple of 3; take one of \[1, 2, 4, 8\]"):
        Vit(patch=3).build(IMAGE)
    with pytest.raises(ValueError, match="must divide"):
        VisionTransformer(SHAPE)(torch.zeros(1, 6, 7, 2))


def test_it_learns_which_quarter_is_lit():
    torch.manual_seed(0)
    signature = Signature(input_shape=(8, 8, 1), target=Classes(num_classes=4))
    targets = torch.randint(4, (256,))
    images = 0.3 * torch.randn(256, 8, 8, 1)
    for image, target in zip(images, targets, strict=True):
        row, column = 4 * (target // 2), 4 * (target % 2)
        image[row : row + 4, column : column + 4] += 1
    network = Vit(width=24, depth=2).build(signature)
    optimiser = torch.optim.AdamW(network.parameters(), lr=3 * Vit.learning_rate)
    for _ in range(40):
        loss = torch.nn.functional.cross_entropy(network(images), targets)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.2  # chance is ln 4 = 1.4
