"""Whether a sequence in a packed batch gets the outputs that it gets alone."""

import dataclasses

import torch

from priorscope.bert.model.heads import BertForMaskedLM
from priorscope.bert.model.shape import BertShape
from priorscope.checks import CHECKS, Check, CheckFigure
from priorscope.core.seeds import global_seed, torch_stream
from priorscope.nn.sequences import Sequences
from priorscope.runs.experiment import Rows

_LENGTHS = [1, 2, 7, 7, 31, 64, 3, 12]
# About 100 roundings of 6e-8 (float32) or 1e-16 (float64), and a factor of ten.
_LIMITS = {torch.float32: 1e-5, torch.float64: 1e-10}


@CHECKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Packing(Check):
    """Logits of every token, packed and alone, and of masked tokens computed without the rest."""

    def judge(self, rows: Rows) -> list[CheckFigure]:
        return [figure for dtype in _LIMITS for figure in _figures(dtype)]


@torch.no_grad()
def _figures(dtype: torch.dtype) -> list[CheckFigure]:
    shape = BertShape(vocabulary=50, width=24, depth=2, num_heads=3, mlp_width=48, max_tokens=64)
    with global_seed(0, "packing"):
        network = BertForMaskedLM(shape).to(dtype).eval()
    stream = torch_stream(0, "words")
    ids = torch.randint(50, (sum(_LENGTHS),), generator=stream)
    sequences, table = Sequences.of_lengths(_LENGTHS), network.bert.embeddings.tokens.weight
    packed = network.tokens(network.bert.outputs_at(None, ids, sequences), table)
    alone = torch.cat([network(part[None])[0] for part in ids.split(_LENGTHS)])
    some = torch.arange(len(ids))[torch.rand(len(ids), generator=stream) < 0.3]
    chosen = network.tokens(network.bert.outputs_at(some, ids, sequences), table)
    name, most = str(dtype).removeprefix("torch."), _LIMITS[dtype]
    return [
        CheckFigure(f"packed against alone, {name}", _difference(packed, alone), 0.0, most),
        CheckFigure(
            f"masked tokens against all, {name}", _difference(chosen, alone[some]), 0.0, most
        ),
    ]


def _difference(a: torch.Tensor, b: torch.Tensor) -> float:
    return (a - b).abs().max().item()
