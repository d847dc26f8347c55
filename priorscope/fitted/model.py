"""A fitted model: predicts on new data of the kind that it was trained on, and is saved."""

import dataclasses
import re
import warnings
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from priorscope.core.paths import check_path
from priorscope.core.preprocessing import PREPROCESSINGS, NewInputs, Preprocessing
from priorscope.core.signature import Signature
from priorscope.core.target import Target
from priorscope.fitted.facts import Expected, Facts, Origin
from priorscope.fitted.member import EstimatorMember, NetworkMember
from priorscope.fitted.new_data import new_inputs
from priorscope.train.inputs import Reader
from priorscope.wording.models import model_lines

SAME_SCALE = 50  # ratio of spreads from which on values are on another scale


class FittedModel:
    """What a comparison's pick is made of: trained networks or estimators with all that reads data.

    `priorscope.fit`, `Result.best_model` and `FittedModel.load` make one.

    Attributes:
        facts: what it says of itself; see `Facts`.
        signature: what its inputs and its target are.
        preprocessing: how new data become inputs, fitted on training data.
        members: what predicts; several are averaged.
    """

    def __init__(self, facts: Facts, members: list[NetworkMember | EstimatorMember]):
        self.facts, self.members = facts, members
        self.signature = Signature.from_json(facts.signature)
        kind = PREPROCESSINGS[str(facts.preprocessing.get("kind"))]
        self.preprocessing: Preprocessing = kind.from_json(facts.preprocessing)

    @property
    def learner(self) -> str:
        """As it was typed: `cnn+shift`."""
        return self.facts.learner

    @property
    def classes_(self) -> np.ndarray:
        """(classes,) names in the order of `predict_proba`, numbers where all are whole numbers.

        Raises:
            AttributeError: if it predicts a quantity.
        """
        if not self.facts.classes:
            raise AttributeError("This model predicts a quantity, so it has no classes.")
        names = self.facts.classes
        return np.array([int(n) for n in names] if all(map(_is_whole, names)) else list(names))

    @property
    def expected(self) -> Expected | None:
        """How good it is expected to be on new data of this kind, with an interval."""
        return self.facts.expected

    @property
    def origin(self) -> Origin | None:
        """The comparison that it comes from, if there was one."""
        return self.facts.origin

    def predict(self, data: Any) -> np.ndarray:
        """(examples,) classes by name, or quantities, of new data.

        Args:
            data: of the kind that it was trained on: a path (a folder of images with or without
                labels, a table with or without its target), a data frame, a list of texts, an
                array, examples.

        Warns about what was filled, cut or resized.

        Raises:
            ValueError, LookupError: if they don't fit; one sentence.
        """
        values = self._expectation(data)
        return values if values.ndim == 1 else self.classes_[values.argmax(axis=1)]

    def predict_proba(self, data: Any) -> np.ndarray:
        """(examples, classes) calibrated probabilities, in the order of `classes_`.

        Raises:
            ValueError, LookupError: if the data don't fit, or the model predicts a quantity.
        """
        if not self.facts.classes:
            raise ValueError("This model predicts a quantity; use predict.")
        return self._expectation(data)

    def _expectation(self, data: Any) -> np.ndarray:
        inputs = self.inputs(data)
        for note in inputs.notes:
            warnings.warn(note, stacklevel=3)
        return self.expectation(inputs)

    def inputs(self, data: Any) -> NewInputs:
        """New data as the learner reads them, see `predict`.

        Raises:
            ValueError, LookupError: if they don't fit.
        """
        inputs = new_inputs(self.preprocessing, data)
        if inputs.inputs.shape[1:] != self.signature.input_shape:
            raise ValueError(
                f"This model reads inputs of shape {self.signature.input_shape}, but these have "
                f"{inputs.inputs.shape[1:]}."
            )
        if note := self._scale_note(inputs.inputs):
            return dataclasses.replace(inputs, notes=(*inputs.notes, note))
        return inputs

    def _feature_note(self, inputs: np.ndarray, reader: Reader) -> str:
        """What to say where half of the values of a feature are far from those of training."""
        mean, std = (
            np.broadcast_to(v.numpy(), inputs.shape[1:]) for v in (reader.mean, reader.std)
        )
        away = np.abs(np.median(inputs, axis=0) - mean) / np.maximum(std, 1e-12)
        marks = (inputs.min(axis=0) >= 0) & (inputs.max(axis=0) <= 1)  # of categories
        worst = int(np.where(marks, 0, away).argmax())
        if away[worst] <= SAME_SCALE or not std[worst] or marks[worst]:
            return ""
        column = inputs[:, worst]
        return (
            f"The values of feature {worst + 1} go from {column.min():g} to {column.max():g}, but "
            f"those of training varied by {std[worst]:.3g} around {mean[worst]:.3g}; are they on "
            "another scale?"
        )

    def _scale_note(self, inputs: np.ndarray) -> str:
        """What to say where numbers are on another scale than those of training, or ""."""
        if self.signature.layout == "tokens" or not inputs.size:
            return ""
        reader = self.members[0].reader if self.members else None
        if reader is None:
            return ""
        if inputs.ndim == 2:
            return self._feature_note(inputs, reader)
        spread, expected = float(inputs.std()), float(reader.std.mean())
        if SAME_SCALE * spread >= expected and spread <= SAME_SCALE * expected:
            return ""
        around = float(reader.mean.mean())
        return (
            f"The values go from {inputs.min():g} to {inputs.max():g}, but those of training "
            f"varied by {expected:.3g} around {around:.3g}; are they on another scale?"
        )

    def expectation(self, inputs: NewInputs) -> np.ndarray:
        """(examples, classes) probabilities, or (examples,) quantities, the members' mean."""
        parts = [m.calibration.expectation(m.outputs(inputs.inputs)) for m in self.members]
        return parts[0] if len(parts) == 1 else np.mean(parts, axis=0)

    def save(self, folder: str | Path) -> Path:
        """Write the model into a folder of its own: JSON, safetensors, skops; never a pickle.

        Raises:
            ValueError: if the folder holds something that isn't a model of ours.
        """
        from priorscope.fitted.storage import save

        check_path("folder", folder)
        return save(self, Path(folder))

    @classmethod
    def load(
        cls,
        folder: str | Path,
        *,
        include: str | Path | list[str | Path] | tuple[str | Path, ...] = (),
        trusted: list[str] | tuple[str, ...] = (),
        module: Any = None,
    ) -> "FittedModel":
        """The model in a folder; nothing in it can run code.

        Args:
            folder: that `save` wrote.
            include: Python files with a learner of your own, which a model folder never holds.
            trusted: types of estimators beyond scikit-learn's that may be made.
            module: the class or instance of `nn.Module` that was the learner, if it was one.

        Raises:
            ValueError: if it isn't a model, is damaged, or needs what isn't trusted.
        """
        from priorscope.fitted.storage import load

        check_path("folder", folder)
        files = [include] if isinstance(include, str | Path) else list(include)
        return load(Path(folder), [Path(file) for file in files], tuple(trusted), module)

    def export_onnx(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write an ONNX file: prepared inputs in, probabilities or quantities out; checked.

        overwrite: replace the file, if it is there.

        Raises:
            ValueError: if it can't be exported, a file is there, or onnxruntime's outputs differ
                by more than 1e-4.
        """
        from priorscope.fitted.onnx_file import export

        check_path("path", path)
        return export(self, Path(path), overwrite)

    @property
    def target(self) -> Target:
        """What is predicted."""
        return self.signature.target

    def __repr__(self) -> str:
        return "\n".join(model_lines(msgspec.to_builtins(self.facts), len(self.members)))


def _is_whole(name: str) -> bool:
    return re.fullmatch(r"-?(0|[1-9][0-9]{0,16})", name) is not None
