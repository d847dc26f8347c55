"""`priorscope inspect DATA`: what would be read, without training anything."""

import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from priorscope.cli.exit_codes import Exit
from priorscope.experiments.settings import READING, Settings

SHOWN_TEXTS = 12
ALSO = ("include", "seed", "lang")  # settings that change what is said, besides READING


def run(
    data: str,
    /,
    *,
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
    page: Path | None = None,
    overwrite: Annotated[bool, Parameter(negative=())] = False,
    settings: Settings | None = None,
) -> int:
    """Say how DATA are understood: examples, classes, columns, splits, what is left out and why.

    Flags are those of `compare`, so that the same command with another verb shows what `compare`
    would read; those that aren't about reading change nothing, and a note says so.

    Parameters
    ----------
    data
        As for `priorscope compare`.
    json_
        Print the record as JSON on stdout, as "read" in the summary of a comparison.
    page
        HTML file to write, with thumbnails, curves or first words; not with --json, it is
        priorscope-runs/DATA-read/read.html if it isn't named.
    overwrite
        Replace the file that --page names, if it is there.
    """
    from priorscope.data.existing import existing
    from priorscope.wording.language import speak

    settings = settings or Settings()
    speak(settings.lang)
    existing(data)

    from priorscope.core.files import own, refuse_existing, write
    from priorscope.core.folders import refuse_overlap
    from priorscope.core.printable import file_safe, json_line
    from priorscope.core.registry import include
    from priorscope.data.preview import described, preview_page
    from priorscope.data.resolve import resolve
    from priorscope.experiments.dataset import data_name
    from priorscope.experiments.progress import watching
    from priorscope.wording.page import t
    from priorscope.wording.read import read_lines

    unused = [key for key in settings.changed() if key not in (*READING, *ALSO)]
    if page is not None:
        if Path(data).exists():
            refuse_overlap([Path(data)], page)
        refuse_existing(page, "--page", overwrite=overwrite)
    if unused:
        flags = ", ".join("--" + key.replace("_", "-") for key in unused)
        print(f"priorscope: inspect trains nothing, so {flags} changes nothing.", file=sys.stderr)
    for path in settings.include:
        include(path)
    task = resolve(data, **settings.reading())
    with watching(t("progress.reading"), quiet=False):
        examples = task.load(settings.seed)
    name = data_name(data)
    examples = described(examples)
    assert examples.read is not None
    if json_:
        print(json_line(examples.read.to_json()))
    else:
        for line in read_lines(examples.read):
            print(line)
    if page is None and not json_:
        folder = Path("priorscope-runs") / f"{file_safe(name)}-read"
        own(folder, "read", names=("read.html",))
        page = folder / "read.html"
    if page is not None:
        write(page, preview_page(name, examples, _texts(task)))
        if not json_:
            print(page)
    return Exit.DONE


def _texts(task: Any) -> list[tuple[str, str]]:
    """(class, first words) of a few rows of a table with a text."""
    from priorscope.data.readers.texts import Texts, text_column

    if not isinstance(task, Texts):
        return []
    source, target = task.read(SHOWN_TEXTS)
    name = text_column(source.columns, task.input, set(task.reserved(target)))
    labels, texts = source.columns[target].texts, source.columns[name].texts
    return list(zip(labels, texts, strict=True))[:SHOWN_TEXTS]
