import io
import json
import struct
import tarfile
import unicodedata
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from priorscope.data import members as _members
from priorscope.data.pixels import decode
from priorscope.data.readers.images import Images
from priorscope.data.resolve import resolve

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


@pytest.mark.parametrize(
    ("folders", "classes", "num_test"),
    [
        (("training_set/cats", "training_set/dogs", "test_set/cats", "test_set/dogs"), 2, 5),
        (("Train/cats", "Train/dogs", "Valid/cats", "Valid/dogs", "unlabelled"), 2, 5),
        (("a_train/cats", "a_train/dogs", "a_test/cats", "a_test/dogs"), 2, 5),
        (("train/cats", "train/dogs", "test"), 2, 0),
        (("train", "boat", "plane"), 3, 0),
        (("test tube", "flask"), 2, 0),
        (("wrap/data/train/cats", "wrap/data/train/dogs", "wrap/data/dev/cats",
          "wrap/data/dev/dogs"), 2, 5),
    ],
)  # fmt: skip
def test_split_folders_are_never_classes(tmp_path, folders, classes, num_test):
    content = {f"{name}/{i}.png": encoded(picture()) for name in folders for i in range(10)}
    examples = Images(path=folder(tmp_path, content)).load()
    assert len(examples.class_names) == classes
    given = "folder" in examples.read.test_from
    assert given == (num_test > 0)


@pytest.mark.parametrize(
    ("folders", "sentence"),
    [
        (("train/a", "train/b", "test/a", "test/b", "boats/train/a"), r"boats.*neither a split"),
        (("test/a", "test/b", "val/a", "val/b"), r"none for training"),
    ],
)
def test_folders_that_could_be_two_things_are_refused(tmp_path, folders, sentence):
    content = {f"{name}/{i}.png": encoded(picture()) for name in folders for i in range(3)}
    with pytest.raises(ValueError, match=sentence):
        Images(path=folder(tmp_path, content)).load()


def test_a_table_beside_images_gives_their_classes(tmp_path):
    for suffix, with_ending in ((".png", True), (".jfif", False)):
        path = tmp_path / suffix[1:]
        form = "PNG" if suffix == ".png" else "JPEG"
        content = {f"pictures/p{i}{suffix}": encoded(picture(), form) for i in range(20)}
        rows = "".join(f"p{i}{suffix if with_ending else ''},{'ab'[i % 2]}\n" for i in range(20))
        content["labels.csv"] = f"file,label\n{rows}missing.png,a\n".encode()
        examples = Images(path=folder(path, content)).load()
        assert [(c.name, c.count) for c in examples.read.classes] == [("a", 10), ("b", 10)]
        assert any("1 rows name a file that is not there" in note for note in examples.notes)


def test_images_in_cells_of_parquet(tmp_path):
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    raw = [encoded(picture()) for _ in range(20)]
    cells = [{"bytes": data, "path": None} for data in raw]
    features = {"info": {"features": {"label": {"names": ["cat", "dog"], "_type": "ClassLabel"}}}}
    table = pa.table({"image": cells, "label": [i % 2 for i in range(20)]})
    table = table.replace_schema_metadata({"huggingface": json.dumps(features)})
    (tmp_path / "data").mkdir()
    parquet.write_table(table, tmp_path / "data" / "train-00000-of-00001.parquet")
    task = resolve(str(tmp_path))
    assert isinstance(task, Images)
    examples = task.load()
    assert examples.class_names == ("cat", "dog")
    first = next(
        k for k in range(20) if (decode("", raw[k], 8, 8).pixels == examples.inputs[0]).all()
    )
    assert examples.targets[0] == first % 2


def test_a_webdataset_tar_has_its_labels_beside(tmp_path):
    content = {f"{i:04}.png": encoded(picture()) for i in range(20)}
    content |= {f"{i:04}.cls": str(i % 3).encode() for i in range(20)}
    examples = Images(path=tar(tmp_path / "a.tar", dict(sorted(content.items())), "w")).load()
    assert examples.class_names == ("0", "1", "2")


def test_names_of_windows_and_macos(tmp_path):
    content = {f"top\\{name}\\{i}.png": encoded(picture()) for name in "ab" for i in range(5)}
    content["__MACOSX/top/a/._0.png"] = b"x"
    assert Images(path=zipped(tmp_path / "a.zip", content)).load().class_names == ("a", "b")
    mixed = {
        f"{unicodedata.normalize(form, name)}/{form}{i}.png": encoded(picture())
        for name in ("고양이", "강아지")
        for form in ("NFC", "NFD")
        for i in range(5)
    }
    assert Images(path=folder(tmp_path / "b", mixed)).load().class_names == ("강아지", "고양이")


def test_groups_of_file_names(tmp_path):
    content = {
        f"{label}/{label}{person}_{i}.png": encoded(picture())
        for label in "ab"
        for person in range(10)
        for i in range(4)
    }
    path = folder(tmp_path, content)
    assert any("begin alike" in note for note in Images(path=path).load().notes)
    examples = Images(path=path, group="name").load()
    assert len(np.unique(examples.groups)) * 4 == len(examples.inputs)


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
    note = next(n for n in examples.notes if "can't be read" in n)
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
