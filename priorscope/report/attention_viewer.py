"""A page on which attention can be looked at: words or patches, layers, heads, rollout."""

import dataclasses
import html
from collections.abc import Sequence
from typing import Any

import numpy as np

from priorscope.core.attention_code import packed
from priorscope.report.languages import Shown, page_in_languages
from priorscope.report.pictures import png
from priorscope.wording.profile import t, viewer_words

HEIGHT = 760  # of a notebook's frame, in pixels


@dataclasses.dataclass(frozen=True)
class Viewer:
    """The attention of one example.

    title: of the network and the example. codes: uint8, see `core.attention_code`, (blocks, heads,
    query, key). grid: rows and columns of tokens. leading: tokens before them (a class token).
    words: of each token, for a text. image: (rows, columns, 1 or 3) in [0, 1], for an image.
    """

    title: str
    codes: np.ndarray
    grid: tuple[int, int]
    leading: int = 0
    words: tuple[str, ...] = ()
    image: np.ndarray | None = None

    def __post_init__(self) -> None:
        tokens = self.leading + self.grid[0] * self.grid[1]
        if self.codes.size == 0 or not self.codes.any():
            raise ValueError(
                "The network gave no attention weights, so there is nothing to look at; a fused "
                "kernel returns none, so load it with attn_implementation='eager'."
            )
        if self.codes.ndim != 4 or self.codes.shape[2:] != (tokens, tokens):
            raise ValueError(
                f"Attention of {tokens} tokens has the shape (blocks, heads, {tokens}, {tokens}), "
                f"but this one has {self.codes.shape}."
            )
        if self.words and len(self.words) != tokens:
            raise ValueError(f"There are {tokens} tokens, but {len(self.words)} words.")

    def payload(self) -> dict[str, Any]:
        """What the page's script draws."""
        blocks, heads, tokens, _ = self.codes.shape
        return {
            "blocks": blocks,
            "heads": heads,
            "tokens": tokens,
            "grid": list(self.grid),
            "leading": self.leading,
            "words": list(self.words),
            "image": None if self.image is None else png(self.image),
            "weights": packed(self.codes),
        }


@dataclasses.dataclass(frozen=True)
class AttentionPage:
    """The viewer of one or more examples as a page of its own, also in a notebook."""

    title: str
    viewers: tuple[Viewer, ...]

    def html(self) -> str:
        """One file that needs no network."""

        def shown() -> Shown:
            values = {"title": f"{self.title} · priorscope", "heading": self.title}
            return {**values, "viewers": self.viewers, "t": t}, words(self.viewers)

        data = {"viewers": [one.payload() for one in self.viewers]}
        return page_in_languages("attention", shown, scripts=("attention.js",), data=data)

    def _repr_html_(self) -> str:
        page = html.escape(self.html(), quote=True)
        return (
            f'<iframe sandbox="allow-scripts" srcdoc="{page}" title="{html.escape(self.title)}" '
            f'style="width:100%;height:{HEIGHT}px;border:0"></iframe>'
        )


def words(viewers: Sequence[Viewer]) -> dict[str, Any]:
    """What the script says in the language spoken."""
    return {"words": viewer_words(), "titles": [one.title for one in viewers]}
