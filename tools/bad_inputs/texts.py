"""Raw and labelled texts, tokenizers and BERTs that can't be used."""

import json
from collections.abc import Iterator
from pathlib import Path

from cases import LINES, RUBBISH, Case, World

SMALL = ("--size", "tiny", "--steps", "1", "--vocab", "100", "--max-tokens", "32",
         "--batch-tokens", "128", "--held-out", "0.2")  # fmt: skip
CONFIG = ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size",
          "vocab_size", "max_position_embeddings")  # fmt: skip
ODD = (None, "x", -1, 0, 10**9, 1.5, [])


def cases(world: World) -> Iterator[Case]:
    """`pretrain`, `tokenizer`, `fill-mask`, `finetune`."""
    files = {
        "absent": "absent.txt", "empty": world.file("a.txt", ""),
        "blank": world.file("a.txt", "\n\n"),
        "an empty folder": str(world.folder()), "a NUL": "a\0b",
        "UTF-16": world.file("a.txt", LINES.encode("utf-16")),
        "CP949": world.file("a.txt", "한국어 문장\n".encode("cp949") * 40),
        "JSON lines": world.file("a.jsonl", '{"text": "a b"}\n' * 40),
        "a table": world.file("a.csv", "text,label\na b,1\n" * 20),
        "a broken .gz": world.file("a.txt.gz", LINES),
        "one word": world.file("a.txt", "word"),
    } | {what: world.file("a.txt", raw) for what, raw in RUBBISH.items() if what in
         ("zeros", "noise", "a picture")}  # fmt: skip
    for what, path in files.items():
        yield Case(f"pretrain: {what}", ("pretrain", path, *SMALL, "--out", "pretrained"))
        if what != "one word":
            yield Case(f"tokenizer: {what}", ("tokenizer", "train", path, "--out", "tokenizer"))
            yield Case(f"tokenizers: {what}", ("tokenizer", "compare", path))
    for options in ("--vocab 0", "--vocab -1", "--vocab 3", "--vocab 999999999999", "--vocab x",
                    "--kind letters", "--errors loud"):  # fmt: skip
        yield Case(f"tokenizer: {options}", ("tokenizer", "train", world.corpus, *options.split()))
    for options in ("--vocab -1", "--lines 0", "--lines -1", "--tokenizer absent"):
        yield Case(f"tokenizers: {options}", ("tokenizer", "compare", world.corpus,
                                              *options.split()))  # fmt: skip
    for options in (
        "--size huge", "--steps 0", "--steps -1", "--max-tokens 0", "--max-tokens 1", "--vocab 0",
        "--batch-tokens 0", "--batch-tokens 1", "--accumulate 0", "--held-out 0", "--held-out 1",
        "--held-out nan", "--learning-rate -1", "--learning-rate nan", "--time-limit soon",
        "--time-limit -5m",
        "--mask-rate 2", "--init magic", "--device tpu", "--seed -1", "--precision int4",
        "--out /dev/null",
        "--magic 1",
    ):  # fmt: skip
        yield Case(f"pretrain: {options}", ("pretrain", world.corpus, *SMALL, "--out", "pretrained",
                                            *options.split()))  # fmt: skip
    yield from _masks(world)
    yield from _finetuning(world)
    yield from _berts(world)


def _masks(world: World) -> Iterator[Case]:
    for what, arguments in {
        "no mask": (world.bert, "no mask here"), "nothing": (world.bert, ""),
        "no sentence": (world.bert,), "absent": ("absent", "a [MASK]"),
        "a file": (world.table, "a [MASK]"), "top 0": (world.bert, "a [MASK]", "--top", "0"),
        "top -1": (world.bert, "a [MASK]", "--top", "-1"),
        "top many": (world.bert, "a [MASK]", "--top", "many"),
        "a long sentence": (world.bert, "the film " * 500 + "[MASK]"),
    }.items():  # fmt: skip
        yield Case(f"fill-mask: {what}", ("fill-mask", *arguments))


def _finetuning(world: World) -> Iterator[Case]:
    rows = Path(world.text_table).read_text().splitlines()
    tables = {
        "absent": "absent.csv",
        "empty": world.file("a.csv", ""),
        "its header alone": world.file("a.csv", rows[0]),
        "one class": world.file("a.csv", "\n".join([rows[0], *rows[1::2]])),
        "three rows": world.file("a.csv", "\n".join(rows[:4])),
        "no text": world.file("a.csv", "\n".join(["a,label", *[f"1,{r[-1]}" for r in rows[1:]]])),
        "no label": world.file("a.csv", "\n".join(["text,kind", *rows[1:]])),
        "a long row": world.file("a.csv", "\n".join([*rows, "a,b,c,d"])),
        "noise": world.file("a.csv", RUBBISH["noise"]),
        "an image folder": world.images,
        "a broken .jsonl": world.file("a.jsonl", '{"text": "a", "label": 1}\n{"text"'),
    }
    for what, data in tables.items():
        yield Case(f"finetune: {what}", ("finetune", world.bert, data, "--out", "finetuned"))
    for options in ("--epochs 0", "--epochs -1", "--learning-rate -1", "--learning-rate nan",
                    "--batch 0", "--target species", "--text body", "--seed -1", "--device tpu",
                    "--max-tokens 0", "--test absent.csv", "--magic 1"):  # fmt: skip
        yield Case(f"finetune: {options}", ("finetune", world.bert, world.text_table,
                                            "--out", "finetuned", *options.split()))  # fmt: skip


def _berts(world: World) -> Iterator[Case]:
    """A BERT's files, each spoilt, met by each command that reads them."""
    folder = Path(world.bert)
    config = json.loads((folder / "config.json").read_text())
    for k, key in enumerate(CONFIG):
        for odd in (ODD[k % len(ODD)], ODD[(k + 2) % len(ODD)]):
            text = json.dumps({**config, key: odd})
            copied = world.copy(str(folder), lambda p, t=text: (p / "config.json").write_text(t))
            yield Case(f"fill-mask: {key} is {odd}", ("fill-mask", copied, "the [MASK] was"))
            yield Case(f"attention: {key} is {odd}", ("attention", copied, "the film"))
            yield Case(f"compare: {key} is {odd}", ("compare", world.text_table, "--learners",
                       f"bert:pretrained={copied}", "--dry-run"))  # fmt: skip
    for file in ("config.json", "tokenizer.json", "model.safetensors"):
        for fault in ("nothing", "noise", "a web page", "deep brackets", "a pointer of Git LFS"):
            copied = world.copy(
                str(folder), lambda p, f=file, fault=fault: (p / f).write_bytes(RUBBISH[fault])
            )
            yield Case(f"fill-mask: {file} is {fault}", ("fill-mask", copied, "the [MASK] was"))
            yield Case(f"finetune: {file} is {fault}", ("finetune", copied, world.text_table,
                                                        "--out", "finetuned"))  # fmt: skip
