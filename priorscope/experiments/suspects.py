"""Labels to look at again, from what a finished comparison stored of each example."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.analysis.label_noise import LabelNoise, label_noise
from priorscope.core.json_types import JsonObject
from priorscope.experiments.dataset import Dataset, fewer_tests, read_dataset
from priorscope.experiments.plan import choose_folder
from priorscope.experiments.settings import Settings
from priorscope.runs.draws import draw_order
from priorscope.runs.rows import Row
from priorscope.runs.store import Store
from priorscope.tasks import Examples
from priorscope.train.recipe import pretrained_folder

NEAR_BEST = 0.1  # bits per label: learners that are listened to
LEAST_SIZE = 0.25  # of the largest size: smaller prefixes know too little


@dataclasses.dataclass(frozen=True)
class Doubts:
    """Doubted labels of both splits. examples: as they were compared."""

    examples: Examples
    training: LabelNoise
    test: LabelNoise
    networks: int

    def to_json(self) -> JsonObject:
        """Plain values; rows are counted from 0 in the order of the source."""
        noise = self.training.noise or self.test.noise
        return {
            "schema": 1,
            "judged": {"training": self.training.judged, "test": self.test.judged},
            "networks": self.networks,
            "noise": None if noise is None else dataclasses.asdict(noise),
            "suspects": [*self._listed("training"), *self._listed("test")],
        }

    def _listed(self, split: str) -> list[JsonObject]:
        names = self.examples.class_names
        part = self.training if split == "training" else self.test
        rows = self.examples.rows
        places = None if rows is None else rows[0 if split == "training" else 1]
        listed = []
        for one in part.suspects:
            place = one.example if places is None else int(places[one.example])
            listed.append(
                {
                    "split": split,
                    "row": place,
                    "name": self.examples.names[place] if self.examples.names else "",
                    "label": names[one.label],
                    "other": names[one.other],
                    "label_probability": one.own,
                    "other_probability": one.probability,
                }
            )
        return listed


def doubts(data: str, settings: Settings, comparison: Path | None = None) -> Doubts:
    """What a comparison of these data, read with the same flags, says about their labels.

    comparison: its folder; None looks where `compare` puts it.

    Raises:
        ValueError: if there is none, or targets aren't classes.
    """
    asked = pretrained_folder(settings.learners or ())
    whole = read_dataset(data, settings, asked)
    kept = Dataset(whole.name, fewer_tests(whole.examples, settings))
    examples = kept.examples
    if not examples.class_names:
        raise ValueError("Labels are doubted for classes; these targets are a quantity.")
    folder = choose_folder(settings, kept) if comparison is None else comparison
    store = Store(folder)
    rows = _rows(store, examples.fingerprint)
    if not rows:
        raise ValueError(
            f"{folder} holds no runs of these data; run `priorscope compare` with the same flags "
            "first."
        )
    training, test = (_Mean(len(t), examples) for t in (examples.targets, examples.test_targets))
    for row in _listened_to(rows):
        arrays = store.load_examples(row["digest"])
        if arrays is None:
            continue
        run = row["run"]
        if any(name.startswith("block.") for name in arrays):
            training.add(arrays, "block.", _block(run, examples), examples.targets)
        test.add(arrays, "test.", np.arange(len(examples.test_targets)), examples.test_targets)
    return Doubts(
        examples,
        label_noise(training.mean, examples.targets),
        label_noise(test.mean, examples.test_targets),
        len(_listened_to(rows)),
    )


def _rows(store: Store, fingerprint: str) -> list[Row]:
    loaded = (store.load(digest) for digest in sorted(store.finished()))
    return [
        row
        for row in loaded
        if row is not None
        and row["status"] == "done"
        and row["run"]["data"] == fingerprint
        and row["run"]["structure"]["kind"] == "intact"
        and "test" in row
    ]


def _listened_to(rows: list[Row]) -> list[Row]:
    """Runs of the best learners with large prefixes."""
    largest = max(row["run"]["size"] for row in rows)
    rows = [row for row in rows if row["run"]["size"] >= LEAST_SIZE * largest]
    bits: dict[str, list[float]] = {}
    for row in rows:
        bits.setdefault(row["run"]["text"], []).append(row["test"]["bits"])
    means = {learner: float(np.mean(values)) for learner, values in bits.items()}
    best = min(means.values())
    return [row for row in rows if means[row["run"]["text"]] <= best + NEAR_BEST]


def _block(run: Mapping[str, Any], examples: Examples) -> np.ndarray:
    """Indices of the training examples that a run predicted without having seen them."""
    strata = examples.target.strata(examples.targets, most=run["first"])
    order = draw_order(
        strata, run["repeat"], run["seed"], run["first"], examples.groups, examples.ordered
    )
    return order[run["size"] : run["stop"]]


class _Mean:
    """Mean predicted probabilities of examples over runs."""

    def __init__(self, count: int, examples: Examples):
        self._sums = np.zeros((count, len(examples.class_names)))
        self._counts = np.zeros(count)

    @property
    def mean(self) -> np.ndarray:
        """(examples, classes), NaN where there is no prediction."""
        with np.errstate(invalid="ignore"):
            return self._sums / self._counts[:, None]

    def add(
        self, arrays: Mapping[str, np.ndarray], part: str, index: np.ndarray, targets: np.ndarray
    ) -> None:
        """The predictions of one run on these examples."""
        own = {name.removeprefix(part): a for name, a in arrays.items() if name.startswith(part)}
        if not own or any(len(a) != len(index) for a in own.values()):
            return
        if "log2_p" in own:
            self._sums[index] += np.exp2(own["log2_p"].astype(float))
        elif {"bits", "prediction", "p"} <= own.keys():  # many classes: the first choice alone
            hit = own["prediction"] == targets[index]
            self._sums[index, own["prediction"]] += own["p"]
            self._sums[index[~hit], targets[index[~hit]]] += np.exp2(-own["bits"][~hit])
        else:
            return
        self._counts[index] += 1
