import numpy as np
import torch

from priorscope.core.signature import Signature
from priorscope.targets.classes import Classes
from priorscope.train.augment import augment, draw_noise, transform
from priorscope.train.inputs import Reader, epochs_of_batches
from priorscope.train.recipe import Recipe


def test_images_are_standardised_per_channel():
    stream = np.random.default_rng(0)
    images = stream.integers(0, 256, (50, 4, 5, 3)).astype(np.uint8)
    signature = Signature(input_shape=(4, 5, 3), target=Classes(num_classes=2))
    x = Reader(images, signature, Recipe())(torch.from_numpy(images))
    torch.testing.assert_close(x.mean((0, 1, 2)), torch.zeros(3), atol=1e-6, rtol=0)
    torch.testing.assert_close(x.std((0, 1, 2), correction=0), torch.ones(3), atol=1e-5, rtol=0)


def test_a_constant_feature_is_zero_not_infinite():
    vectors = np.array([[1.0, 7.0], [3.0, 7.0]], dtype=np.float32)
    signature = Signature(input_shape=(2,), target=Classes(num_classes=2))
    x = Reader(vectors, signature, Recipe())(torch.from_numpy(vectors))
    assert x.tolist() == [[-1.0, 0.0], [1.0, 0.0]]


def test_presence_is_left_alone():
    series = np.ones((3, 4, 2), dtype=np.float32)
    series[1, 2:, 1] = 0
    signature = Signature(input_shape=(4, 2), target=Classes(num_classes=2), padded=True)
    x = Reader(series, signature, Recipe())(torch.from_numpy(series))
    assert torch.equal(x[..., 1], torch.from_numpy(series)[..., 1])


def test_resolution_changes_what_the_network_reads():
    images = np.zeros((3, 8, 8, 1), dtype=np.uint8)
    reader = Reader(
        images,
        Signature(input_shape=(8, 8, 1), target=Classes(num_classes=2)),
        Recipe(resolution=4),
    )
    assert reader(torch.from_numpy(images)).shape == (3, 4, 4, 1)
    assert reader.network_signature.input_shape == (4, 4, 1)


def test_every_example_is_seen_once_an_epoch():
    plan = epochs_of_batches(10, 5, 4, torch.Generator().manual_seed(0))
    assert plan.shape == (4, 5)
    for epoch in (plan[:2], plan[2:]):
        assert sorted(epoch.flatten().tolist()) == list(range(10))
    assert not torch.equal(plan[:2], plan[2:])


def test_a_batch_is_never_larger_than_the_data():
    assert epochs_of_batches(3, 64, 5, torch.Generator().manual_seed(0)).shape == (5, 3)


def images(count=200, side=16):
    return torch.rand(count, side, side, 2, generator=torch.Generator().manual_seed(1)) + 1


def test_shifts_move_without_wrapping():
    x = images()
    moved = augment(x, ("shift",), torch.Generator().manual_seed(0))
    assert moved.shape == x.shape
    inside = moved != 0  # what was uncovered is 0; inputs are above 1
    assert (~inside).any()
    assert set(moved[inside].tolist()) <= set(x.flatten().tolist())
    same = (moved == x).all(dim=(1, 2, 3)).float().mean()  # (1/5)^2 don't move at all
    assert 0.0 < same < 0.12


def test_half_of_the_images_are_mirrored():
    x = images(400)
    mirrored = (augment(x, ("flip",), torch.Generator().manual_seed(0)) == x.flip(2)).all(
        dim=(1, 2, 3)
    )
    assert 0.4 < mirrored.float().mean() < 0.6  # four standard errors


def test_small_turns_keep_the_centre_and_mirror_symmetry():
    x = torch.zeros(50, 17, 17, 1)
    x[:, 8, 8] = 1.0
    turned = augment(x, ("rotate",), torch.Generator().manual_seed(0))
    torch.testing.assert_close(turned[:, 8, 8], torch.ones(50, 1))
    turned = augment(images(3), ("rotate",), torch.Generator().manual_seed(0))
    assert not torch.equal(turned, images(3))


def test_parts_are_applied_in_order():
    x = images(5)
    both = augment(x, ("shift", "flip"), torch.Generator().manual_seed(3))
    stream = torch.Generator().manual_seed(3)
    for part in ("shift", "flip"):
        x = transform(x, (part,), draw_noise((part,), (16, 16), 5, stream))
    assert torch.equal(both, x)
