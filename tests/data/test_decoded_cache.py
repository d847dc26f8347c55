"""The cache of decoded images changes nothing but the time, whatever becomes of it."""

import os

import numpy as np
import pytest
from PIL import Image

from priorscope.core.files import is_own
from priorscope.core.reading import telling
from priorscope.data import decoded_cache
from priorscope.data.decoded_cache import KIND, LEAST, batch_key, cache_folder, load_batch
from priorscope.data.preprocessing import images
from priorscope.data.resolve import resolve

COUNT = LEAST + 6


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("PRIORSCOPE_IMAGE_CACHE", raising=False)
    return tmp_path / "cache" / "priorscope" / "images"


@pytest.fixture
def folder(tmp_path):
    stream = np.random.default_rng(0)
    for i in range(COUNT):
        path = tmp_path / "data" / "uv"[i % 2] / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        if i % 5 == 0:  # 16 bits, transparent, of another size
            Image.fromarray(stream.integers(0, 4096, (9, 9), dtype=np.uint16)).save(path)
        else:
            shape = (9, 9, 4) if i % 5 == 1 else (9 + i % 3, 9)
            Image.fromarray(stream.integers(0, 256, shape, dtype=np.uint8)).save(path)
    return tmp_path / "data"


def read(folder):
    examples = resolve(str(folder)).load()
    arrays = examples.inputs, examples.test_inputs, examples.targets
    return [a.tobytes() for a in arrays], examples.read.to_json()


def refuse_to_decode(monkeypatch):
    def decode(*_):
        raise AssertionError("it was decoded again")

    monkeypatch.setattr(images, "decode", decode)


def kept(place):
    return [path for path in place.iterdir() if len(path.name) == 40]


def test_what_is_read_from_the_cache_is_what_was_decoded(place, folder, monkeypatch):
    monkeypatch.setenv("PRIORSCOPE_IMAGE_CACHE", "0")
    plain = read(folder)
    assert not place.exists()
    monkeypatch.delenv("PRIORSCOPE_IMAGE_CACHE")
    assert read(folder) == plain
    assert is_own(place, KIND)
    (file,) = kept(place)
    assert file.stat().st_mode & 0o077 == 0
    refuse_to_decode(monkeypatch)
    assert read(folder) == plain


def test_whoever_waits_is_told_how_many_are_read(folder, monkeypatch):
    monkeypatch.setattr(images, "TOGETHER", 20)
    counts = []
    with telling(counts.append):
        resolve(str(folder)).load()
    assert counts == [20, 40, 60, 70]
    resolve(str(folder)).load()
    assert len(counts) == 4


def test_names_do_not_matter_and_bytes_do(place, folder, monkeypatch):
    read(folder)
    folder.rename(folder.with_name("other"))
    other = folder.with_name("other")
    with monkeypatch.context() as patched:
        refuse_to_decode(patched)
        read(other)
    one = other / "u" / "2.png"
    facts = one.stat()
    raw = bytearray(one.read_bytes())
    with Image.open(one) as image:
        Image.fromarray(255 - np.asarray(image)).save(one)
    os.utime(one, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert one.read_bytes() != raw
    read(other)
    assert len(kept(place)) == 2


def test_what_decides_the_pixels_decides_the_key(monkeypatch):
    contents = [b"a", b"bc"]
    keys = {
        batch_key(contents, 128, 64),
        batch_key(contents, 0, 64),
        batch_key(contents, 128, 32),
        batch_key([b"ab", b"c"], 128, 64),
        batch_key([b"bc", b"a"], 128, 64),
    }
    monkeypatch.setattr(decoded_cache, "version", lambda name: "99.0")
    assert len(keys | {batch_key(contents, 128, 64)}) == 6


@pytest.mark.parametrize("at", [0, 30, -1])
def test_a_damaged_cache_is_decoded_again(place, folder, at):
    plain = read(folder)
    (file,) = kept(place)
    raw = bytearray(file.read_bytes())
    raw[at] ^= 0xFF
    file.write_bytes(raw)
    assert load_batch(place, file.name, COUNT) is None
    assert read(folder) == plain
    assert load_batch(place, file.name, COUNT) is not None
    file.write_bytes(raw[:50])
    assert read(folder) == plain
    file.write_bytes(b"")
    assert read(folder) == plain


@pytest.mark.skipif(os.name != "posix", reason="modes are Unix's")
def test_files_of_others_are_not_believed(place, folder):
    read(folder)
    (file,) = kept(place)
    file.chmod(0o666)
    assert load_batch(place, file.name, COUNT) is None
    file.chmod(0o600)
    moved = file.rename(file.with_name("elsewhere"))
    file.symlink_to(moved)
    assert load_batch(place, file.name, COUNT) is None


def test_a_place_that_cannot_be_written_is_no_failure(place, folder, monkeypatch):
    place.parent.parent.mkdir()
    place.parent.write_text("a file where the folder would be")
    plain = read(folder)
    place.parent.unlink()
    place.mkdir(parents=True)
    (place / "mine.txt").write_text("of another program")
    assert read(folder) == plain
    assert [path.name for path in place.iterdir()] == ["mine.txt"]
    (place / "mine.txt").unlink()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(decoded_cache, "whole", full)
    assert read(folder) == plain
    assert kept(place) == []
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() is None


def test_an_image_that_cannot_be_read_is_named_every_time(place, folder):
    (folder / "u" / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    first, again = read(folder), read(folder)
    assert first == again
    assert any("bad.png" in note["text"] for note in first[1]["notes"])
    assert not place.exists()


def test_the_oldest_go_first(place, folder, monkeypatch):
    read(folder)
    (old,) = kept(place)
    os.utime(old, (1, 1))
    monkeypatch.setattr(decoded_cache, "MOST", old.stat().st_size + 1000)
    Image.fromarray(np.zeros((9, 9), np.uint8)).save(folder / "u" / "new.png")
    read(folder)
    assert old not in kept(place)
    assert len(kept(place)) == 1
