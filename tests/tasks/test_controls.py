"""The synthetic controls have the structure that they claim, and no other."""

import numpy as np
import pytest

from priorscope.tasks.context import MARKER, Context
from priorscope.tasks.digits import Digits
from priorscope.tasks.noise_labels import NoiseLabels
from priorscope.tasks.scene import Scene
from priorscope.tasks.template import Template


def test_context_class_is_the_word_after_the_marker():
    examples = Context(num_train=500).load()
    row, column = np.nonzero(examples.inputs == MARKER)
    assert (row == np.arange(500)).all()  # exactly one marker in each
    assert (examples.inputs[row, column + 1] - 2 == examples.targets).all()


def test_context_words_are_counted_alike_in_every_class():
    task = Context(num_train=2000, num_classes=5)
    inputs = task.load().inputs
    for key in range(2, 2 + task.num_classes):
        assert ((inputs == key).sum(axis=1) == 1).all()
    assert inputs.min() > 0  # no padding
    assert inputs.max() < task.load().signature.vocabulary


def test_template_is_found_by_correlation_wherever_it_is():
    task = Template(num_train=300, noise=0.0)
    examples, patterns = task.load(), task.patterns()
    spectrum = np.fft.fft2(examples.inputs[:, None, :, :, 0])
    filters = np.fft.fft2(patterns, s=(task.side, task.side))
    peaks = np.fft.ifft2(spectrum * filters.conj()).real.max(axis=(2, 3))
    # a pattern's correlation with itself is its number of pixels, with another one less
    assert (peaks.argmax(axis=1) == examples.targets).all()
    assert peaks.max() == pytest.approx(task.patch**2, abs=1e-4)
    places = {tuple(np.argwhere(x[..., 0] != 0)[0]) for x in examples.inputs}
    assert len(places) > 100  # it moves


def test_template_without_moves_stands_still():
    inputs = Template(num_train=50, noise=0.0, moves=False).load().inputs
    assert len(np.unique(inputs, axis=0)) == 4


def test_noise_labels_entropy_has_its_closed_form():
    assert NoiseLabels(flip=0.0).label_entropy == 0
    assert NoiseLabels(flip=0.5).label_entropy == pytest.approx(1)
    assert NoiseLabels(flip=0.11).label_entropy == pytest.approx(0.49992, abs=1e-5)
    assert NoiseLabels(num_classes=4, flip=0.75).label_entropy == pytest.approx(2)


def test_noise_labels_are_flipped_as_often_as_said():
    noisy = NoiseLabels(num_train=20_000, num_classes=3, flip=0.2).load()
    clean = NoiseLabels(num_train=20_000, num_classes=3, flip=0.0).load()
    assert (noisy.inputs == clean.inputs).all()
    share = (noisy.targets != clean.targets).mean()
    assert share == pytest.approx(0.2, abs=4 * (0.2 * 0.8 / 20_000) ** 0.5)


@pytest.mark.parametrize(
    "task", [Context(tokens=4), Template(patch=20), NoiseLabels(flip=0.6)], ids=lambda t: t.name()
)
def test_impossible_sizes_are_refused(task):
    with pytest.raises(ValueError, match=r"needs"):
        task.load()


def test_a_scene_of_pictures_shows_an_object_and_its_cue_at_the_distance():
    task, kinds = Scene(num_train=300, num_test=100, slots=5, distance=2), (3, 8, 0, 1)
    images = Digits().load()
    scenes = task.of(images, kinds)
    slots = scenes.inputs.reshape(300, 8, 5, 8).transpose(0, 2, 1, 3)  # (scenes, slots, 8, 8)
    filled = slots.any(axis=(2, 3))
    assert (filled.sum(axis=1) == 2).all()
    grey = (images.inputs[..., 0] / 255).astype(np.float32)
    known = {x.tobytes(): y for x, y in zip(grey, images.targets, strict=True)}
    for shown, there, target in zip(slots, filled, scenes.targets, strict=True):
        at = {kinds.index(known[shown[s].tobytes()]): s for s in np.flatnonzero(there)}
        thing, cue = sorted(at)
        assert (thing < 2, cue >= 2) == (True, True)
        assert (at[thing] + 2) % 5 == at[cue]
        assert target == (cue - 2 == thing)
    real = Scene(num_train=300, num_test=100, slots=5, distance=2, real=True).load()
    assert real.fingerprint == scenes.fingerprint


def test_scenes_of_pictures_test_on_other_pictures():
    images = Digits().load()
    task = Scene(num_train=50, num_test=50, slots=5)
    scenes = task.of(images, (3, 8, 0, 1))
    training = {x.tobytes() for x in (images.inputs[..., 0] / 255).astype(np.float32)}
    slots = scenes.inputs.reshape(50, 8, 5, 8).transpose(0, 2, 1, 3)
    assert all(slot.tobytes() in training for slot in slots.reshape(-1, 8, 8) if slot.any())
    slots = scenes.test_inputs.reshape(50, 8, 5, 8).transpose(0, 2, 1, 3)
    assert not any(slot.tobytes() in training for slot in slots.reshape(-1, 8, 8) if slot.any())


@pytest.mark.parametrize("distance", [0, 8])
def test_a_cue_stands_in_another_slot(distance):
    with pytest.raises(ValueError, match="1 <= distance < slots"):
        Scene(distance=distance, slots=8).load()
