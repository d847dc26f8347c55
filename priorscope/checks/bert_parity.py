"""The same values give the same outputs and gradients in BERT here and in transformers."""

import dataclasses
import tempfile
from typing import Any, ClassVar

import torch
from torch import Tensor

from priorscope.bert.model.encoder import BertEncoder
from priorscope.bert.model.folder import ARCHITECTURES, load_bert
from priorscope.bert.model.heads import BertWithHead
from priorscope.bert.model.names import tensors_to_ours
from priorscope.checks import CHECKS, Check, CheckFigure
from priorscope.checks._parity import (
    CASES,
    Case,
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

SIZES = {"vocab_size": 31, "hidden_size": 24, "intermediate_size": 40, "num_hidden_layers": 2}


@CHECKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class BertParity(Check):
    """Every head, with padding and segments, read from the folder that transformers wrote."""

    needs: ClassVar[tuple[str, ...]] = ("transformers",)

    def judge(self, rows: Rows) -> list[CheckFigure]:
        transformers = quiet_transformers()
        figures = []
        for kind, name in ARCHITECTURES.items():
            for dtype in (torch.float32, torch.float64):
                differences = [beside(transformers, kind, case, dtype) for case in CASES]
                outputs, grads = (max(values) for values in zip(*differences, strict=True))
                figures += [figure(name, dtype, outputs)]
                figures += [figure(f"{name}, gradients", dtype, grads)]
        return figures


def beside(
    transformers: Any, kind: type[BertEncoder | BertWithHead], case: Case, dtype: torch.dtype
) -> tuple[float, float]:
    """Largest differences of the outputs and of the gradients."""
    config = transformers.BertConfig(
        **SIZES, num_attention_heads=case.num_heads, num_labels=3, attn_implementation="eager"
    )
    theirs: Any = randomise(getattr(transformers, ARCHITECTURES[kind])(config)).eval()
    with tempfile.TemporaryDirectory() as folder:
        theirs.save_pretrained(folder)
        ours = load_bert(folder, kind).to(dtype)
    theirs.to(dtype)
    ids, segments = inputs(case)
    mine = outputs_of(ours, ours(ids, segments, case.valid))
    result = theirs(
        input_ids=ids, token_type_ids=segments, attention_mask=case.valid.long(), return_dict=True
    )
    other = [result[key] for key in RESULTS[ARCHITECTURES[kind]]]
    for outputs in (mine, other):
        probe(outputs).backward()
    saved = gradients_as_saved(theirs)
    of_theirs = tensors_to_ours(saved, bare=kind is BertEncoder)
    return difference(mine, other), by_name(gradients(ours), of_theirs)


RESULTS = {
    "BertModel": ("last_hidden_state", "pooler_output"),
    "BertForMaskedLM": ("logits",),
    "BertForPreTraining": ("prediction_logits", "seq_relationship_logits"),
    "BertForSequenceClassification": ("logits",),
    "BertForTokenClassification": ("logits",),
}


def outputs_of(
    network: BertEncoder | BertWithHead, output: Tensor | tuple[Tensor, ...]
) -> list[Tensor]:
    """All outputs of the network, as a list."""
    if isinstance(network, BertEncoder):
        assert isinstance(output, Tensor)
        return [output, network.pool(output[:, 0])]
    return [output] if isinstance(output, Tensor) else list(output)


def inputs(case: Case) -> tuple[Tensor, Tensor]:
    """Token ids and segments; padding has id 0."""
    stream = torch_stream(0, "ids")
    shape = case.valid.shape
    ids = torch.randint(1, SIZES["vocab_size"], shape, generator=stream) * case.valid
    return ids, torch.randint(2, shape, generator=stream)
