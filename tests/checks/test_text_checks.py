import gzip
from itertools import islice
from pathlib import Path

import pytest

from priorscope.checks.tokenizer_parity import TokenizerParity, different_lines

DATA = Path(__file__).parents[3] / "shared" / "data" / "text"


def failed(check) -> list[str]:
    return [f"{f.name}: {f.value}" for f in check.answer() if not f.passed]


def test_ids_are_those_of_transformers():
    pytest.importorskip("transformers")
    assert failed(TokenizerParity(lines=200)) == []


@pytest.mark.slow
@pytest.mark.parametrize("lowercase", [True, False], ids=["uncased", "cased"])
@pytest.mark.parametrize("name", ["imdb_unlabelled_20k", "nsmc_unlabelled_300k"])
def test_ids_are_those_of_transformers_on_real_text(name, lowercase):
    pytest.importorskip("transformers")
    file = DATA / f"{name}.txt.gz"
    if not file.is_file():
        pytest.skip(f"{file.name} is not on this machine")
    with gzip.open(file, "rt", encoding="utf-8") as stream:
        lines = [line.rstrip("\n") for line in islice(stream, 10_000)]
    assert different_lines(lines, lowercase, vocabulary=8000) == 0
