"""The same values give the same outputs and gradients in ViT here and in transformers."""

import dataclasses
import tempfile
from typing import Any, ClassVar

import torch

from priorscope.checks import CHECKS, Check, CheckFigure
from priorscope.checks._parity import (
    by_name,
    difference,
    figure,
    gradients,
    gradients_as_saved,
    probe,
    quiet_transformers,
    randomise,
)
from priorscope.core.seeds import torch_stream
from priorscope.runs.experiment import Rows
from priorscope.vit.folder import load_vit
from priorscope.vit.names import huggingface_to_ours

CONFIGS = (  # batch, and what differs between the cases
    (3, {"image_size": [8, 12], "patch_size": 4, "num_channels": 2, "num_attention_heads": 3}),
    (1, {"image_size": 6, "patch_size": 2, "num_channels": 3, "num_attention_heads": 1}),
    (2, {"image_size": 4, "patch_size": 4, "num_channels": 1, "num_attention_heads": 4}),
)
SIZES = {"hidden_size": 24, "intermediate_size": 40, "num_hidden_layers": 2, "num_labels": 5}


@CHECKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class VitParity(Check):
    """With and without readout, read from the folder that transformers wrote."""

    needs: ClassVar[tuple[str, ...]] = ("transformers",)

    def judge(self, rows: Rows) -> list[CheckFigure]:
        transformers = quiet_transformers()
        figures = []
        for name in ("ViTModel", "ViTForImageClassification"):
            for dtype in (torch.float32, torch.float64):
                differences = [beside(transformers, name, *case, dtype) for case in CONFIGS]
                outputs, grads = (max(values) for values in zip(*differences, strict=True))
                figures += [figure(name, dtype, outputs)]
                figures += [figure(f"{name}, gradients", dtype, grads)]
        return figures


def beside(
    transformers: Any, name: str, batch: int, sizes: dict[str, Any], dtype: torch.dtype
) -> tuple[float, float]:
    """Largest differences of the outputs and of the gradients."""
    # Their "eager" attention takes the softmax in float32 whatever the network's dtype.
    config = transformers.ViTConfig(**SIZES, **sizes, attn_implementation="sdpa")
    theirs: Any = randomise(getattr(transformers, name)(config)).eval()
    with tempfile.TemporaryDirectory() as folder:
        theirs.save_pretrained(folder)
        ours = load_vit(folder).to(dtype)
    theirs.to(dtype)
    stream = torch_stream(0, "images")
    images = torch.randn(batch, *ours.shape.image, generator=stream).to(dtype)
    result = theirs(pixel_values=images.movedim(-1, 1), return_dict=True)
    if name == "ViTModel":
        mine = [ours.features(images), ours(images)]
        other = [result["last_hidden_state"], result["pooler_output"]]
    else:
        mine, other = [ours(images)], [result["logits"]]
    for outputs in (mine, other):
        probe(outputs).backward()
    of_theirs = huggingface_to_ours(gradients_as_saved(theirs))
    return difference(mine, other), by_name(gradients(ours), of_theirs)
