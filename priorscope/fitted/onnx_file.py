"""A fitted model as ONNX, checked against onnxruntime on inputs like those of training."""

import contextlib
import json
import logging
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import torch
from torch import Tensor, nn

from priorscope.core.files import refuse_existing, whole
from priorscope.core.signature import Signature
from priorscope.fitted.member import NetworkMember
from priorscope.fitted.model import FittedModel
from priorscope.train.inputs import Reader

TOLERANCE = 1e-4
CHECKED = (5, 1)  # examples of the batches that are compared
INPUT, OUTPUT = "inputs", "outputs"


def export(model: FittedModel, path: Path, overwrite: bool = False) -> Path:
    """See `FittedModel.export_onnx`."""
    onnx, runtime = _packages()
    refuse_existing(path, "--onnx", overwrite=overwrite)
    if not all(isinstance(member, NetworkMember) for member in model.members):
        raise ValueError(
            f"{model.learner} trains itself, and only networks are exported as ONNX; choose a "
            "network, or keep the model's folder."
        )
    network = _Whole(model).eval()
    content = _converted(network, model, _examples(model, CHECKED[0]))
    labelled = _with_metadata(onnx, content, model)
    _compare(runtime, labelled, network, model)
    with whole(path) as part:
        part.write_bytes(labelled)
    return path


class _Standardised(nn.Module):
    """One member: standardises, predicts, calibrates."""

    def __init__(self, member: NetworkMember, model: FittedModel):
        super().__init__()
        self.network, self.reader = member.network, member.reader
        for name, value in member.reader.statistics.items():
            self.register_buffer(name, value)
        state = member.calibration.state()
        self.is_quantity = model.target.name() == "quantity"
        self.layout = model.signature.layout
        if self.is_quantity:
            shrunk = state["shrink"] if state["mixture"] <= 0.5 else 0.0
            centre = 0.0 if state["mixture"] <= 0.5 else state["density_location"]
            self.scale = state["std"] * shrunk
            self.bias = state["mean"] + state["std"] * centre
        else:
            self.temperature, self.mixture = state["temperature"], state["mixture"]
            self.register_buffer("shares", torch.tensor(state["shares"], dtype=torch.float32))

    def forward(self, inputs: Tensor) -> Tensor:
        """(batch, *input_shape) -> (batch, classes) or (batch,)."""
        outputs = self.network(self._read(inputs))
        if self.is_quantity:
            return outputs.squeeze(-1) * self.scale + self.bias
        softened = (outputs / self.temperature).softmax(dim=-1)
        return (1 - self.mixture) * softened + self.mixture * self.get_buffer("shares")

    def _read(self, inputs: Tensor) -> Tensor:
        if self.layout == "tokens":
            return inputs
        reader = Reader.restored(
            self.reader.signature,
            self.reader.recipe,
            self.get_buffer("mean"),
            self.get_buffer("std"),
        )
        return reader(inputs)


class _Whole(nn.Module):
    """The mean of all members."""

    def __init__(self, model: FittedModel):
        super().__init__()
        self.members = nn.ModuleList(
            _Standardised(m, model) for m in model.members if isinstance(m, NetworkMember)
        )

    def forward(self, inputs: Tensor) -> Tensor:
        """See `_Standardised`."""
        return torch.stack([member(inputs) for member in self.members]).mean(dim=0)


@contextlib.contextmanager
def _quiet_exporter() -> Iterator[None]:
    """Without what torch's exporter says of its future, and of torchvision."""
    logger = logging.getLogger("torch.onnx")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)


def _converted(network: nn.Module, model: FittedModel, inputs: np.ndarray) -> bytes:
    """The ONNX file's bytes, with a free number of examples."""
    with tempfile.TemporaryDirectory(prefix="priorscope-") as folder, _quiet_exporter():
        file = Path(folder) / "model.onnx"
        try:
            torch.onnx.export(
                network,
                (torch.from_numpy(inputs),),
                file,
                input_names=[INPUT],
                output_names=[OUTPUT],
                dynamic_shapes={INPUT: {0: torch.export.Dim.DYNAMIC}},
                external_data=False,
                verbose=False,
                dynamo=True,
            )
        except Exception as error:  # whatever an operation without ONNX makes of the exporter
            reason = str(error).strip().splitlines()[:1] or [type(error).__name__]
            raise ValueError(
                f"{model.learner} can't be exported as ONNX with torch {torch.__version__}: "
                f"{reason[0][:300]}"
            ) from error
        return file.read_bytes()


def _with_metadata(onnx: ModuleType, content: bytes, model: FittedModel) -> bytes:
    """The same file, saying what it is: classes, learner, what its inputs are."""
    loaded = onnx.load_model_from_string(content)
    loaded.producer_name = "priorscope"
    facts = {
        "learner": model.learner,
        "classes": json.dumps(list(model.facts.classes)),
        "inputs": json.dumps(model.facts.signature),
    }
    for key, value in facts.items():
        entry = loaded.metadata_props.add()
        entry.key, entry.value = key, value
    return loaded.SerializeToString()


def _compare(runtime: ModuleType, content: bytes, network: nn.Module, model: FittedModel) -> None:
    """Refuse a file whose outputs differ, from the network's or from the model's own."""
    session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    for count in CHECKED:
        inputs = _examples(model, count)
        given = session.run([OUTPUT], {INPUT: inputs})[0]
        parts = [m.calibration.expectation(m.outputs(inputs)) for m in model.members]
        expected = np.mean(parts, axis=0)
        scale = 1.0 if model.facts.classes else max(float(np.abs(expected).max()), 1e-12)
        worst = float(np.abs(given - expected).max()) / scale
        if not worst <= TOLERANCE:
            raise ValueError(
                f"The ONNX file of {model.learner} differs from the model by {worst:.2g}, more "
                f"than {TOLERANCE:g}; it isn't written."
            )


def _examples(model: FittedModel, count: int) -> np.ndarray:
    """Inputs like those of training: around the means, or token ids with padding at the end."""
    signature: Signature = model.signature
    stream, shape = np.random.default_rng(0), (count, *signature.input_shape)
    if signature.vocabulary is not None:
        ids = stream.integers(1, signature.vocabulary, shape).astype(np.int64)
        ids[:, -(shape[1] // 4) :] = 0
        return ids
    reader = model.members[0].reader
    values = reader.mean.numpy() + reader.std.numpy() * stream.standard_normal(shape)
    if signature.padded:
        values[..., -1] = 1.0
    return values.astype(np.float32)


def _packages() -> tuple[ModuleType, ModuleType]:
    try:
        import onnx
        import onnxruntime
        import onnxscript  # noqa: F401  (torch's exporter needs it)
    except ImportError as error:
        raise ValueError(f"ONNX needs {error.name}: pip install 'priorscope[onnx]'.") from None
    return onnx, onnxruntime
