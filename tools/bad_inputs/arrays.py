"""Arrays, series and images that can't be read, or hold nothing to learn from."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np
from cases import RUBBISH, STREAM, TINY, Case, World, zipped

X, Y = STREAM.standard_normal((40, 3)), np.arange(40) % 2
NAN = X.copy()
NAN[3, 1] = np.nan
ARRAYS: dict[str, dict[str, Any]] = {
    "inputs alone": {"x": X},
    "labels alone": {"y": Y},
    "no arrays": {},
    "other names": {"p": X, "q": Y},
    "fewer labels": {"x": X, "y": Y[:30]},
    "NaN": {"x": NAN, "y": Y},
    "infinity": {"x": X * np.inf, "y": Y},
    "complex inputs": {"x": X.astype(complex), "y": Y},
    "texts as inputs": {"x": X.astype(str), "y": Y},
    "times as inputs": {"x": X.astype("datetime64[D]"), "y": Y},
    "records": {"x": np.zeros(40, [("a", "f4")]), "y": Y},
    "objects": {"x": X, "y": np.array([{"a": 1}] * 40, object)},
    "an input without axes": {"x": np.float64(1), "y": Y},
    "a label without axes": {"x": X, "y": np.int64(1)},
    "no examples": {"x": X[:0], "y": Y[:0]},
    "two examples": {"x": X[:2], "y": Y[:2]},
    "no features": {"x": X[:, :0], "y": Y},
    "one class": {"x": X, "y": Y * 0},
    "labels with NaN alone": {"x": X, "y": Y * np.nan},
    "complex labels": {"x": X, "y": Y.astype(complex)},
    "times as labels": {"x": X, "y": Y.astype("datetime64[D]")},
    "spans as labels": {"x": X, "y": Y.astype("timedelta64[s]")},
    "records as labels": {"x": X, "y": np.zeros(40, [("a", "i4")])},
    "raw bytes as labels": {"x": X, "y": np.zeros(40, "V4")},
    "several ones a row": {"x": X, "y": np.ones((40, 3), int)},
    "rows of labels": {"x": X, "y": STREAM.standard_normal((40, 3))},
    "six axes": {"x": np.zeros((40, 2, 2, 2, 2, 2)), "y": Y},
    "thirteen channels": {"x": np.zeros((40, 9, 9, 13), np.uint8), "y": Y},
    "a test split of other shape": {"x_train": X, "y_train": Y, "x_test": X[:, :2], "y_test": Y},
    "test labels missing": {"x_train": X, "y_train": Y, "x_test": X},
    "a short is_test": {"x": X, "y": Y, "is_test": np.ones(7, bool)},
    "everything a test": {"x": X, "y": Y, "is_test": np.ones(40, bool)},
    "names that differ in case": {"x": X, "X": X, "y": Y},
    "one number over and over": {"x": X * 0 + 3, "y": Y},
}
SERIES = "@problemName a\n@timestamps false\n@classLabel true u v\n@data\n" + "".join(
    f"{i % 3},{i % 7},2:{'uv'[i % 2]}\n" for i in range(20)
)
ARFF = "@relation r\n@attribute a numeric\n@attribute c {u,v}\n@data\n" + "1,u\n2,v\n" * 10
LINES = {
    "bad.ts": {
        "no data": SERIES.partition("@data")[0],
        "nothing after data": SERIES.partition("@data")[0] + "@data\n",
        "no class": SERIES.replace(":u", "").replace(":v", ""),
        "another class": SERIES.replace(":u", ":w"),
        "words": SERIES.replace("2:", "two:"),
        "one class": SERIES.replace(":u", ":v"),
        "time stamps": SERIES.replace("timestamps false", "timestamps true"),
        "unknown steps": SERIES.replace("2:u", "?:u").replace("0,", "?,"),
        "a broken channel": SERIES.replace("2:", "2:3,4:"),
    },
    "bad.arff": {
        "no attributes": ARFF.replace("@attribute", "% attribute"),
        "no data": ARFF.partition("@data")[0],
        "another value": ARFF.replace("1,u", "1,w"),
        "a word": ARFF.replace("1,u", "one,u"),
        "relations": ARFF.replace("a numeric", "a relational"),
        "one class": ARFF.replace("2,v", "2,u"),
        "short rows": ARFF.replace("1,u", "1"),
    },
}


def saved(arrays: dict[str, Any]) -> bytes:
    """As .npz."""
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=True, **arrays)
    return stream.getvalue()


def cases(world: World) -> Iterator[Case]:
    """Each fault, met by `inspect`; some by the commands that train."""
    for fault, arrays in ARRAYS.items():
        path = world.file("bad.npz", saved(arrays))
        yield Case(f".npz: {fault}", ("inspect", path, "--json"))
        if fault in ("NaN", "fewer labels", "one class", "objects"):
            yield Case(f"compare .npz: {fault}", ("compare", path, *TINY))
            yield Case(f"fit .npz: {fault}", ("fit", path, "--learner", "linear", "--out", "model"))
            yield Case(f"profile: .npz {fault}", ("profile", "linear", "--data", path))
    for name, spoilt in LINES.items():
        for fault, text in spoilt.items():
            yield Case(f"{name}: {fault}", ("inspect", world.file(name, text)))
    yield from _damaged(world)
    yield from _folders(world)
    yield from _archives(world)
    yield from _options(world)


def _damaged(world: World) -> Iterator[Case]:
    """Files of every binary kind that are cut, or aren't what they are called."""
    whole = {
        "cut.npz": saved({"x": X, "y": Y}),
        "train-images-idx3-ubyte": b"\0\0\x08\x03" + b"\0\0\0\x05" * 3 + bytes(125),
        "cut.zip": zipped("u/1.png", RUBBISH["a picture"]),
    }
    for name, raw in whole.items():
        for share in (0.05, 0.5, 0.95):
            path = world.file(name, raw[: int(share * len(raw))])
            yield Case(f"{name}: at {share:.0%}", ("inspect", path))
    for name in ("b.npz", "b.npy", "b.mat", "b.h5", "b.ts", "b.arff", "b.zip", "b.tar", "b.tar.gz",
                 "b-images-idx3-ubyte", "b-images-idx3-ubyte.gz", "b.pkl", "b.bin"):  # fmt: skip
        for fault, raw in RUBBISH.items():
            yield Case(f"{name}: {fault}", ("inspect", world.file(name, raw)))


