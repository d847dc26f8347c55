"""Sound files of every format, some drawn anew each time; every one is a folder of files."""

import bz2
import gzip
import io
import json
import lzma
import random
import tarfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet
from PIL import Image

Tree = dict[str, bytes]
ROWS = 40
LABELS = ["u", "v"] * (ROWS // 2)
TABLE = "x,w,c,day,label\n" + "".join(
    f"{i * 7 % 23 / 4},{i % 5},{['red', 'green', 'blue'][i % 3]},2024-0{i % 9 + 1}-1{i % 7},"
    f"{'uv'[i % 2]}\n"
    for i in range(ROWS)
)
TEXTS = "id,text,label\n" + "".join(
    f'{i},"the film, no. {i * 13 % 37}, was {["good", "bad"][i % 2]} {"so " * (i % 5)}",{i % 2}\n'
    for i in range(ROWS)
)
JSONL = "".join(
    json.dumps({"x": i / 4, "text": f"a {i} b", "v": [i, 2], "label": "uv"[i % 2]}) + "\n"
    for i in range(ROWS)
)
SERIES = (
    "@problemName a\n@timestamps false\n@univariate false\n@classLabel true u v\n@data\n"
    + "".join(f"{i % 3},{i % 7},2:1,{i % 2},?:{'uv'[i % 2]}\n" for i in range(20))
)
ARFF = (
    "@relation r\n@attribute a numeric\n@attribute b {p,q}\n@attribute c {u,v}\n@data\n"
    + "1,p,u\n2,?,v\n" * 10
)
UCR = "".join(
    "\t".join([str(i % 2 + 1), *(f"{(i * k) % 11 / 3:.3f}" for k in range(12))]) + "\n"
    for i in range(24)
)
CURVES = "learner,n,repeat,error\n" + "".join(
    f"{name},{n},{r},{a * n**-0.5 + 0.01 * r:.4f}\n"
    for name, a in (("cnn", 3.0), ("mlp", 2.0)) for n in (100, 200, 400, 800) for r in range(3)
)  # fmt: skip
WIDE = "n,cnn,mlp\n100,0.3,0.25\n200,0.22,0.2\n400,0.15,0.17\n"
CORPUS = "".join(f"the film was {('good', 'bad')[i % 2]} and so on {i}\n" for i in range(80))


def wrote(write: Callable[[io.BytesIO], object]) -> bytes:
    """What is written into a file."""
    sink = io.BytesIO()
    write(sink)
    return sink.getvalue()


def picture(rng: random.Random) -> tuple[str, bytes]:
    """(ending, bytes) of an image of a random mode, size and format."""
    mode = rng.choice(("L", "L", "RGB", "RGB", "RGBA", "P", "1", "LA", "I;16", "CMYK", "F", "I"))
    size = rng.choice(((8, 8), (8, 8), (8, 8), (5, 9), (1, 1), (300, 2)))
    noise = np.random.default_rng(rng.getrandbits(32)).integers(0, 256, (*size, 4), dtype=np.uint8)
    base = Image.fromarray(noise, "RGBA")
    image = base.convert("I").convert("I;16") if mode == "I;16" else _as(base, mode)
    kind = rng.choice(("PNG", "PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "AVIF"))
    for shown, form in ((image, kind), (image, "TIFF"), (base.convert("RGB"), "PNG")):
        try:
            return f".{form.lower()}", wrote(lambda f, shown=shown, form=form: shown.save(f, form))
        except (OSError, ValueError, KeyError):
            continue
    raise AssertionError("an RGB image can be a PNG")


def _as(base: Image.Image, mode: str) -> Image.Image:
    return (
        base.convert("RGB").convert(mode)
        if mode in ("P", "CMYK", "F", "I", "1")
        else base.convert(mode)
    )


def pictures(rng: random.Random, count: int = 6) -> list[tuple[str, str, bytes]]:
    """(class, name, bytes): mostly plain ones, so that the odd one is the cause."""
    plain = [(".png", _plain(k)) for k in range(count)]
    if rng.random() < 0.7:
        plain[rng.randrange(count)] = picture(rng)
    return [("uv"[k % 2], f"{k}{end}", raw) for k, (end, raw) in enumerate(plain)]


@cache
def _plain(k: int) -> bytes:
    pixels = np.random.default_rng(k).integers(0, 256, (8, 8), dtype=np.uint8)
    return wrote(lambda f: Image.fromarray(pixels).save(f, "PNG"))


def image_folder(rng: random.Random) -> Tree:
    """CLASS/*, or train/CLASS/* and test/CLASS/*."""
    if rng.random() < 0.5:
        return {f"{label}/{name}": raw for label, name, raw in pictures(rng)}
    return {
        f"{part}/{label}/{name}": raw
        for part in ("train", rng.choice(("test", "valid", "unlabeled")))
        for label, name, raw in pictures(rng)
    }


def labelled_images(rng: random.Random) -> Tree:
    """Images beside a table that names them."""
    shown = pictures(rng, 10)
    table = "image,label\n" + "".join(f"{name},{label}\n" for label, name, _ in shown)
    return {"labels.csv": table.encode()} | {f"images/{name}": raw for _, name, raw in shown}


def zip_of(tree: Tree) -> bytes:
    """A zip of files."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as file:
        for name, raw in tree.items():
            file.writestr(name, raw)
    return sink.getvalue()


def tar_of(tree: Tree) -> bytes:
    """A tar of files."""
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as file:
        for name, raw in tree.items():
            info = tarfile.TarInfo(name)
            info.size = len(raw)
            file.addfile(info, io.BytesIO(raw))
    return sink.getvalue()


def webdataset(rng: random.Random) -> Tree:
    """A tar of .png beside .cls."""
    tree = {}
    for k, (label, name, raw) in enumerate(pictures(rng, 8)):
        tree |= {f"{k:04}{Path(name).suffix}": raw, f"{k:04}.cls": str("uv".index(label)).encode()}
    return {"data.tar": tar_of(tree)}


def array(rng: random.Random, examples: int, is_label: bool) -> np.ndarray:
    """An array of a random type and shape, mostly a usual one."""
    stream = np.random.default_rng(rng.getrandbits(32))
    dtype = rng.choice(
        (
            "f8",
            "f4",
            "f2",
            "i8",
            "u1",
            "u1",
            "u2",
            ">i4",
            "?",
            "U3",
            "S3",
            "c8",
            "M8[D]",
            "m8[s]",
            "u8",
        )
    )
    usual = (examples,) if is_label else (examples, 3)
    odd = (
        (examples, 4, 4),
        (examples, 8, 8, 3),
        (examples, 2, 9),
        (examples, 1),
        (),
        (0,),
        (examples - 1, 3),
    )
    shape = usual if rng.random() < 0.7 else rng.choice(odd)
    values = stream.integers(0, 2 if is_label else 200, shape)
    if is_label and rng.random() < 0.7:
        return values
    if dtype[0] == "f" and rng.random() < 0.4:
        values = values * rng.choice((1.0, 1e300, 1e-300, np.nan, np.inf, 1e9))
    with np.errstate(all="ignore"):
        return np.asarray(values).astype(dtype)


def arrays(rng: random.Random) -> dict[str, np.ndarray]:
    """Inputs and labels under usual or odd names, with or without a split."""
    few = rng.choice((20, 20, 4, 1))
    named = {"x": array(rng, few, False), "y": array(rng, few, True)}
    if rng.random() < 0.3:
        parts = rng.sample(("train", "test", "val", "valid"), 2)
        named = {f"{k}_{p}": array(rng, few, k == "y") for k in "xy" for p in parts}
    if rng.random() < 0.3:
        named[rng.choice(("is_test", "meta", "labels", "group", "X", "names", "x/y", "가"))] = (
            array(rng, few, True)
        )
    return named


def saved_arrays(rng: random.Random) -> Tree:
    """An .npz."""
    return {
        "a.npz": wrote(
            lambda f: np.savez(f, **{k.replace("/", "."): v for k, v in arrays(rng).items()})
        )
    }


def npy_folder(rng: random.Random) -> Tree:
    """One .npy for each array."""
    named = arrays(rng).items()
    return {f"{k.replace('/', '.')}.npy": wrote(lambda f, v=v: np.save(f, v)) for k, v in named}


def idx(rng: random.Random) -> Tree:
    """Images and labels as MNIST has them."""
    n = 12
    images = np.arange(n * 16, dtype=np.uint8).tobytes()
    head = b"\0\0\x08\x03" + b"".join(k.to_bytes(4, "big") for k in (n, 4, 4))
    labels = b"\0\0\x08\x01" + n.to_bytes(4, "big") + bytes(k % 2 for k in range(n))
    tree = {"train-images-idx3-ubyte": head + images, "train-labels-idx1-ubyte": labels}
    return {f"{k}.gz": gzip.compress(v) for k, v in tree.items()} if rng.random() < 0.3 else tree


def matlab(rng: random.Random) -> Tree:
    """A .mat, also with structs and cells."""
    import scipy.io

    named: dict[str, Any] = {
        k.replace("/", "_"): v for k, v in arrays(rng).items() if v.dtype.kind in "fiubUS"
    }
    if rng.random() < 0.2:
        named["s"] = {"a": 1, "b": np.array([1, "x"], object)}
    named.pop("가", None)
    return {"a.mat": wrote(lambda f: scipy.io.savemat(f, named, do_compression=rng.random() < 0.5))}


def hdf5(rng: random.Random) -> Tree:
    """An .h5, also with groups, links, references, text of changing length."""
    import h5py

    sink = io.BytesIO()
    with h5py.File(sink, "w") as file:
        for name, values in arrays(rng).items():
            if values.dtype.kind in "fiub":
                file[name.replace("/", "_")] = values
        extra = rng.randrange(6)
        if extra == 0 and "names" not in file:
            file["names"] = h5py.ExternalLink("/etc/passwd", "/x")
        elif extra == 1 and "labels" not in file:
            file.create_dataset("labels", data=["u", "v"] * 10, dtype=h5py.string_dtype())
        elif extra == 2:
            file["loop"] = h5py.SoftLink("/loop")
        elif extra == 3:
            file.create_dataset("huge", shape=(10**9, 100), dtype="f8", chunks=(1, 100))
        elif extra == 4:
            file.create_group("train").create_dataset("x", data=np.arange(6.0))
    return {"a.h5": sink.getvalue()}


def columns(rng: random.Random) -> pa.Table:
    """A table whose columns have random types, and a label."""
    n = rng.choice((ROWS, ROWS, 4, 0))
    kinds: dict[str, Callable[[], pa.Array]] = {
        "number": lambda: pa.array([k / 3 if k % 7 else None for k in range(n)]),
        "integer": lambda: pa.array([2**62 + k for k in range(n)]),
        "text": lambda: pa.array([f"a {k} b" for k in range(n)], pa.large_string()),
        "word": lambda: pa.array(["p", "q"] * (n // 2)).dictionary_encode(),
        "flag": lambda: pa.array([k % 3 == 0 for k in range(n)]),
        "list": lambda: pa.array([[k, 1.5] for k in range(n)], pa.list_(pa.float64())),
        "ragged": lambda: pa.array([[1] * (k % 4) for k in range(n)], pa.list_(pa.int64())),
        "record": lambda: pa.array([{"a": k, "b": None} for k in range(n)]),
        "nothing": lambda: pa.nulls(n),
        "bytes": lambda: pa.array([b"\xff\0"] * n),
        "image": lambda: pa.array([{"bytes": _plain(k % 9), "path": None} for k in range(n)]),
        "time": lambda: pa.array([k * 10**9 for k in range(n)], pa.timestamp("ns", "UTC")),
        "span": lambda: pa.array(list(range(n)), pa.duration("s")),
        "clock": lambda: pa.array(list(range(n)), pa.time32("s")),
        "money": lambda: pa.array(list(range(n)), pa.int64()).cast(pa.decimal128(30, 2)),
        "half": lambda: pa.array(np.arange(n).astype(np.float16)),
        "map": lambda: pa.array([[("a", k)] for k in range(n)], pa.map_(pa.string(), pa.int64())),
        "infinite": lambda: pa.array([float("inf")] * n, pa.float64()),
    }  # fmt: skip
    chosen = rng.sample(sorted(kinds), rng.choice((1, 2, 4)))
    named = {
        rng.choice((kind, "id", "text", "__index_level_0__", "가")): kinds[kind]()
        for kind in chosen
    }
    label = rng.choice(sorted(kinds)) if rng.random() < 0.3 else ""
    named["label"] = kinds[label]() if label else pa.array(["u", "v"] * (n // 2), pa.string())
    return pa.table(named)


def arrow_file(rng: random.Random) -> Tree:
    """A stream or a file of Arrow's."""
    table, sink = columns(rng), io.BytesIO()
    new = rng.choice((pa.ipc.new_stream, pa.ipc.new_file))
    with new(sink, table.schema) as writer:
        writer.write_table(table)
    return {"a.arrow": sink.getvalue()}


def parquet(rng: random.Random) -> Tree:
    """A .parquet."""
    return {"a.parquet": wrote(lambda f: pa.parquet.write_table(columns(rng), f))}


def feather(rng: random.Random) -> Tree:
    """A .feather."""
    return {"a.feather": wrote(lambda f: pa.feather.write_feather(columns(rng), f))}


def excel(rng: random.Random) -> Tree:
    """A first sheet with a header."""
    import openpyxl

    book = openpyxl.Workbook()
    for line in TABLE.splitlines():
        cells: list[Any] = [
            float(c) if c.replace(".", "").isdigit() else c for c in line.split(",")
        ]
        if rng.random() < 0.05:
            cells[rng.randrange(len(cells))] = rng.choice((None, True, "=1/0", 1e300, "x" * 300))
        book.active.append(cells)  # type: ignore[union-attr]
    return {"a.xlsx": wrote(book.save)}


def saved_to_disk(rng: random.Random) -> Tree:
    """What `datasets.save_to_disk` writes."""
    tree = {"dataset_dict.json": b'{"splits": ["train", "test"]}'}
    for part in ("train", "test"):
        state = {"_data_files": [{"filename": "data-00000-of-00001.arrow"}], "_split": part}
        tree |= {
            f"{part}/state.json": json.dumps(state).encode(),
            f"{part}/dataset_info.json": b'{"features": {}}',
            f"{part}/data-00000-of-00001.arrow": arrow_file(rng)["a.arrow"],
        }
    return tree


def hub(rng: random.Random) -> Tree:
    """A repository of Hugging Face's with shards."""
    shard = rng.choice(
        ("data/train-00000-of-00001.parquet", "train.parquet", "plain/train/0000.parquet")
    )
    return {shard: parquet(rng)["a.parquet"], "README.md": b"---\nlicense: mit\n---\n"} | (
        {shard.replace("train", "test"): parquet(rng)["a.parquet"]} if rng.random() < 0.5 else {}
    )


def packed(rng: random.Random) -> Tree:
    """A table in each compression; what is inside may be damaged before."""
    from mutations import lines

    raw = lines(rng, TABLE.encode()) if rng.random() < 0.5 else TABLE.encode()
    end = rng.choice((".gz", ".bz2", ".xz", ".zst", ".zip"))
    content = {
        ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lambda r: lzma.compress(r, preset=0),
        ".zst": lambda r: pa.Codec("zstd").compress(r, asbytes=True),
        ".zip": lambda r: zip_of({"a.csv": r}),
    }[end](raw)  # fmt: skip
    return {f"a.csv{end}": content}


def text_folder(rng: random.Random) -> Tree:
    """train.* and test.* with a text; NSMC's .txt; or a folder for each class."""
    what = rng.randrange(3)
    if what == 0:
        return {"train.csv": TEXTS.encode(), "test.csv": TEXTS.encode()}
    tabs = "\n".join(f"{i}\t영화 {i % 7} 재미\t{i % 2}" for i in range(ROWS))
    if what == 1:
        raw = f"id\tdocument\tlabel\n{tabs}\n".encode()
        return {"ratings_train.txt": raw, "ratings_test.txt": raw}
    return {f"{'uv'[i % 2]}/{i}.txt": f"a text {i}".encode() for i in range(8)}


def plain(**files: str) -> Callable[[random.Random], Tree]:
    """Always the same files; `__` stands for the dot in a name."""
    tree = {name.replace("__", "."): text.encode() for name, text in files.items()}
    return lambda rng: dict(tree)
