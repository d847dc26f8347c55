"""The snippets of docs/attention.md run in order, and the Korean page has the same ones."""

import re
from pathlib import Path

import torch

DOCS = Path(__file__).parents[2] / "docs"


def snippets(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)


def test_the_snippets_run_in_order_and_what_they_assert_holds():
    code = snippets("attention.md")
    assert len(code) > 10
    names: dict[str, object] = {}
    before = torch.get_default_dtype()
    try:
        for snippet in code:
            exec(compile(snippet, "docs/attention.md", "exec"), names)
    finally:
        torch.set_default_dtype(before)
    assert "logits" in names


def test_both_languages_show_the_same_code():
    assert snippets("attention.md") == snippets("attention.ko.md")


def test_both_languages_have_the_same_sections():
    counts = [
        len(re.findall(r"^## ", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE))
        for page in ("attention.md", "attention.ko.md")
    ]
    assert counts[0] == counts[1] > 8
