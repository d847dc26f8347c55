"""What all tests share; the texts made here are words of syllables, English and Korean."""

import os
import shutil
import sys
from pathlib import Path

if sys.dont_write_bytecode:  # then each of the many processes would compile torch again
    BYTECODE = Path(__file__).parents[1] / ".pytest_cache" / "bytecode"
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(BYTECODE)
    os.environ["PYTHONPYCACHEPREFIX"] = str(BYTECODE)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import numpy as np
import pytest
import torch

from priorscope.core.seeds import numpy_stream
from priorscope.text.tokenizer import train_tokenizer

torch.set_num_threads(1)  # xdist gives each core a process of its own
os.environ.setdefault("NO_COLOR", "1")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LATIN = ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe"]
HANGUL = list("나는에가서그곳빵과를샀다책을읽었")


def words(stream: np.random.Generator, syllables: list[str], count: int) -> list[str]:
    return ["".join(stream.choice(syllables, size=stream.integers(1, 4))) for _ in range(count)]


@pytest.fixture(scope="session")
def lines() -> list[str]:
    stream = numpy_stream(0, "text")
    known = words(stream, LATIN, 200) + words(stream, HANGUL, 200)
    weights = 1 / np.arange(1, len(known) + 1)
    order = stream.permutation(len(known))
    made = []
    for _ in range(1500):
        chosen = stream.choice(order, size=stream.integers(1, 20), p=weights / weights.sum())
        made.append(" ".join(known[i] for i in chosen) + str(stream.choice([".", "!", "", " ?"])))
    return made


@pytest.fixture(scope="session")
def tokenizer(lines):
    return train_tokenizer(lines, vocabulary=400)


@pytest.fixture(scope="module")
def browser():
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("There is no Chromium: apt-get install chromium")
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()
