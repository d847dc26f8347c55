"""What the pixels of image files become."""

import io

import numpy as np
import pytest
from image_files import STREAM, encoded, files, folder, picture
from PIL import Image

from priorscope.data.pixels import decode
from priorscope.data.readers.images import Images


def test_grey_images_have_one_channel_and_mixed_ones_three(tmp_path):
    grey = files(channels=1)
    mixed = grey | {"cat/colour.png": encoded(picture())}
    assert Images(path=folder(tmp_path / "g", grey)).load().inputs.shape[1:] == (8, 8, 1)
    examples = Images(path=folder(tmp_path / "m", mixed)).load()
    assert examples.inputs.shape[1:] == (8, 8, 3)
    assert examples.notes == ("Grey and colour images are mixed; all are read as colour.",)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_images_are_turned_upright(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    # how a camera stores an upright picture under each orientation (EXIF 2.3, tag 274)
    stored = {
        1: lambda p: p, 2: lambda p: p[:, ::-1], 3: lambda p: p[::-1, ::-1], 4: lambda p: p[::-1],
        5: lambda p: p.swapaxes(0, 1), 6: lambda p: np.rot90(p),
        7: lambda p: np.rot90(p, 2).swapaxes(0, 1), 8: lambda p: np.rot90(p, -1),
    }  # fmt: skip
    pixels = np.repeat(np.repeat(STREAM.integers(0, 256, (2, 3, 1)), 8, 0), 8, 1)
    upright = np.broadcast_to(pixels, (16, 24, 3)).astype(np.uint8)
    read = decode(
        "a", encoded(np.ascontiguousarray(stored[orientation](upright)), exif=exif), 32, 8
    )
    assert (read.pixels == upright).all()
    assert read.turned == (orientation > 1)


def test_deep_images_share_one_scale(tmp_path):
    dark, light = np.full((8, 8), 200, np.uint16), np.full((8, 8), 51_200, np.uint16)
    content = {
        f"{name}/{i}.png": encoded(pixels + np.uint16(i))
        for name, pixels in (("dark", dark), ("light", light))
        for i in range(5)
    }
    examples = Images(path=folder(tmp_path, content)).load()
    values = {int(x.max()) for x in (*examples.inputs, *examples.test_inputs)}
    assert values == {0, 200}  # 256 levels of the set are one level, whatever an image's own range
    assert any("have 16 bits" in note for note in examples.notes)


@pytest.mark.parametrize("level", [0, 255])
def test_transparent_icons_show_their_shape(tmp_path, level):
    icon = np.full((8, 8, 4), level, np.uint8)
    icon[..., 3] = 0
    icon[2:5, 2:5, 3] = 255
    read = decode("a", encoded(icon), 8, 8)
    assert read.transparent
    assert (read.pixels[3, 3] == level).all()
    assert (read.pixels[0, 0] == 128).all()
    assert not decode("b", encoded(np.full((8, 8, 4), 255, np.uint8)), 8, 8).transparent


def test_frames_and_formats_that_lose_something_are_said(tmp_path):
    pages = [Image.fromarray(picture()) for _ in range(2)]
    buffer = io.BytesIO()
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:])
    content = files() | {"cat/pages.tif": buffer.getvalue()}
    deep = io.BytesIO()
    Image.fromarray(np.zeros((8, 8), np.float32)).save(deep, "TIFF")
    content |= {f"deep/{i}.tif": deep.getvalue() for i in range(3)}
    notes = " ".join(Images(path=folder(tmp_path, content)).load().notes)
    assert "1 images have several frames" in notes
    assert "floating-point grey levels" in notes
    assert "No image of the classes 'deep' can be read" in notes


def test_sixteen_bits_and_palettes_with_alpha(tmp_path):
    content = files(count=3)
    deep = np.full((8, 8), 40_000, dtype=np.uint16)
    # level 7 with alpha 7 of 255 on grey 128 is 7/255 of 7 and the rest of 128, rounded
    content["cat/deep.png"] = encoded(deep)
    clear = Image.fromarray(np.full((8, 8), 7, np.uint8)).convert("P")
    buffer = io.BytesIO()
    clear.save(buffer, "PNG", transparency=bytes(range(256)))
    content["cat/palette.png"] = buffer.getvalue()
    examples = Images(path=folder(tmp_path, content), test_share=0.34).load()
    together = [*examples.inputs, *examples.test_inputs]
    assert any((x == 40_000 >> 8).all() for x in together)
    assert any((np.abs(x.astype(int) - 125) <= 1).all() for x in together)


def test_mixed_sizes_are_stretched_to_a_stated_size(tmp_path):
    content = files() | {"cat/wide.png": encoded(np.full((10, 30, 3), 77, np.uint8))}
    path = folder(tmp_path, content)
    examples = Images(path=path).load()
    assert examples.inputs.shape[1:] == (64, 64, 3)
    assert examples.notes == (
        "11 images of other sizes are stretched to 64 x 64; --image-size gives another size.",
    )
    small = Images(path=path, image_size=16).load()
    large = {n: encoded(picture(200, 200)) for n in files()}
    examples = Images(path=folder(tmp_path / "large", large)).load()
    assert examples.inputs.shape[1:] == (64, 64, 3)
    assert examples.notes[0].startswith("10 images of other sizes")
    assert small.inputs.shape[1:] == (16, 16, 3)
    # a constant image stays constant, wherever the split put it
    assert any((x == 77).all() for x in (*small.inputs, *small.test_inputs))
    with pytest.raises(ValueError, match=r"image_size must lie in 4 ... 1024, but it is 2"):
        Images(path=path, image_size=2).load()
