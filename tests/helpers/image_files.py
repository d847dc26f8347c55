"""Images in folders and archives, made here."""

import io
import tarfile
import zipfile

import numpy as np
from PIL import Image

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
