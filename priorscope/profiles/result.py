"""What a profile gives back: rows, phrases, pictures, a page."""

import dataclasses
import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.core.files import write
from priorscope.profiles.inputs import Inputs
from priorscope.profiles.store import ProfileStore
from priorscope.profiles.take import Measured, crossed
from priorscope.report.attention_viewer import HEIGHT, Viewer
from priorscope.report.pictures import visible
from priorscope.report.profile_page import profile_page
from priorscope.report.profile_sections import NetworkFacts, Profiled
from priorscope.wording.language import Language, speaking, spoken
from priorscope.wording.page import t
from priorscope.wording.profile import network_names, phrases, sentence

SCHEMA = 1
CONTINUES = "##"  # of a subword that continues a word


class Profile:
    """Networks side by side on the same examples.

    rows: per network, as `priorscope profile --json` prints them.
    """

    def __init__(self, inputs: Inputs, results: Sequence[Measured]):
        self._inputs, self._results = inputs, results
        self.layout = inputs.signature.layout
        with speaking("en"):
            self.rows = {one.name: _rows(one, self.layout) for one in results}

    @property
    def networks(self) -> list[str]:
        """Names, in the order of the page."""
        return list(self.rows)

    @property
    def words(self) -> dict[str, list[str]]:
        """What each network does, in phrases."""
        return {one.name: phrases(_rows(one, self.layout), self.layout) for one in self._results}

    def value(self, network: str, measure: str, name: str, layer: str | None = None) -> Any:
        """One estimate as a dictionary (center, low, high, n, method); None if it doesn't apply.

        Raises:
            LookupError: if there is no such number.
        """
        for row in self.rows.get(network, []):
            if (row["measure"], row["name"], row["layer"]) == (measure, name, layer):
                return row["value"]
        raise LookupError(
            f"There is no {name!r} of {measure!r} in the profile of {network!r}; see `rows`."
        )

    def picture(self, network: str, measure: str, name: str) -> np.ndarray:
        """An array that the page draws, such as ("locality", "unit field").

        Raises:
            LookupError: if there is none.
        """
        for one in self._results:
            if one.name == network and measure in one.results:
                return one.results[measure].pictures[name]
        raise LookupError(f"The profile of {network!r} has no picture {name!r} of {measure!r}.")

    def to_json(self) -> dict[str, Any]:
        """JSON in English: {"networks": [{"name", "phrases", "notes", "measures": [row]}]}."""
        notes = {one.name: list(one.notes) for one in self._results}
        with speaking("en"):
            words = self.words
        return {
            "schema": SCHEMA,
            "data": self._inputs.name,
            "examples": len(self._inputs.tests),
            "networks": [
                {"name": n, "phrases": words[n], "notes": notes[n], "measures": rows}
                for n, rows in self.rows.items()
            ],
        }

    def html(self, lang: Language | None = None) -> str:
        """The page: one file that needs no network, in all languages; it opens in `lang`."""
        maps = crossed(self._results)

        def told() -> Profiled:
            names = network_names(self.networks)
            return Profiled(
                data=self._inputs.name,
                layout=self.layout,
                examples=len(self._inputs.tests),
                networks=[
                    NetworkFacts(one.name, _rows(one, self.layout), _pictures(one), one.notes)
                    for one in self._results
                ],
                crossed=maps,
                words=self._inputs.words,
                viewers=[
                    v for one in self._results for v in _viewers(one, names[one.name], self._inputs)
                ],
            )

        with speaking(lang or spoken()):
            return profile_page(told)

    def save(self, folder: str | Path) -> Path:
        """Write profile.html and profile.json into a folder of ours; returns the page's path.

        Raises:
            ValueError: if the folder holds foreign files of these names.
            OSError: if it can't be written.
        """
        store = ProfileStore(Path(folder))
        store.claim()
        path = store.root / "profile.html"
        content = {**self.to_json(), "report": str(path)}
        write(store.root / "profile.json", json.dumps(content, allow_nan=False), root=store.root)
        write(path, self.html(), root=store.root)
        return path

    def _repr_html_(self) -> str:
        page = html.escape(self.html(), quote=True)
        return (
            f'<iframe sandbox="allow-scripts" srcdoc="{page}" title="profile" '
            f'style="width:100%;height:{HEIGHT}px;border:0"></iframe>'
        )


def _rows(one: Measured, layout: str) -> list[dict[str, Any]]:
    rows = []
    for measure, result in one.results.items():
        for reading in result.readings:
            value = None if reading.value is None else dataclasses.asdict(reading.value)
            row = {
                "measure": measure,
                "name": reading.name,
                "layer": reading.layer,
                "value": value,
                "applies": value is not None,
            }
            rows.append({**row, "sentence": sentence({**row, "reason": reading.reason}, layout)})
    return rows


def _pictures(one: Measured) -> dict[tuple[str, str], np.ndarray]:
    return {
        (measure, name): picture
        for measure, result in one.results.items()
        for name, picture in result.pictures.items()
    }


def _viewers(one: Measured, name: str, inputs: Inputs) -> list[Viewer]:
    """Attention of the stored examples; none of a network that has none. name: as it is shown."""
    pictures = one.results["attention"].pictures if "attention" in one.results else {}
    if "weights" not in pictures or one.name.endswith(", untrained"):
        return []
    rows, columns, leading = map(int, pictures["grid"])
    viewers = []
    for number, (codes, x) in enumerate(zip(pictures["weights"], pictures["inputs"], strict=True)):
        title = t("viewer.title", name=name, n=number + 1)
        words: tuple[str, ...] = ()
        image = None
        if x.ndim == 1:
            kept = max(1, int((x != 0).sum())) if leading == 0 and len(x) == columns else len(x)
            codes, columns_shown = codes[..., :kept, :kept], kept
            words = tuple(_word(int(i), inputs.words) for i in x[:kept])
            viewers.append(Viewer(title, codes, (1, columns_shown), leading, words))
            continue
        if x.ndim == 3 and rows > 1:
            image = visible(x)
        else:
            words = tuple(str(k + 1 - leading) for k in range(leading + rows * columns))
        viewers.append(Viewer(title, codes, (rows, columns), leading, words, image))
    return viewers


def _word(number: int, names: tuple[str, ...]) -> str:
    return names[number] if number < len(names) else str(number)
