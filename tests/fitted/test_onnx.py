"""The ONNX file of a model gives what the model gives, for any number of examples."""

import json

import numpy as np
import pytest

from priorscope.core.estimate import Estimate
from priorscope.fitted import onnx_file
from priorscope.fitted.facts import Expected
from priorscope.fitted.fit import fit
from priorscope.tasks import Examples
from priorscope.train.recipe import Recipe, parse_learner

pytestmark = pytest.mark.filterwarnings("ignore")  # the exporter's own, of several packages

HALF = Estimate(center=0.5, low=0.25, high=0.75, n=3, method="made up")
EXPECTED = Expected(metric="accuracy", value=HALF, size=30)
STREAM = np.random.default_rng(0)
IMAGES = STREAM.integers(0, 256, (50, 6, 6, 2), dtype=np.uint8)


@pytest.fixture(scope="module", autouse=True)
def onnxruntime():
    """Imported by the tests alone, as it takes seconds."""
    pytest.importorskip("onnxscript")
    return pytest.importorskip("onnxruntime")


def model_of(text, quantity=False, seeds=1):
    y = IMAGES.mean(axis=(1, 2, 3)).astype(np.float64) if quantity else np.arange(50) % 2
    names = () if quantity else ("no", "yes")
    data = Examples(IMAGES[:40], y[:40], IMAGES[40:], y[40:], names)
    learner = parse_learner(text, Recipe(steps=3, epochs=0))
    return fit(data, learner, seeds=seeds, expected=EXPECTED)


@pytest.mark.parametrize(
    ("text", "quantity", "seeds"), [("cnn:width=4", False, 2), ("mlp", True, 1)]
)
def test_outputs_agree(text, quantity, seeds, tmp_path, onnxruntime):
    model = model_of(text, quantity, seeds)
    path = model.export_onnx(tmp_path / "m.onnx")
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    for count in (1, 7):
        new = IMAGES[:count]
        (given,) = session.run(None, {"inputs": new.astype(np.float32)})
        expected = model.predict(new) if quantity else model.predict_proba(new)
        np.testing.assert_allclose(given, expected, rtol=1e-4, atol=1e-4)
    facts = session.get_modelmeta().custom_metadata_map
    assert json.loads(facts["classes"]) == list(model.facts.classes)
    with pytest.raises(ValueError, match="onnx is there already"):  # it may have been worked on
        model.export_onnx(path)


def test_bert_is_exported_although_it_skips_padding(tmp_path):
    ids = STREAM.integers(1, 9, (50, 8)).astype(np.int32)
    ids[::3, 5:] = 0
    y = np.arange(50) % 2
    data = Examples(ids[:40], y[:40], ids[40:], y[40:], ("no", "yes"), vocabulary=9)
    learner = parse_learner("bert", Recipe(steps=1, epochs=0))
    model = fit(data, learner, expected=EXPECTED)
    assert model.export_onnx(tmp_path / "m.onnx").is_file()  # which compares the outputs


def test_what_differs_is_not_written(tmp_path, monkeypatch):
    model = model_of("linear")
    monkeypatch.setattr(onnx_file, "TOLERANCE", 0.0)
    with pytest.raises(ValueError, match=r"differs from the model by .* it isn't written"):
        model.export_onnx(tmp_path / "m.onnx")
    assert list(tmp_path.iterdir()) == []


def test_estimators_and_other_files_are_refused(tmp_path):
    with pytest.raises(ValueError, match="forest:n_estimators=2 trains itself, and only networks"):
        model_of("forest:n_estimators=2").export_onnx(tmp_path / "m.onnx")
    (tmp_path / "mine.onnx").write_bytes(b"mine")
    model = model_of("linear")
    with pytest.raises(ValueError, match="add --overwrite"):
        model.export_onnx(tmp_path / "mine.onnx")
    assert (tmp_path / "mine.onnx").read_bytes() == b"mine"
    path = model.export_onnx(tmp_path / "mine.onnx", overwrite=True)
    assert path == tmp_path / "mine.onnx"
    assert path.read_bytes() != b"mine"
