"""What a page shows of the data: the first examples of each class, as they were read."""

import base64
import io

import numpy as np
from PIL import Image

from priorscope.data.samples import samples_of
from priorscope.experiments.dataset import InMemory, read_dataset
from priorscope.experiments.settings import Settings

STREAM = np.random.default_rng(0)


def read(inputs, targets, **settings):
    return read_dataset(InMemory(inputs, targets), Settings.of(**settings)).examples


def pixels(sample):
    """What a browser would draw."""
    start, _, content = sample["image"].partition(",")
    assert start == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content))))


def test_images_are_shown_with_their_own_class():
    """Class 1 is bright, class 0 dark: a thumbnail under the wrong name would be seen."""
    labels = np.arange(40) % 2
    images = (labels[:, None, None, None] * 200 + STREAM.integers(0, 40, (40, 6, 7, 3))).astype(
        np.uint8
    )
    shown = samples_of(read(images, labels))
    assert [sample["target"] for sample in shown] == ["0", "0", "1", "1"]
    for sample in shown:
        assert pixels(sample).shape == (6, 7, 3)
        assert (pixels(sample).mean() > 100) == (sample["target"] == "1")


def test_large_images_are_small_on_the_page():
    images = STREAM.integers(0, 256, (10, 120, 60, 1)).astype(np.uint8)
    (first, *_) = samples_of(read(images, np.arange(10) % 2))
    assert pixels(first).shape == (48, 24)


def test_texts_are_shown_as_the_tokenizer_has_them():
    texts = [f"a {'good' if i % 2 else 'bad'} film of the year {i}" for i in range(60)]
    shown = samples_of(read(texts, ["yes" if i % 2 else "no" for i in range(60)]))
    assert [sample["target"] for sample in shown] == ["no", "no", "yes", "yes"]
    for sample in shown:
        word = "good" if sample["target"] == "yes" else "bad"
        assert sample["text"].startswith(f"a {word} film of the year")


def test_rows_of_numbers_are_not_shown():
    assert samples_of(read(STREAM.normal(size=(30, 4)), np.arange(30) % 3)) == []
