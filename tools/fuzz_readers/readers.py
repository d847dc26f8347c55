"""The readers by format: sound files, the mutations that fit them, and how they are read."""

import dataclasses
import json
import random
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import good
import mutations
from mutations import damaged, lines, records, tarred, zipped

Change = Callable[[random.Random, bytes], bytes]
OPTIONS: tuple[dict[str, Any], ...] = (
    {"target": "label"}, {"kind": "text"}, {"kind": "vector"}, {"kind": "series"},
    {"kind": "image"},
    {"kind": "tokens"}, {"task": "regression"}, {"task": "classification"}, {"header": "no"},
    {"header": "yes"}, {"strict": True}, {"group": "x"}, {"group": "name"}, {"time": "x"},
    {"encoding": "cp949"},
    {"encoding": "utf-16"}, {"decimal": ","}, {"decimal": "."}, {"channels": "first"},
    {"target": "column 1"},
    {"missing": ("u",)}, {"input": ("x",)}, {"input": ("text",), "kind": "text"},
    {"image_size": 16},
    {"test_share": 0.5}, {"drop_near": True}, {"target": "y"},
)  # fmt: skip


def resolved(path: Path, options: dict[str, Any]) -> None:
    """As every command reads data."""
    from priorscope.data.resolve import resolve

    json.dumps(resolve(str(path), **options).load().read.to_json(), allow_nan=False)


def curves(path: Path, options: dict[str, Any]) -> None:
    """As `priorscope curves` reads tables; forecasts aren't made, they take seconds."""
    from priorscope.analysis.curves.rows import gather
    from priorscope.analysis.curves.tables import read_tables

    read = read_tables([path], {}, options.get("metric"), percent="percent" in options, nats=False)
    for rows in read.rows.values():
        if rows:
            gather(rows, read.metrics)


def corpus(path: Path, options: dict[str, Any]) -> None:
    """Raw text to a tokenizer."""
    from itertools import islice

    from priorscope.text.sources import open_text
    from priorscope.text.tokenizer import train_tokenizer

    train_tokenizer(list(islice(iter(open_text([path])), 2000)), vocabulary=200)


def model(path: Path, options: dict[str, Any]) -> None:
    """A folder that `priorscope fit` wrote."""
    from priorscope.fitted.model import FittedModel

    FittedModel.load(path).predict(_world()[1])


def bert(path: Path, options: dict[str, Any]) -> None:
    """A folder of a BERT and its tokenizer."""
    from priorscope.bert.fill_mask import fill_mask

    fill_mask(str(path), "the film was [MASK]")


def foreign(path: Path, options: dict[str, Any]) -> None:
    """The same folder through transformers."""
    from priorscope.models.external import transformers_model

    transformers_model(path)


@cache
def _world() -> tuple[Any, Path]:
    import sys

    sys.path.append(str(Path(__file__).parents[1] / "bad_inputs"))
    from cases import World

    world = World(Path(tempfile.mkdtemp(prefix="fuzz-world-")))
    import atexit

    atexit.register(shutil.rmtree, world.root, ignore_errors=True)
    return world, Path(world.table)


def folder_of(which: Callable[[Any], str]) -> Callable[[random.Random], good.Tree]:
    """The files of a model of the tiny world."""

    @cache
    def tree() -> good.Tree:
        folder = Path(which(_world()[0]))
        return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.name[0] != "."}

    return lambda rng: dict(tree())


def json_or_bytes(rng: random.Random, raw: bytes) -> bytes:
    """JSON by its values, a safetensors by its header, other files by their bytes."""
    if raw[:1] in (b"{", b"["):
        return records(rng, raw)
    size = int.from_bytes(raw[:8], "little")
    if 2 < size < len(raw) and raw[8:9] == b"{":
        head = records(rng, raw[8 : 8 + size])
        return len(head).to_bytes(8, "little") + head + raw[8 + size :]
    return damaged(rng, raw)


def headers(rng: random.Random, raw: bytes) -> bytes:
    """The header of an .npy, or of an idx, changed; its length put right."""
    if raw[:6] == b"\x93NUMPY":
        size = int.from_bytes(raw[8:10], "little")
        text = raw[10 : 10 + size].decode("latin-1")
        for old, new in (
            (
                rng.choice(("<i8", "|u1", "<f8", "<U3")),
                rng.choice(("|O", "<f8", "<U999999999", "<M8[ns]", "|V3")),
            ),
            ("False", rng.choice(("True", "False", "None"))),
            ("(", rng.choice(("(", "(-1, ", "(99999999999, ", "((", "(0, "))),
        ):
            text = text.replace(old, new) if rng.random() < 0.5 else text
        head = text.encode("latin-1")
        return raw[:8] + len(head).to_bytes(2, "little") + head + raw[10 + size :]
    at = rng.randrange(min(16, max(1, len(raw))))
    return raw[:at] + bytes([rng.choice((0, 1, 3, 8, 9, 0x0B, 0x0D, 255))]) + raw[at + 1 :]


