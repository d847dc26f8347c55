import io
import struct
import tarfile
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from priorscope.data import members as _members
from priorscope.data.pixels import decode
from priorscope.data.readers.images import Images

STREAM = np.random.default_rng(0)


def encoded(pixels, form="PNG", **options):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, form, **options)
    return buffer.getvalue()


def picture(rows=8, columns=8, channels=3):
    shape = (rows, columns, channels) if channels > 1 else (rows, columns)
    return STREAM.integers(0, 256, size=shape).astype(np.uint8)


def files(count=5, splits=("",), **options):
    return {
        f"{split}{label}/{i}.png": encoded(picture(**options))
        for split in splits
        for label in ("cat", "dog")
        for i in range(count)
    }


def folder(path, content):
    for name, data in content.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return str(path)


def tar(path, content, mode="w:xz"):
    with tarfile.open(path, mode) as archive:
        for name, data in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return str(path)


def zipped(path, content):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return str(path)


def test_folder_tar_and_zip_hold_the_same_data(tmp_path):
    content = files()
    backwards = dict(reversed(content.items()))
    inside = {f"top/{name}": data for name, data in content.items()}
    sources = [
        folder(tmp_path / "images", content),
        tar(tmp_path / "a.tar.xz", backwards),
        tar(tmp_path / "a.tar.gz", inside, "w:gz"),
        zipped(tmp_path / "a.zip", inside),
    ]
    examples = [Images(path=path).load() for path in sources]
    assert len({e.fingerprint for e in examples}) == 1
    assert examples[0].class_names == ("cat", "dog")
    assert examples[0].inputs.shape == (8, 8, 8, 3)
    assert examples[0].notes == ()
    pixels = {x.tobytes() for x in (*examples[0].inputs, *examples[0].test_inputs)}
    source = {np.asarray(Image.open(io.BytesIO(d))).tobytes() for d in content.values()}
    assert pixels == source


def test_a_split_of_the_source_is_kept(tmp_path):
    content = files(splits=("train/", "test/"))
    examples = Images(path=folder(tmp_path, content)).load()
    first = np.asarray(Image.open(io.BytesIO(content["train/cat/0.png"])))
    assert (examples.inputs[0] == first).all()
    assert len(examples.test_inputs) == 10


def test_validation_is_training_beside_test_and_test_without_it(tmp_path):
    with_test = folder(tmp_path / "a", files(splits=("train/", "val/", "test/")))
    without = folder(tmp_path / "b", files(splits=("train/", "val/")))
    a, b = Images(path=with_test).load(), Images(path=without).load()
    assert (len(a.inputs), len(a.test_inputs)) == (20, 10)
    assert (len(b.inputs), len(b.test_inputs)) == (10, 10)
    assert "part of training" in a.notes[0]
    assert "is the test split" in b.notes[0]


def test_any_folder_name_is_a_class(tmp_path):
    names = ("none", "10", "9", "007", "0.5")
    content = {f"{name}/{i}.png": encoded(picture()) for name in names for i in range(3)}
    examples = Images(path=folder(tmp_path, content)).load()
    assert examples.class_names == ("007", "9", "10", "0.5", "none")
    assert len(examples.inputs) + len(examples.test_inputs) == 15


def test_a_lone_training_folder_is_split(tmp_path):
    examples = Images(path=folder(tmp_path, files(splits=("train/",)))).load()
    assert examples.class_names == ("cat", "dog")
    assert len(examples.test_inputs) == 2


def test_grey_images_have_one_channel_and_mixed_ones_three(tmp_path):
    grey = files(channels=1)
    mixed = grey | {"cat/colour.png": encoded(picture())}
    assert Images(path=folder(tmp_path / "g", grey)).load().inputs.shape[1:] == (8, 8, 1)
    examples = Images(path=folder(tmp_path / "m", mixed)).load()
    assert examples.inputs.shape[1:] == (8, 8, 3)
    assert examples.notes == ("Grey and colour images are mixed; all are read as colour.",)


def test_exif_orientation_is_not_obeyed():
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn me by a quarter"
    pixels = picture()
    plain, tagged = encoded(pixels, "JPEG"), encoded(pixels, "JPEG", exif=exif)
    assert plain != tagged
    assert (decode("a", plain, 8, 8)[0] == decode("b", tagged, 8, 8)[0]).all()


