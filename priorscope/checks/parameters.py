"""Networks of published sizes have exactly the published number of parameters."""

import dataclasses

import torch
from torch import nn

from priorscope.bert.model.encoder import BertEncoder
from priorscope.bert.model.shape import Size, bert_shape
from priorscope.checks import CHECKS, Check, CheckFigure
from priorscope.runs.experiment import Rows
from priorscope.vit.network import VisionTransformer
from priorscope.vit.shape import VitSize, vit_shape

# Devlin et al. 2019, uncased, 30,522 words, with the pooler: as google-research/bert's files hold.
BERT: dict[Size, int] = {"base": 109_482_240, "large": 335_141_888}
# Dosovitskiy et al. 2021, Touvron et al. 2021; patch 16, 224 pixels, 1000 classes: as in timm.
VIT: dict[VitSize, int] = {
    "tiny": 5_717_416,
    "small": 22_050_664,
    "base": 86_567_656,
    "large": 304_326_632,
}


@CHECKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Parameters(Check):
    """BERT-Base and Large; ViT-Ti, S, B and L at patch 16."""

    def judge(self, rows: Rows) -> list[CheckFigure]:
        figures = []
        with torch.device("meta"):  # shapes without memory
            for size, expected in BERT.items():
                figures.append(exactly(f"BERT {size}", BertEncoder(bert_shape(size)), expected))
            for size, expected in VIT.items():
                network = VisionTransformer(vit_shape(size))
                figures.append(exactly(f"ViT {size}, patch 16", network, expected))
        return figures


def exactly(name: str, network: nn.Module, expected: int) -> CheckFigure:
    """How many numbers training changes."""
    count = sum(p.numel() for p in network.parameters())
    return CheckFigure(name, float(count), float(expected), float(expected))
