"""The answer as a picture to share: 1200 x 630, one SVG without script, font or network."""

import unicodedata
from typing import Any

from priorscope.core.printable import printable
from priorscope.report.palette import FONT, LIGHT, shape
from priorscope.report.scores import Score
from priorscope.report.view import View
from priorscope.wording.card import card
from priorscope.wording.numbers import center, has_center, share_of

WIDTH, HEIGHT, EDGE = 1200, 630, 56  # pixels
NARROW, WIDE = 0.56, 1.0  # widths of a Latin and of a Korean letter, in font sizes
BOLD = 1.2  # times as wide
HEADLINE, LINES = 42, 26  # font sizes
MOST_LINES = 3  # of the headline
SHOWN = ("pick", "judged", "confidence")  # lines of the card
BOARD = 4  # learners
LABEL, LEARNER, BARS = 170, 330, 470  # where columns begin, or how wide they are


def share_svg(view: View) -> str:
    """The card of a summary as SVG; everything from data is escaped."""
    from priorscope.report.page import environment

    shown = card(view.summary)
    room = WIDTH - 2 * EDGE
    lines = [
        {"label": line.label, "text": clipped(_short(line.key, line.text), room - LABEL, LINES)}
        for line in shown.lines
        if line.key in SHOWN
    ]
    values = {
        "headline": wrapped(printable(shown.headline, 600), room, BOLD * HEADLINE, MOST_LINES),
        "lines": lines,
        "board": _board(view),
        "name": clipped(printable(view.task.get("name") or ""), room - 260, 30),
        "font": FONT,
        "width": WIDTH,
        "height": HEIGHT,
        "edge": EDGE,
        "sizes": {"headline": HEADLINE, "lines": LINES},
        "columns": {"label": EDGE + LABEL, "learner": EDGE + LEARNER, "bars": BARS},
    }
    return environment().get_template("share-card.svg").render(**values)


def _short(key: str, text: str) -> str:
    """A line of the card; how it was judged without the remark behind it."""
    return text.partition(";")[0] if key == "judged" else text


def _board(view: View) -> list[dict[str, Any]]:
    """The first learners by the score that people read first, with a bar each."""
    score = view.score
    rows = [row for row in view.rows("leaderboard") if has_center(row.get(score.key))]
    rows.sort(key=lambda row: row[score.key]["center"], reverse=score.key in ("accuracy", "r2"))
    top = max((abs(row[score.key]["center"]) for row in rows[:BOARD]), default=0.0) or 1.0
    return [
        {
            "name": clipped(row["learner"], LEARNER - 60, 24),
            "colour": LIGHT[view.index(row["learner"]) % len(LIGHT)],
            "shape": shape(view.index(row["learner"])),
            "share": max(0.0, row[score.key]["center"]) / top,
            "text": _written(row[score.key], score),
            "best": row["learner"] == view.best,
        }
        for row in rows[:BOARD]
    ]


def _written(value: Any, score: Score) -> str:
    return share_of(value) if score.as_share else center(value)


def width(text: str, size: int | float) -> float:
    """Pixels that a text takes at most, about: SVG can't be asked before it is drawn."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return size * (WIDE * wide + NARROW * (len(text) - wide))


def clipped(text: str, room: int | float, size: int | float) -> str:
    """A text on one line, shortened with an ellipsis where it has no room."""
    text = printable(text, 600)
    if width(text, size) <= room:
        return text
    while text and width(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip(" ,;(") + "…"


def wrapped(text: str, room: int | float, size: int | float, most: int) -> list[str]:
    """A text on at most `most` lines; the last is shortened where it has no room."""
    lines, words = [""], text.split()
    for i, word in enumerate(words):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width(longer, size) > room:
            if len(lines) == most:
                lines[-1] = clipped(" ".join([lines[-1], *words[i:]]), room, size)
                return lines
            lines.append(word)
        else:
            lines[-1] = longer
    return [clipped(line, room, size) for line in lines]
