"""What the tests of pre-training share."""

from pathlib import Path

import pytest
from small_pretraining import text, trainer

from priorscope.bert.data.corpus_files import build_corpus
from priorscope.text.tokenizer import save_tokenizer, train_tokenizer


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("text")
    lines = text()
    tokenizer = train_tokenizer(lines, vocabulary=64, min_count=100_000)
    save_tokenizer(tokenizer, folder)
    build_corpus(lines, tokenizer, folder / "corpus")
    return folder


@pytest.fixture(scope="session")
def whole(made, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("whole")
    one = trainer(made, out)
    one.run(lambda evaluation: None)
    return out
