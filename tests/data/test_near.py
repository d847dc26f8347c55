import io

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from priorscope.data.near import near_images, near_texts


def saved_again(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=90)
    return np.asarray(Image.open(buffer))


def scenes(count, stream):
    """Smooth pictures, as photos are."""
    small = stream.integers(0, 256, (count, 4, 4, 3)).astype(np.uint8)
    return np.stack(
        [np.asarray(Image.fromarray(s).resize((32, 32), Image.Resampling.BICUBIC)) for s in small]
    )


def test_images_that_were_saved_again_are_counted():
    pixels = scenes(100, np.random.default_rng(0))
    pixels[80:90] = [saved_again(p) for p in pixels[:10]]
    near = near_images(pixels, np.arange(80), np.arange(80, 100))
    assert near.tolist() == list(range(80, 90))


def test_different_images_are_not():
    pixels = scenes(2000, np.random.default_rng(1))
    assert len(near_images(pixels, np.arange(1000), np.arange(1000, 2000))) == 0
    digits = (load_digits().images * 15.9).astype(np.uint8)[..., None]
    assert len(near_images(digits, np.arange(900), np.arange(900, len(digits)))) == 0


def test_equal_images_and_plain_ones_are_not_near():
    pixels = scenes(20, np.random.default_rng(2))
    pixels[10:] = pixels[:10]
    assert len(near_images(pixels, np.arange(10), np.arange(10, 20))) == 0
    flat = np.full((20, 16, 16, 1), 100, np.uint8)
    flat[10:] = 101
    assert len(near_images(flat, np.arange(10), np.arange(10, 20))) == 0


def test_texts_but_for_case_and_punctuation():
    texts = ["A film of great beauty!", "another one altogether, long", "a film of   great beauty"]
    assert near_texts(texts, np.array([0, 1]), np.array([2])).tolist() == [2]
    assert len(near_texts(texts, np.array([1]), np.array([2]))) == 0
