"""Archives and images that are damaged, too large, or lead elsewhere."""

import struct
import tarfile
import zipfile
import zlib

import pytest
from image_files import encoded, files, folder, picture, tar, zipped

from priorscope.data import members as _members
from priorscope.data.readers.images import Images


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


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_header_that_is_large_is_refused_before_it_is_read(tmp_path, kind):
    header = tarfile.TarInfo("x")
    header.type, header.size = kind, 2**33
    (tmp_path / "a.tar").write_bytes(header.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
    with pytest.raises(ValueError, match="damaged or no archive: a header of 8,589,934,592 bytes"):
        list(_members.members(tmp_path / "a.tar", lambda name: True))
