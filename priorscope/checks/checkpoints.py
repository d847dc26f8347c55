"""A saved network comes back bit for bit."""

import dataclasses
import tempfile

import torch
from torch import nn

from priorscope.bert.model.folder import load_bert, save_bert
from priorscope.bert.model.heads import (
    BertForPreTraining,
    BertForSequenceClassification,
    BertWithHead,
)
from priorscope.bert.model.shape import BertShape
from priorscope.checks import CHECKS, Check, CheckFigure
from priorscope.checks._parity import randomise
from priorscope.runs.experiment import Rows
from priorscope.vit.folder import load_vit, save_vit
from priorscope.vit.network import VisionTransformer
from priorscope.vit.shape import VitShape

BERT = BertShape(vocabulary=31, width=24, depth=2, num_heads=3, mlp_width=40, max_tokens=9)
VIT = VitShape(
    image=(8, 12, 2),
    patch=(4, 4),
    width=24,
    depth=2,
    num_heads=3,
    mlp_width=40,
    num_classes=5,
)


@CHECKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Checkpoints(Check):
    """Save and load folders of BERT and ViT."""

    def judge(self, rows: Rows) -> list[CheckFigure]:
        networks = [
            BertForPreTraining(BERT),
            BertForSequenceClassification(BERT, 4),
            VisionTransformer(VIT),
        ]
        return [
            CheckFigure(f"tensors of {type(n).__name__} that changed", changed_tensors(n), 0.0, 0.0)
            for n in networks
        ]


def changed_tensors(network: BertWithHead | VisionTransformer) -> float:
    """How many tensors differ, or are in one network alone, after saving and loading."""
    randomise(network)
    with tempfile.TemporaryDirectory() as folder:
        back = _saved_and_loaded(network, folder)
    before, after = network.state_dict(), back.state_dict()
    names = before.keys() | after.keys()
    changed = [
        name
        for name in names
        if name not in before or name not in after or not torch.equal(before[name], after[name])
    ]
    return float(len(changed))


def _saved_and_loaded(network: BertWithHead | VisionTransformer, folder: str) -> nn.Module:
    if isinstance(network, VisionTransformer):
        save_vit(network, folder)
        return load_vit(folder)
    save_bert(network, folder)
    return load_bert(folder, type(network))