def test_sixteen_bits_and_palettes_with_alpha(tmp_path):
    content = files(count=3)
    deep = np.full((8, 8), 40_000, dtype=np.uint16)
    content["cat/deep.png"] = encoded(deep)
    clear = Image.fromarray(np.full((8, 8), 7, np.uint8)).convert("P")
    buffer = io.BytesIO()
    clear.save(buffer, "PNG", transparency=bytes(range(256)))
    content["cat/palette.png"] = buffer.getvalue()
    examples = Images(path=folder(tmp_path, content), test_share=0.34).load()
    together = [*examples.inputs, *examples.test_inputs]
    assert any((x == 40_000 >> 8).all() for x in together)
    assert any((x == 7).all() for x in together)


def test_mixed_sizes_are_stretched_to_a_stated_size(tmp_path):
    content = files() | {"cat/wide.png": encoded(np.full((10, 30, 3), 77, np.uint8))}
    path = folder(tmp_path, content)
    examples = Images(path=path).load()
    assert examples.inputs.shape[1:] == (64, 64, 3)
    assert examples.notes == (
        "11 images of other sizes are stretched to 64 x 64; image_size gives another size.",
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


def test_unreadable_images_are_named_and_skipped_or_refused(tmp_path):
    content = files()
    content["cat/bad.png"] = b"no image at all"
    content["dog/cut.jpg"] = encoded(picture(64, 64), "JPEG")[:-600]
    content["dog/cut.png"] = encoded(picture(64, 64))[:-600]
    content["cat/empty.png"] = b""
    content["notes.txt"] = b"not looked at"
    path = folder(tmp_path, content)
    examples = Images(path=path, image_size=8).load()
    assert len(examples.inputs) + len(examples.test_inputs) == 10
    note = examples.notes[-1]
    assert note.startswith("4 images can't be read and are skipped: ")
    for name in ("cat/bad.png", "dog/cut.jpg", "dog/cut.png", "cat/empty.png"):
        assert name in note
    with pytest.raises(ValueError, match=r"cat/bad.png in .* can't be read .*--strict"):
        Images(path=path, strict=True).load()


def bomb(side):
    """A PNG that claims side x side pixels."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [100_000, 10_000])
def test_a_huge_image_is_refused(tmp_path, side):
    path = folder(tmp_path, files() | {"cat/huge.png": bomb(side)})
    with pytest.raises(ValueError, match=r"The image cat/huge.png is too large"):
        Images(path=path).load()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({}, r"holds no images"),
        ({"a.txt": b"text"}, r"holds no images"),
        ({"a.png": encoded(picture())}, r"a.png lies in no folder of a class"),
        ({"cat/a.png": b"x", "dog/a.png": b"y"}, r"None of the 2 images"),
        (
            {"cat/0.png": encoded(picture()), "cat/1.png": encoded(picture())},
            r"All 2 labels are 'cat'",
        ),
        (files() | {"fox/0.png": encoded(picture())}, r"fewer of 'fox' \(1\)"),
    ],
)
def test_folders_that_cannot_be_used_are_refused(tmp_path, content, sentence):
    with pytest.raises(ValueError, match=sentence):
        Images(path=folder(tmp_path, content)).load()


@pytest.mark.parametrize("name", ["../cat/x.png", "/cat/x.png", "cat/../../x.png", "C:/x.png"])
def test_names_that_lead_outside_are_refused(tmp_path, name):
    content = files() | {name: encoded(picture())}
    for path in (tar(tmp_path / "a.tar", content, "w"), zipped(tmp_path / "a.zip", content)):
        with pytest.raises(ValueError, match=r"leads outside; it is refused"):
            Images(path=path).load()
    assert not list(tmp_path.rglob("x.png"))


def test_links_and_devices_in_archives_are_refused(tmp_path):
    for kind, what in (
        (tarfile.SYMTYPE, "a link"),
        (tarfile.LNKTYPE, "a link"),
        (tarfile.CHRTYPE, "neither"),
    ):
        path = tmp_path / "a.tar"
        tar(path, files(), "w")
        with tarfile.open(path, "a") as archive:
            info = tarfile.TarInfo("cat/link.png")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        with pytest.raises(ValueError, match=rf"'cat/link.png', which is {what}"):
            Images(path=str(path)).load()
    path = zipped(tmp_path / "a.zip", files())
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("cat/link.png")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(ValueError, match=r"which is a link"):
        Images(path=path).load()


def test_archives_have_bounds(tmp_path, monkeypatch):
    path = tar(tmp_path / "a.tar", files(), "w")
    monkeypatch.setattr(_members, "MAX_MEMBERS", 9)
    with pytest.raises(ValueError, match=r"larger than allowed .* at most 9 files"):
        Images(path=path).load()


def test_a_damaged_archive_is_named(tmp_path):
    path = tmp_path / "a.tar.xz"
    tar(path, files())
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ValueError, match=r"a.tar.xz is damaged"):
        Images(path=str(path)).load()
