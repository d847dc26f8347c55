"""A run: learner x data x structure x size x repeat; its digest is its name on disk."""

import dataclasses
from functools import cached_property

from priorscope.core.config import digest
from priorscope.core.json_types import JsonObject
from priorscope.models import MODELS
from priorscope.structures import STRUCTURES, Structure
from priorscope.train.recipe import Learner, Recipe

PROTOCOL = 7  # raise it when the same run comes to mean something else


@dataclasses.dataclass(frozen=True, kw_only=True)
class Run:
    """Train on the first `size` examples of a random order; predict the next block and the tests.

    data: fingerprint of the examples.
    stop: end of the next block; equal to `size` for the last block end, which has no next.
    first: size of the stratified first block.
    repeat: number of the random order; everything random is resampled with it.
    seed: of the whole comparison.
    tune: trials of learning rate and weight decay, chosen inside the prefix.
    """

    learner: Learner
    data: str
    structure: Structure
    size: int
    stop: int
    first: int
    repeat: int
    seed: int
    tune: int = 1

    def identity(self) -> JsonObject:
        """What decides the result; nothing about how or where it is computed."""
        plain = ("data", "size", "stop", "first", "repeat", "seed", "tune")
        return {
            "protocol": PROTOCOL,
            "learner": self.learner.identity(),
            "structure": self.structure.to_json(),
            **{name: getattr(self, name) for name in plain},
        }

    @cached_property
    def digest(self) -> str:
        """16 hex digits that name this run on disk."""
        return digest(self.identity())

    @property
    def title(self) -> str:
        """For people: `cnn, intact, n = 500, repeat 2`."""
        return f"{self.learner.text}, {self.structure.label}, n = {self.size}, repeat {self.repeat}"

    def to_json(self) -> JsonObject:
        """The inverse of `from_json`; travels to workers."""
        return {**self.identity(), "text": self.learner.text}

    @classmethod
    def from_json(cls, data: JsonObject) -> "Run":
        """Rebuild a run in a worker; plug-ins must have been included before."""
        fields = {
            k: v for k, v in data.items() if k not in ("protocol", "learner", "structure", "text")
        }
        model, structure = data["learner"]["model"], data["structure"]
        learner = Learner(
            text=data["text"],
            model=MODELS[model["kind"]].from_json(model),
            recipe=Recipe.from_json(data["learner"]["recipe"]),
        )
        return cls(
            learner=learner,
            structure=STRUCTURES[structure["kind"]].from_json(structure),
            **fields,
        )
