"""The snippets of docs/profile.md run, and its pictures are there."""

import re
from pathlib import Path

from priorscope.measures.probes import PROBES

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "profile.md").read_text(encoding="utf-8")


def test_the_snippets_run_and_what_they_assert_holds():
    (snippet,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(compile(snippet, "docs/profile.md", "exec"), {})


def test_every_measure_has_a_picture_and_a_trap():
    pictures = re.findall(r"\(profile-([\w-]+)\.svg\)", TEXT)
    assert sorted(pictures) == sorted(PROBES)
    assert TEXT.count("Trap:") == len(pictures)
    for name in pictures:
        size = (DOCS / f"profile-{name}.svg").stat().st_size
        assert 200 < size < 40_000
