"""A pre-training of a small network on made text."""

from pathlib import Path

import torch

from priorscope.bert.data.corpus_files import open_corpus
from priorscope.bert.training import resume
from priorscope.bert.training.pretrainer import Pretrainer
from priorscope.bert.training.pretraining import Pretraining
from priorscope.core.seeds import numpy_stream
from priorscope.text.tokenizer import load_tokenizer

CPU = torch.device("cpu")


SETTINGS = Pretraining(
    size="tiny", steps=12, batch_tokens=256, max_tokens=32, dropout=0.1, held_out=0.1
)


def text() -> list[str]:
    """Documents of one line: words of two letters, of which one foretells the next."""
    stream = numpy_stream(0, "pretraining text")
    words = [a + b for a in "bdgklm" for b in "aeiou"]
    start = stream.integers(len(words), size=400)
    return [
        " ".join(words[(s + 7 * i) % len(words)] for i in range(stream.integers(3, 40)))
        for s in start
    ]


def trainer(made: Path, out: Path, settings=SETTINGS) -> Pretrainer:
    out.mkdir(exist_ok=True)
    return Pretrainer(settings, open_corpus(made / "corpus"), load_tokenizer(made), out, CPU)


def losses(out: Path) -> list[str]:
    return (out / "steps.csv").read_text().splitlines()


def same_state(a: Path, b: Path) -> None:
    from safetensors.torch import load_file

    one, other = (load_file(folder / resume.NAME) for folder in (a, b))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


class Killed(Exception):
    pass


def kill_at_once(progress: float, loss: float) -> None:
    raise Killed