def _folders(world: World) -> Iterator[Case]:
    picture = _picture()
    made: dict[str, dict[str, bytes]] = {
        "one class": {f"u/{i}.png": picture for i in range(9)},
        "one image a class": {"u/1.png": picture, "v/1.png": picture},
        "no classes": {f"{i}.png": picture for i in range(9)},
        "broken images": {f"{c}/{i}.png": picture[:30] for c in "uv" for i in range(9)},
        "a split and a class": {f"{c}/u/{i}.png": picture for c in ("train", "x") for i in range(9)}
        | {"test/u/1.png": picture, "train/v/1.png": picture},
        "splits without classes": {
            f"{c}/{i}.png": picture for c in ("train", "test") for i in "ab"
        },
        "other classes in test": {f"train/{c}/{i}.png": picture for c in "uv" for i in range(9)}
        | {f"test/{c}/{i}.png": picture for c in "xy" for i in range(9)},
        "films": {f"{c}/{i}.mp4": b"mp4" for c in "uv" for i in range(9)},
        "arrays in classes": {f"{c}/{i}.npy": b"\x93NUMPY" for c in "uv" for i in range(9)},
        "pickles": {"data_batch_1": RUBBISH["a pickle"], "test_batch": RUBBISH["a pickle"]},
        "names without images": {"labels.csv": b"image,label\na.png,u\nb.png,v\n"},
        "names that lead outside": {
            "labels.csv": b"image,label\n" + b"../../x.png,u\n/etc/passwd.png,v\n" * 9,
            "a.png": picture,
        },
        "labels of another length": {"x.npy": _npy(X), "y.npy": _npy(Y[:9])},
        "half an idx": {"train-images-idx3-ubyte": b"\0\0\x08\x03" + b"\0\0\0\x02" * 3 + bytes(8)},
    }
    for fault, files in made.items():
        folder = world.folder()
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        yield Case(f"images: {fault}", ("inspect", str(folder)))
        yield Case(f"images, compared: {fault}", ("compare", str(folder), "--dry-run"))


def _archives(world: World) -> Iterator[Case]:
    made = {
        "a way out": {"../u/1.png": _picture(), "../v/2.png": _picture()},
        "an absolute name": {"/tmp/u/1.png": _picture(), "/tmp/v/2.png": _picture()},
        "an archive inside": {"a.zip": zipped("u/1.png", _picture())},
        "texts": {"u/1.txt": b"a", "v/2.txt": b"b"},
        "tables": {"a.csv": b"x,label\n1,u\n", "b.csv": b"x,label\n2,v\n"},
        "arrays": {"x.npy": _npy(X), "y.npy": _npy(Y)},
        "nothing": {},
    }
    for fault, files in made.items():
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        yield Case(f"zip: {fault}", ("inspect", world.file("bad.zip", stream.getvalue())))
    bomb = zipped("data.csv", b"x,label\n" + b"0" * 200_000_000)
    yield Case("zip: a bomb", ("inspect", world.file("bomb.csv.zip", bomb)))


def _options(world: World) -> Iterator[Case]:
    image, arrays = world.images, world.arrays
    for data, options in (
        (image, ("--target", "x")), (image, ("--input", "x")), (image, ("--kind", "series")),
        (image, ("--kind", "text")), (image, ("--image-size", "0")), 
        (image, ("--image-size", "-4")),
        (image, ("--image-size", "99999")), (image, ("--encoding", "utf-8")),
        (image, ("--time", "name")), (image, ("--group", "film")), (image, ("--test", arrays)),
        (image, ("--task", "regression")), (arrays, ("--kind", "image")),
        (arrays, ("--kind", "text")), (arrays, ("--kind", "tokens")), (arrays, ("--target", "z")),
        (arrays, ("--input", "z")), (arrays, ("--channels", "middle")), (arrays, ("--group", "z")),
        (arrays, ("--time", "z")), (arrays, ("--decimal", ",")), (arrays, ("--header", "no")),
        (arrays, ("--test", "absent.npz")), (arrays, ("--missing", "0,1")),
        (arrays, ("--tokenizer", image)), ("digits", ("--target", "x")),
        ("digits", ("--kind", "image")), ("digits", ("--group", "x")), ("digits", ("--test", "x")),
    ):  # fmt: skip
        what = "digits" if data == "digits" else "images" if data == image else "arrays"
        last = options[1] if len(options[1]) < 10 else "a path"
        yield Case(f"{what}: {options[0]} {last}", ("inspect", data, *options))
        yield Case(f"{what}, compared: {options[0]} {last}", ("compare", data, *options, *TINY))


def _picture() -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(STREAM.integers(0, 256, (6, 6), dtype=np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def _npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def json_text(value: Any) -> str:
    """As a file of ours has it."""
    return json.dumps(value)
