"""The guide's files work as printed."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from priorscope.models import MODELS
from priorscope.registry import include
from priorscope.signature import Signature
from priorscope.tasks import TASKS

GUIDE = (Path(__file__).parents[2] / "docs" / "adding.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE, flags=re.DOTALL)


@pytest.fixture(scope="module")
def included(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guide")
    for name, text in zip(("moving_average", "rings"), BLOCKS, strict=True):
        path = folder / f"{name}.py"
        path.write_text(text, encoding="utf-8")
        include(path)


@pytest.mark.usefixtures("included")
def test_the_learner_sees_means_alone():
    network = MODELS["moving-average"](window=2).build(Signature(input_shape=(6, 1), num_classes=3))
    x = torch.randn(2, 6, 1)
    swapped = x[:, [1, 0, 3, 2, 5, 4]]
    torch.testing.assert_close(network(x), network(swapped))
    with pytest.raises(ValueError, match="needs a series whose length 4 divides"):
        MODELS["moving-average"]().build(Signature(input_shape=(6, 1), num_classes=3))


@pytest.mark.usefixtures("included")
def test_the_task_is_what_it_says():
    data = TASKS["rings"](num_train=200).load(1)
    radius = np.linalg.norm(data.inputs, axis=1)
    assert data.signature.layout == "vector"
    assert radius[data.targets == 1].mean() == pytest.approx(2, abs=0.08)  # 4 x 0.2 / sqrt(100)
