"""The pages of the documentation's site: put together from the repository, checked when built.

    python tools/docs_site.py assemble FOLDER   FOLDER/en and FOLDER/ko, for mkdocs
    python tools/docs_site.py check SITE        links, anchors, and that nothing is loaded elsewhere

A page is a file of the repository; both languages are sites of their own that link to each other.
"""

import os
import re
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

REPOSITORY = Path(__file__).parents[1]
LINK = re.compile(r"(!?)\[([^\]\[]*(?:\[[^\]]*\][^\]\[]*)*)\]\(([^)\s]+)\)")
LIST = re.compile(r"^(?![-\s|#>])(.+)\n(?=(?:-|1\.) )", re.M)  # begins without an empty line
SWITCH = re.compile(r"\[(English|한국어)\]\(\S+\)\n?")  # a line that the site's own switch replaces
TOP = {"README": "index", "CONTRIBUTING": "contributing", "CHANGELOG": "changelog"}
TOP |= {"SECURITY": "security", "benchmarks/RESULTS": "results"}
LOADS = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}


def pages() -> dict[Path, Path]:
    """Each file of the repository that is in the site -> its place, `en/...` or `ko/...`."""
    placed = {}
    for path in (REPOSITORY / "docs").rglob("*"):
        if path.is_file() and path.name[0] != ".":
            placed[path] = _place(path.relative_to(REPOSITORY / "docs"))
    for stem, name in TOP.items():
        for ending, language in ((".md", "en"), (".ko.md", "ko")):
            if (path := REPOSITORY / f"{stem}{ending}").is_file():
                placed[path] = Path(language, f"{name}.md")
    return placed


def _place(path: Path) -> Path:
    if path.name.endswith(".ko.md"):
        return Path("ko", path.with_name(path.name.removesuffix(".ko.md") + ".md"))
    if path.parts[:2] == ("guide", "ko"):
        return Path("ko", "guide", path.name)
    return Path("en", path)


def assemble(folder: Path) -> None:
    """Write the sources of both sites.

    Raises:
        ValueError: if a page links to a file that isn't there.
    """
    placed = pages()
    shutil.rmtree(folder, ignore_errors=True)
    for path, place in placed.items():
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".md":
            target.write_text(page(path, placed), encoding="utf-8")
        else:
            shutil.copyfile(path, target)


def page(path: Path, placed: dict[Path, Path]) -> str:
    """A page's Markdown with its links as they are in the site; code blocks stay as they are."""
    parts = re.split(r"(^```.*?^```)", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    for i in range(0, len(parts), 2):
        text = re.sub(rf"^{SWITCH.pattern}", "", parts[i], flags=re.M)
        text = LIST.sub(r"\1\n\n", text)  # else Python's Markdown makes no list of it
        parts[i] = LINK.sub(lambda found: _link(found, path, placed), text)
    return "".join(parts)


def _link(found: re.Match[str], path: Path, placed: dict[Path, Path]) -> str:
    image, text, target = found.groups()
    file, hash_, anchor = target.partition("#")
    if urlsplit(target).scheme or not file:
        return found[0]
    wanted = Path(os.path.normpath(path.parent / unquote(file)))
    if wanted not in placed and wanted.exists():  # of the repository alone
        return text
    if wanted not in placed:
        name = path.relative_to(REPOSITORY)
        raise ValueError(f"{name} links to {target}, and there is no such file; correct it.")
    here, there = placed[path], placed[wanted]
    if here.parts[0] == there.parts[0]:
        way = os.path.relpath(there, here.parent).replace(os.sep, "/")
        return f"{image}[{text}]({way}{hash_}{anchor})"
    ways = [Path(*p.parts[p.parts[0] == "en" :]).with_suffix(".html") for p in (there, here)]
    way = os.path.relpath(ways[0], ways[1].parent).replace(os.sep, "/")
    return f'<a href="{way}{hash_}{anchor}">{text}</a>'


class Read(HTMLParser):
    """What a built page links to, what it loads, and its anchors."""

    def __init__(self, path: Path):
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attrs if value}
        self.anchors |= {given[key] for key in ("id", "name") if key in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in LOADS and LOADS[tag] in given and given.get("rel") != "canonical":
            self.loads.append(given[LOADS[tag]])


def problems(site: Path) -> list[str]:
    """A line for each link or anchor that leads nowhere, and each thing loaded from elsewhere."""
    read = {path: Read(path) for path in sorted(site.rglob("*.html")) if path.name != "404.html"}
    told = []
    for path, one in read.items():
        name = path.relative_to(site)
        for target in one.loads:
            if urlsplit(target).netloc:
                told.append(f"{name}: loads {target}")
        for target in [*one.links, *one.loads]:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            file = Path(os.path.normpath(path.parent / unquote(parts.path))) if parts.path else path
            file = file / "index.html" if file.is_dir() else file
            anchor = unquote(parts.fragment)
            if not file.is_file():
                told.append(f"{name}: {target} leads nowhere")
            elif anchor and file in read and anchor not in read[file].anchors:
                told.append(f"{name}: {target} names no anchor")
    for path in site.rglob("*.css"):
        if "url(http" in path.read_text(encoding="utf-8"):
            told.append(f"{path.relative_to(site)}: loads from elsewhere")
    return told


def main() -> None:
    """One of the two commands."""
    command, folder = sys.argv[1:]
    if command == "assemble":
        assemble(Path(folder))
        return
    told = problems(Path(folder))
    print("\n".join([*told, f"{len(told)} problems in {folder}"]))
    sys.exit(bool(told))


if __name__ == "__main__":
    main()
