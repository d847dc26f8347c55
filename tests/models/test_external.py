import json

import pytest
import torch

from priorscope.bert.model.folder import save_bert
from priorscope.bert.model.heads import BertForSequenceClassification
from priorscope.bert.model.shape import BertShape
from priorscope.core.signature import Signature
from priorscope.models.external import External, fingerprint
from priorscope.targets.classes import Classes
from priorscope.vit.folder import save_vit
from priorscope.vit.network import VisionTransformer
from priorscope.vit.shape import VitShape

IMAGES = Signature(input_shape=(8, 12, 2), target=Classes(num_classes=3))
TEXTS = Signature(input_shape=(6,), target=Classes(num_classes=3), vocabulary=31)
OWN = """
from torch import nn

def build(signature):
    return nn.Sequential(nn.Flatten(), nn.Linear(8 * 12 * 2, signature.output_size))

def broken(signature):
    return 7
"""


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(OWN)
    return path


def test_a_function_of_ones_own_file_builds(own):
    network = External(source=f"{own}:build").build(IMAGES)
    assert network(torch.zeros(2, 8, 12, 2)).shape == (2, 3)


def test_images_are_resized_first(own):
    network = External(source=f"{own}:build", resolution=4)
    small = network.build(Signature(input_shape=(8, 12, 12), target=Classes(num_classes=3)))
    assert small(torch.ones(2, 8, 12, 12)).shape == (2, 3)  # 4 * 4 * 12 inputs


def test_changed_content_is_another_learner(own):
    config = External.of(f"{own}:build")
    assert External.from_options({"source": f"{own}:build"}) == config
    config.build(IMAGES)
    own.write_text(OWN + "\n# another")
    assert External.of(f"{own}:build").digest != config.digest
    with pytest.raises(ValueError, match="has changed since this run was planned"):
        config.build(IMAGES)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("resnet18", "A source is timm:NAME, hf:FOLDER or FILE.py:FUNCTION, but it is 'resnet18'"),
        ("{own}:nothing", "has no function 'nothing'"),
        ("{own}:broken", "must return a torch.nn.Module, but it returned a int"),
        ("nowhere.py:build", "which is no file"),
        ("hf:nowhere", "must be a folder with config.json"),
    ],
)
def test_what_cannot_be_built_is_refused(own, source, message):
    with pytest.raises(ValueError, match=message):
        External(source=source.format(own=own)).build(IMAGES)


def test_a_file_that_fails_says_why(tmp_path):
    path = tmp_path / "fails.py"
    path.write_text("1 / 0")
    with pytest.raises(ValueError, match="ZeroDivisionError: division by zero"):
        External(source=f"{path}:build").build(IMAGES)
    with pytest.raises(ValueError, match="which is no file"):
        fingerprint(f"{tmp_path}/absent.py:build")
    with pytest.raises(ValueError, match=r"A source is timm:NAME"):
        fingerprint("")


def test_hugging_face_folders_are_learners(tmp_path):
    pytest.importorskip("transformers", reason="transformers is not installed")
    shape = BertShape(vocabulary=31, width=24, depth=1, num_heads=3, mlp_width=40, max_tokens=9)
    bert = BertForSequenceClassification(shape, 3).eval()
    save_bert(bert, tmp_path / "bert")
    ids = torch.randint(1, 31, (2, 6))
    ids[0, 4:] = 0
    network = External(source=f"hf:{tmp_path / 'bert'}").build(TEXTS)
    assert network.training
    expected = bert(ids, None, ids != 0)
    torch.testing.assert_close(network.eval()(ids), expected, atol=1e-5, rtol=0)

    vit_shape = VitShape(
        image=(8, 12, 2),
        patch=(4, 4),
        width=24,
        depth=1,
        num_heads=3,
        mlp_width=40,
        num_classes=3,
    )
    vit = VisionTransformer(vit_shape).eval()
    save_vit(vit, tmp_path / "vit")
    images = torch.randn(2, 8, 12, 2)
    network = External(source=f"hf:{tmp_path / 'vit'}").build(IMAGES).eval()
    torch.testing.assert_close(network(images), vit(images), atol=1e-5, rtol=0)
    vector = Signature(input_shape=(5,), target=Classes(num_classes=2))
    with pytest.raises(ValueError, match="reads image inputs, but this task gives a vector"):
        External(source=f"hf:{tmp_path / 'vit'}").build(vector)


def test_python_in_a_model_folder_is_never_run(tmp_path, monkeypatch):
    harmed = tmp_path / "harmed"
    folder = tmp_path / "model"
    folder.mkdir()
    code = f"import pathlib\npathlib.Path({str(harmed)!r}).touch()\n"
    (folder / "code.py").write_text(code)
    auto_map = {"AutoConfig": "code.Odd", "AutoModelForImageClassification": "code.Odd"}
    config = {"model_type": "odd", "auto_map": auto_map}
    (folder / "config.json").write_text(json.dumps(config))
    monkeypatch.setattr("builtins.input", lambda *_: "y")  # what a hasty user would answer
    with pytest.raises(ValueError, match="is never run"):
        External(source=f"hf:{folder}").build(IMAGES)
    assert not harmed.exists()


def test_a_file_that_ends_the_program_is_a_fault_of_the_file(tmp_path):
    (tmp_path / "ends.py").write_text("import sys\nsys.exit(0)\n")
    with pytest.raises(ValueError, match=r"ends\.py failed: SystemExit"):
        External(source=f"{tmp_path / 'ends.py'}:build").build(IMAGES)