def in_zip(inner: Change) -> Change:
    """Members of a zip, as long as it is sound."""
    return safe(lambda rng, raw: zipped(rng, raw, inner))


def in_tar(inner: Change) -> Change:
    """Members of a tar, as long as it is sound."""
    return safe(lambda rng, raw: tarred(rng, raw, inner))


def safe(change: Change) -> Change:
    """A change of a format that the file may no longer have."""

    def changed(rng: random.Random, raw: bytes) -> bytes:
        try:
            return change(rng, raw)
        except Exception:
            return damaged(rng, raw)

    return changed


@dataclasses.dataclass(frozen=True)
class Reader:
    """One format.

    single: the file in the folder that is handed over; "" is the only file, or the folder.
    """

    good: Callable[[random.Random], good.Tree]
    changes: tuple[Change, ...] = ()
    read: Callable[[Path, dict[str, Any]], None] = resolved
    options: tuple[dict[str, Any], ...] = OPTIONS
    single: str = ""

    def prepare(self) -> None:
        """What is made once, so that it isn't measured."""
        self.good(random.Random(0))


PIXELS = mutations.damaged
METRICS = ({"metric": "error"}, {"metric": "accuracy"}, {"percent": True})
READERS: dict[str, Reader] = {
    "csv": Reader(good.plain(a__csv=good.TABLE), (lines, lines, lines)),
    "tsv": Reader(good.plain(a__tsv=good.TABLE.replace(",", "\t")), (lines, lines, lines)),
    "txt": Reader(good.plain(a__txt=good.TABLE.replace(",", " ")), (lines, lines, lines)),
    "text-table": Reader(good.plain(a__csv=good.TEXTS), (lines, lines, lines)),
    "jsonl": Reader(good.plain(a__jsonl=good.JSONL), (safe(records),) * 4),
    "packed": Reader(good.packed, (in_zip(lines),)),
    "parquet": Reader(good.parquet),
    "arrow": Reader(good.arrow_file),
    "feather": Reader(good.feather),
    "xlsx": Reader(good.excel, (in_zip(damaged), in_zip(lines))),
    "arff": Reader(good.plain(a__arff=good.ARFF), (lines, lines)),
    "ts": Reader(good.plain(a__ts=good.SERIES), (lines, lines)),
    "ucr": Reader(good.plain(A_TRAIN__tsv=good.UCR, A_TEST__tsv=good.UCR), (lines, lines)),
    "npz": Reader(good.saved_arrays, (in_zip(headers),)),
    "npy": Reader(good.npy_folder, (headers,)),
    "idx": Reader(good.idx, (headers,)),
    "mat": Reader(good.matlab),
    "h5": Reader(good.hdf5),
    "images": Reader(good.image_folder),
    "image-zip": Reader(
        lambda rng: {"a.zip": good.zip_of(good.image_folder(rng))}, (in_zip(PIXELS),)
    ),
    "image-tar": Reader(
        lambda rng: {"a.tar": good.tar_of(good.image_folder(rng))}, (in_tar(PIXELS),)
    ),
    "webdataset": Reader(good.webdataset, (in_tar(PIXELS),)),
    "labels-csv": Reader(good.labelled_images, (lines,)),
    "saved": Reader(good.saved_to_disk, (safe(records),)),
    "hub": Reader(good.hub),
    "text-folder": Reader(good.text_folder, (lines,)),
    "corpus": Reader(good.plain(a__txt=good.CORPUS), (lines,), corpus),
    "curves": Reader(good.plain(a__csv=good.CURVES), (lines,) * 3, curves, METRICS),
    "curves-wide": Reader(good.plain(a__csv=good.WIDE), (lines,) * 3, curves, METRICS),
    "model": Reader(
        folder_of(lambda w: w.model("linear")), (safe(json_or_bytes),) * 3, model, single="."
    ),
    "forest": Reader(
        folder_of(lambda w: w.model("forest:n_estimators=2")),
        (safe(json_or_bytes), in_zip(json_or_bytes)),
        model,
        single=".",
    ),
    "bert": Reader(folder_of(lambda w: w.bert), (safe(json_or_bytes),) * 3, bert, single="."),
    "foreign": Reader(folder_of(lambda w: w.bert), (safe(json_or_bytes),) * 3, foreign, single="."),
}
