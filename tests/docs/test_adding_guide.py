"""The guide's files work as printed."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from priorscope import compare
from priorscope.checks import CHECKS
from priorscope.claims import CLAIMS
from priorscope.core.registry import include
from priorscope.core.signature import Signature
from priorscope.measures import MEASURES, measured
from priorscope.models import MODELS
from priorscope.structures import STRUCTURES, default_structures
from priorscope.targets.classes import Classes
from priorscope.tasks import TASKS
from priorscope.tracking import TRACKERS

GUIDE = (Path(__file__).parents[2] / "docs" / "adding.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE, flags=re.DOTALL)


@pytest.fixture(scope="module")
def included(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guide")
    files = {
        "moving_average": MODELS,
        "rings": TASKS,
        "negated": STRUCTURES,
        "confidence": MEASURES,
        "coin": CHECKS,
        "thirst": CLAIMS,
        "one_csv": TRACKERS,
    }
    for name, text in zip(files, BLOCKS, strict=True):
        path = folder / f"{name}.py"
        path.write_text(text, encoding="utf-8")
        include(path)
    yield folder
    for name, registry in files.items():  # other tests go through all that is registered
        del registry._classes[name.replace("_", "-")], sys.modules[name]


SERIES = Signature(input_shape=(6, 1), target=Classes(num_classes=3))


@pytest.mark.usefixtures("included")
def test_the_learner_sees_means_alone():
    network = MODELS["moving-average"](window=2).build(SERIES)
    x = torch.randn(2, 6, 1)
    swapped = x[:, [1, 0, 3, 2, 5, 4]]
    torch.testing.assert_close(network(x), network(swapped))
    with pytest.raises(ValueError, match="needs a series whose length 4 divides"):
        MODELS["moving-average"]().build(SERIES)


@pytest.mark.usefixtures("included")
def test_the_task_is_what_it_says():
    data = TASKS["rings"](num_train=200).load(1)
    radius = np.linalg.norm(data.inputs, axis=1)
    assert data.signature.layout == "vector"
    assert radius[data.targets == 1].mean() == pytest.approx(2, abs=0.08)  # 4 x 0.2 / sqrt(100)


@pytest.mark.usefixtures("included")
def test_the_measure_is_taken_with_the_others():
    signature = Signature(input_shape=(6, 1), target=Classes(num_classes=4))
    network = MODELS["linear"]().build(signature)
    for parameter in network.parameters():
        torch.nn.init.zeros_(parameter)
    rows = measured(network, torch.randn(20, 6, 1), signature)
    taken = {row["quantity"]: row["value"] for row in rows if row["measure"] == "confidence"}
    assert taken == pytest.approx({"mean": 0.25, "least": 0.25})
    assert MEASURES["confidence"].meaning().startswith("The probability that a network gives")


@pytest.mark.usefixtures("included")
def test_the_structure_is_removed_by_default_where_there_is_a_sign():
    image = Signature(input_shape=(8, 8, 1), target=Classes(num_classes=2))
    tokens = Signature(input_shape=(9,), target=Classes(num_classes=2), vocabulary=30)
    assert "values negated" in {s.caption for s in default_structures(image, "standard")}
    assert "negated" not in {s.label for s in default_structures(image, "quick")}
    assert "negated" not in {s.label for s in default_structures(tokens, "thorough")}
    x = np.ones((2, 8, 8, 1), dtype=np.uint8)
    assert (STRUCTURES["negated"]().apply(x, np.zeros(2, int), image, 0, "train")[0] == -1).all()


@pytest.mark.usefixtures("included")
def test_the_check_passes():
    assert all(figure.passed for figure in CHECKS["coin"]().answer())


@pytest.mark.usefixtures("included")
def test_the_claim_plans_paired_runs():
    plan = CLAIMS["thirst"]().plan()
    assert {run.size for run in plan.runs} == {60, 240}
    assert {run.repeat for run in plan.runs} == set(range(6))


@pytest.mark.usefixtures("included")
def test_the_tracker_gets_each_run_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("priorscope.report.page.write_report", lambda summary, folder: None)
    asked = {"learners": "linear", "structures": ["intact"], "repeats": 2, "steps": 2, "epochs": 0}
    asked |= {"workers": 0, "full_grid": True, "progress": False, "out": "out", "log": "one-csv"}
    for sizes in ([20, 40], [20, 40], [20, 40, 80]):
        compare("digits", sizes=sizes, **asked)
    lines = Path("out/tracking/runs.csv").read_text(encoding="utf-8").splitlines()
    runs = [line.split(",")[:4] for line in lines if line[0] != "#"]
    # 40 twice: once it is the last size, and once the next block begins there
    wanted = [["linear", "intact", n, repeat] for n in ("20", "40", "40", "80") for repeat in "01"]
    assert sorted(runs) == sorted(wanted)
