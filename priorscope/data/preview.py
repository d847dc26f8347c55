"""A small page on what was read: counts, columns, notes, and a few examples to look at."""

import dataclasses
import html
from collections.abc import Sequence

import numpy as np

from priorscope.core.printable import printable
from priorscope.core.read import ClassCount, Read, TargetRead
from priorscope.data.ranges import input_range
from priorscope.data.samples import thumbnail
from priorscope.tasks import Examples
from priorscope.wording.language import spoken
from priorscope.wording.page import t
from priorscope.wording.read import note_line, read_lines

CLASSES, EACH = 12, 8  # rows of the page, and examples in a row
THUMBNAIL = 96  # pixels a side
WORDS = 160  # characters of a text
VALUES = 12  # of a vector
MADE = '<meta name="generator" content="priorscope inspect">'
STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "img,svg{height:72px;margin:2px;image-rendering:pixelated;background:#eee}"
    "th{text-align:left;vertical-align:top;padding-right:1rem}.warning{color:#a40}"
)


def preview_page(name: str, examples: Examples, texts: Sequence[tuple[str, str]] = ()) -> str:
    """One HTML document without links or scripts; everything from the data is escaped.

    texts: (class, text) of a few examples, where inputs are tokens of a text.
    """
    read = examples.read
    assert read is not None
    title = html.escape(printable(name))
    heading = html.escape(t("read.title", name=printable(name)))
    rows = "".join(
        f"<tr><th>{html.escape(printable(label, 60))}</th><td>{shown}</td></tr>"
        for label, shown in _rows(examples, texts)
    )
    return (
        f'<!doctype html><html lang="{spoken()}"><meta charset="utf-8">'
        f"<title>{title}</title>{MADE}<style>{STYLE}</style><h1>{heading}</h1>{_lines(read)}"
        f"<h2>{html.escape(t('read.samples'))}</h2><table>{rows}</table></html>"
    )


def described(examples: Examples) -> Examples:
    """The examples with a record of what they are, also where no source was read for them."""
    if examples.read is not None:
        return examples
    targets = np.concatenate([examples.targets, examples.test_targets])
    if examples.class_names:
        counts = np.bincount(targets, minlength=len(examples.class_names)).tolist()
        target = TargetRead("classes")
    else:
        counts, target = [], TargetRead("quantity", float(targets.min()), float(targets.max()))
    classes = zip(examples.class_names, counts, strict=True)
    read = Read(
        kind=examples.signature.layout,
        examples=len(examples.targets),
        test_examples=len(examples.test_targets),
        test_from="made by the task",
        inputs=input_range(examples.inputs),
        target=target,
        classes=tuple(ClassCount(str(name), count) for name, count in classes),
    )
    return dataclasses.replace(examples, read=read)


def _lines(read: Read) -> str:
    warnings = {note_line(note) for note in read.notes if note.level == "warning"}
    items = [
        f'<li class="{"warning" if line in warnings else ""}">{html.escape(line)}</li>'
        for line in read_lines(read)
    ]
    return f"<ul>{''.join(items)}</ul>"


def _rows(examples: Examples, texts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(class or value, HTML of a few examples of it)."""
    if texts:
        return [(label, html.escape(printable(text, WORDS))) for label, text in texts]
    if not examples.class_names:
        return [
            (f"{target:g}", _shown(x, examples.padded))
            for x, target in zip(examples.inputs[:CLASSES], examples.targets, strict=False)
        ]
    rows = []
    for code, name in enumerate(examples.class_names[:CLASSES]):
        some = np.flatnonzero(examples.targets == code)[:EACH]
        rows.append((name, " ".join(_shown(examples.inputs[i], examples.padded) for i in some)))
    return rows


def _shown(example: np.ndarray, padded: bool) -> str:
    """One example: a thumbnail, a line for each channel, or its first values."""
    if example.ndim == 3:
        return f'<img alt="" src="{thumbnail(example, THUMBNAIL)}">'
    if example.ndim == 2:
        return _lines_of_series(example[:, :-1] if padded else example)
    more = " …" if len(example) > VALUES else ""
    return html.escape("  ".join(f"{value:g}" for value in example[:VALUES]) + more) + "<br>"


def _lines_of_series(series: np.ndarray) -> str:
    low, high = float(series.min()), float(series.max())
    scaled = 60 * (1 - (series - low) / max(high - low, 1e-12)) + 2
    steps = np.linspace(0, 120, len(series))
    lines = "".join(
        '<polyline fill="none" stroke="#357" points="'
        + " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(steps, channel, strict=True))
        + '"/>'
        for channel in scaled.T[:4]
    )
    return f'<svg viewBox="0 0 120 64" width="135">{lines}</svg>'
