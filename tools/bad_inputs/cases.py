"""A case, and the world of good files that the cases spoil."""

import bz2
import contextlib
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

TINY = ("--learners", "linear", "--sizes", "20,40", "--structures", "intact", "--repeats", "2",
        "--steps", "2", "--epochs", "0", "--workers", "0", "--quiet", "--full-grid")  # fmt: skip
LINES = "".join(f"the film was {'good' if i % 2 else 'bad'} and so on {i}\n" for i in range(80))
STREAM = np.random.default_rng(0)
NUMBERS = STREAM.standard_normal((80, 2)).round(3)
ROWS = [f"{a},{b},{'uv'[i % 2]}" for i, (a, b) in enumerate(NUMBERS.tolist())]
TABLE = "\n".join(["x,w,label", *ROWS]) + "\n"


@dataclass(frozen=True)
class Case:
    """A command line that must be refused."""

    name: str
    arguments: tuple[str, ...]


class World:
    """A folder with good files, made when a case asks for them.

    here: where the commands run; nothing may appear in it.
    """

    def __init__(self, root: Path):
        self.root, self.here = root, root / "here"
        self.here.mkdir()
        self._count = 0

    def contents(self) -> set[str]:
        """What lies where the commands run."""
        return {str(path.relative_to(self.here)) for path in self.here.rglob("*")}

    def folder(self) -> Path:
        """A new, empty one."""
        self._count += 1
        path = self.root / "made" / str(self._count)
        path.mkdir(parents=True)
        return path

    def file(self, name: str, content: bytes | str) -> str:
        """A new file with this content in a folder of its own."""
        path = self.folder() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    @cached_property
    def table(self) -> str:
        """80 rows of two numbers and a class."""
        return self.file("good.csv", TABLE)

    @cached_property
    def text_table(self) -> str:
        """80 texts with a class."""
        lines = [f"{line},{'uv'[i % 2]}" for i, line in enumerate(LINES.splitlines())]
        return self.file("texts.csv", "\n".join(["text,label", *lines]) + "\n")

    @cached_property
    def corpus(self) -> str:
        """A file of raw text."""
        return self.file("corpus.txt", LINES)

    @cached_property
    def arrays(self) -> str:
        """80 vectors of three numbers."""
        stream = io.BytesIO()
        np.savez(stream, x=STREAM.standard_normal((80, 3)), y=np.arange(80) % 2)
        return self.file("good.npz", stream.getvalue())

    @cached_property
    def images(self) -> str:
        """40 small images of two classes."""
        from PIL import Image

        folder = self.folder()
        for i in range(40):
            path = folder / "uv"[i % 2] / f"{i}.png"
            path.parent.mkdir(exist_ok=True)
            Image.fromarray(STREAM.integers(0, 256, (8, 8), dtype=np.uint8)).save(path)
        return str(folder)

    @cached_property
    def comparison(self) -> str:
        """A finished comparison of the table."""
        out = str(self.root / "comparison")
        self.command("compare", self.table, *TINY, "--out", out)
        return out

    def model(self, learner: str) -> str:
        """A fitted model of the table (of the images for a cnn)."""
        out = self.root / f"model-{learner.partition(':')[0]}"
        if not out.exists():
            data = self.images if learner.startswith("cnn") else self.table
            self.command("fit", data, "--learner", learner, "--steps", "2", "--epochs", "0",
                         "--workers", "0", "--out", str(out))  # fmt: skip
        return str(out)

    @cached_property
    def bert(self) -> str:
        """A tiny pre-trained BERT with its tokenizer."""
        from priorscope.bert.model.folder import save_bert
        from priorscope.bert.model.heads import BertForMaskedLM
        from priorscope.bert.model.shape import BertShape
        from priorscope.text.tokenizer import save_tokenizer, train_tokenizer

        folder = self.root / "bert"
        tokenizer = train_tokenizer(LINES.splitlines(), vocabulary=100)
        sizes = {"width": 16, "depth": 1, "num_heads": 2, "mlp_width": 16, "max_tokens": 32}
        shape = BertShape(vocabulary=tokenizer.get_vocab_size(), **sizes)
        save_bert(BertForMaskedLM(shape), folder)
        save_tokenizer(tokenizer, folder)
        return str(folder)

    def copy(self, folder: str, change: Callable[[Path], object]) -> str:
        """A copy of a folder that is spoilt."""
        import shutil

        copied = self.folder() / "copy"
        shutil.copytree(folder, copied)
        change(copied)
        return str(copied)

    def command(self, *arguments: str) -> None:
        """One that must succeed."""
        from priorscope.cli import main

        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
                main(list(arguments))
        except SystemExit as ended:
            if ended.code != 0:
                raise RuntimeError(f"{arguments}: {printed.getvalue()}") from ended


def zipped(name: str, content: bytes) -> bytes:
    """A zip with one file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


CONTAINERS: dict[str, Callable[[bytes], bytes]] = {
    ".csv": bytes,
    ".tsv": lambda raw: raw.replace(b",", b"\t"),
    ".txt": bytes,
    ".csv.gz": gzip.compress,
    ".csv.bz2": bz2.compress,
    ".csv.xz": lzma.compress,
    ".csv.zip": lambda raw: zipped("data.csv", raw),
}
RUBBISH: dict[str, bytes] = {
    "nothing": b"",
    "zeros": bytes(4096),
    "noise": np.random.default_rng(1).bytes(5000),
    "a web page": b"<!DOCTYPE html><html><title>404</title><body>Not found</body></html>",
    "a pointer of Git LFS": b"version https://git-lfs.github.com/spec/v1\noid sha256:4\nsize 12\n",
    "a pickle": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01x\x94K\x01s.",
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0",
    "a document": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n",
    "deep brackets": b"[" * 100_000,
}
