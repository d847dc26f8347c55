"""The pages of the documentation's site; `make docs` builds them and checks links and anchors."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site():
    spec = importlib.util.spec_from_file_location("docs_site", ROOT / "tools" / "docs_site.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_page_is_in_the_site_and_in_its_navigation(site, tmp_path):
    yaml = pytest.importorskip("yaml")
    site.assemble(tmp_path)
    for language in ("en", "ko"):
        text = (ROOT / "tools" / "mkdocs" / f"{language}.yml").read_text(encoding="utf-8")
        config = yaml.load(text.partition("nav:")[2], yaml.SafeLoader)
        named = set()
        for entry in config:
            for value in entry.values():
                named |= {value} if isinstance(value, str) else set(value)
        made = {p.relative_to(tmp_path / language).as_posix()
                for p in (tmp_path / language).rglob("*.md")}  # fmt: skip
        assert made - named <= {"claims/README.md"}
        assert named <= made


def test_links_lead_to_the_page_in_the_language_that_is_read(site):
    placed = site.pages()
    home = site.page(ROOT / "README.ko.md", placed)
    assert "[한국어" not in home
    assert "(docs/" not in home
    assert "](attention.md)" in home  # there is one in Korean
    assert '<a href="../data.html">' in home  # there is none


def test_a_link_that_leads_nowhere_is_refused(site, monkeypatch, tmp_path):
    monkeypatch.setattr(site, "REPOSITORY", tmp_path)
    page = tmp_path / "README.md"
    page.write_text("See [this](docs/missing.md).\n```\n[not](a-link.md)\n```\n")
    with pytest.raises(ValueError, match=r"README.md links to docs/missing.md, and there is no"):
        site.assemble(tmp_path / "made")
    page.write_text("Nothing:\n- one\n- two\n```\n[not](a-link.md)\n```\n")
    site.assemble(tmp_path / "made")
    made = (tmp_path / "made" / "en" / "index.md").read_text()
    assert made == "Nothing:\n\n- one\n- two\n```\n[not](a-link.md)\n```\n"


def test_what_a_built_page_must_not_do_is_told(site, tmp_path):
    (tmp_path / "b.html").write_text('<h2 id="there">b</h2>')
    (tmp_path / "a.html").write_text(
        '<a href="b.html#there">1</a><a href="b.html#gone">2</a><a href="c.html">3</a>'
        '<a href="https://example.org">4</a><script src="https://example.org/x.js"></script>'
    )
    assert site.problems(tmp_path) == [
        "a.html: loads https://example.org/x.js",
        "a.html: b.html#gone names no anchor",
        "a.html: c.html leads nowhere",
    ]
