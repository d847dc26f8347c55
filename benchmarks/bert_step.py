"""One training step of BERT, next to transformers: forward, backward, clip, AdamW.

Ours is the step that `priorscope pretrain` takes. Both train the same network on the same
sequences, 15% of the tokens masked, dropout 0.1. The peer
takes (rows, 128) ids with an attention mask, as its data collator makes them; ours takes the
tokens end to end. Tokens/s count real tokens, never padding.

    python benchmarks/bert_step.py --size base --repeats 5
"""

import dataclasses
from pathlib import Path
from typing import Literal

import cyclopts
import numpy as np
import torch
import transformers
from side_by_side import Contender, alternate, conditions, has_bfloat16_units, publish, table
from torch import Tensor

from priorscope.bert.data.packing import MaskedBatch
from priorscope.bert.model.heads import BertForMaskedLM
from priorscope.bert.model.names import tensors_to_theirs
from priorscope.bert.model.shape import BertShape
from priorscope.bert.training.flops import masked_lm_flops
from priorscope.bert.training.step import loss_sums, train_step
from priorscope.train.adamw import ClippedAdamW

COLUMNS = 128
SHAPES = {
    "base": BertShape(max_tokens=COLUMNS),
    "small": BertShape(
        vocabulary=8_000, width=256, depth=4, num_heads=4, mlp_width=1024, max_tokens=COLUMNS
    ),
}
ROWS = {"base": 8, "small": 32}


@dataclasses.dataclass
class Batch:
    """The same sequences for both: (rows, 128) with padding, and end to end."""

    ids: Tensor
    valid: Tensor
    labels: Tensor  # -100 where nothing is to be predicted
    lengths: list[int]

    def columns(self, count: int) -> "Batch":
        """The first columns alone."""
        parts = (part[:, :count].contiguous() for part in (self.ids, self.valid, self.labels))
        return Batch(*parts, self.lengths)

    def flat(self) -> MaskedBatch:
        """Ours, as `read_batch` gives it."""
        valid = self.valid.bool().numpy()
        tokens, labels = self.ids.numpy()[valid], self.labels.numpy()[valid]
        positions = np.flatnonzero(labels >= 0)
        offsets = np.concatenate([[0], np.cumsum(self.lengths)])
        return MaskedBatch(tokens, offsets, positions, labels[positions])


def batch_of(lengths: list[int], vocabulary: int, seed: int) -> Batch:
    """Random tokens, 15% of them masked by id 4."""
    stream = np.random.default_rng(seed)
    shape = (len(lengths), COLUMNS)
    valid = np.arange(COLUMNS) < np.array(lengths)[:, None]
    ids = np.where(valid, stream.integers(5, vocabulary, shape), 0)
    masked = valid & (stream.random(shape) < 0.15)
    labels = np.where(masked, ids, -100)
    ids = np.where(masked, 4, ids)
    return Batch(*(torch.from_numpy(a.astype(np.int64)) for a in (ids, valid, labels)), lengths)


def real_lengths(rows: int, mean: float, seed: int) -> list[int]:
    """Sequence lengths as short texts have them: gamma with shape 4, within 5 and 128."""
    drawn = np.random.default_rng(seed).gamma(4, mean / 4, rows)
    return [int(length) for length in drawn.clip(5, COLUMNS)]


def ours(shape: BertShape, batch: Batch, dtype: torch.dtype, where: str) -> Contender:
    torch.manual_seed(0)
    network = BertForMaskedLM(shape).to(dtype).train()
    optimizer = ClippedAdamW(network)
    masters = ", float32 masters" if dtype == torch.bfloat16 else ""
    return Contender(
        "priorscope",
        f"{name_of(dtype)}{masters}, {where}, fast GEMM",
        lambda: train_step(network, optimizer, [batch.flat()], 1e-4),
        dtype,
        fast_gemm=True,
    )


def theirs(
    shape: BertShape,
    batch: Batch,
    dtype: torch.dtype,
    where: str,
    *,
    fast_gemm: bool = False,
    fused: bool = False,
) -> Contender:
    torch.manual_seed(0)
    network = transformers.BertForMaskedLM(config_of(shape)).to(dtype).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4, fused=fused or None)

    def step() -> Tensor:
        optimizer.zero_grad()
        loss = network(input_ids=batch.ids, attention_mask=batch.valid, labels=batch.labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        return loss.detach()

    gemm = "fast GEMM" if fast_gemm else "default GEMM"
    kind = f"{name_of(dtype)}, {where}, {gemm}, {'fused' if fused else 'default'} AdamW"
    return Contender("transformers", kind, step, dtype, fast_gemm)


def config_of(shape: BertShape, dropout: float = 0.1) -> transformers.BertConfig:
    return transformers.BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.width,
        num_hidden_layers=shape.depth,
        num_attention_heads=shape.num_heads,
        intermediate_size=shape.mlp_width,
        max_position_embeddings=shape.max_tokens,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
    )


def name_of(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def loss_difference(shape: BertShape, batch: Batch) -> float:
    """|our loss - theirs| for the same weights without dropout, float32."""
    network = BertForMaskedLM(dataclasses.replace(shape, dropout=0.0, attention_dropout=0.0))
    peer = transformers.BertForMaskedLM(config_of(shape, dropout=0.0))
    peer.load_state_dict(tensors_to_theirs(network.state_dict()), strict=False)
    with torch.no_grad():
        expected = peer(input_ids=batch.ids, attention_mask=batch.valid, labels=batch.labels)
        sums = loss_sums(network, batch.flat())
        return (sums.loss / sums.tokens - expected.loss).abs().item()


def compare(
    title: str, contenders: list[Contender], shape: BertShape, batch: Batch, threads: int, n: int
) -> str:
    """Time them and write the section."""
    alternate(contenders, n, threads)
    tokens, predictions = sum(batch.lengths), int((batch.labels >= 0).sum())
    squared = sum(length**2 for length in batch.lengths)
    flops = masked_lm_flops(shape, tokens, squared, predictions)
    facts = (
        f"{len(batch.lengths)} rows, {tokens} real tokens (mean length "
        f"{tokens / len(batch.lengths):.0f}), {predictions} predicted, "
        f"{flops / 1e9:.1f} GFLOP of use."
    )
    shown = table(contenders, tokens, "real tokens/s", flops)
    return f"### {title}\n\n{facts}\n\n{shown}\n"


def main(
    *,
    size: Literal["base", "small"] = "small",
    repeats: int = 5,
    threads: int = 1,
    mean_length: float = 40,
    seed: int = 0,
    out: Path | None = None,
) -> None:
    """Compare one size in four ways: real lengths and full rows, float32 and bfloat16."""
    shape, rows = SHAPES[size], ROWS[size]
    single, half = torch.float32, torch.bfloat16
    torch.set_num_threads(threads)
    ragged = batch_of(real_lengths(rows, mean_length, seed), shape.vocabulary, seed)
    full = batch_of([COLUMNS] * rows, shape.vocabulary, seed)
    longest = max(ragged.lengths)
    padded, packed, whole = f"padded to {COLUMNS}", "end to end", f"full rows of {COLUMNS}"
    difference = loss_difference(shape, ragged)
    parts = [
        f"## BERT {size}: width {shape.width}, {shape.depth} blocks, vocabulary {shape.vocabulary}",
        conditions(threads, repeats, transformers=transformers.__version__),
        f"Same weights, dropout 0, float32: the two losses differ by {difference:.1e} nats.",
    ]

    def add(title: str, batch: Batch, contenders: list[Contender]) -> None:
        parts.append(compare(title, contenders, shape, batch, threads, repeats))
        publish("\n\n".join(parts), out)

    trimmed = ragged.columns(longest)
    add(
        "Real lengths, float32",
        ragged,
        [
            ours(shape, ragged, single, packed),
            theirs(shape, ragged, single, padded),
            theirs(shape, ragged, single, padded, fast_gemm=True),
            theirs(shape, trimmed, single, f"padded to the longest, {longest}"),
        ],
    )
    add(
        "Full rows, float32: the peer at its best",
        full,
        [
            ours(shape, full, single, whole),
            theirs(shape, full, single, whole, fast_gemm=True, fused=True),
        ],
    )
    if not has_bfloat16_units(threads):
        parts.append(
            "bfloat16 is skipped: on this CPU its matrix products are slower than float32's, so "
            "nobody would train in it here."
        )
        publish("\n\n".join(parts), out)
        return
    add(
        "Real lengths, bfloat16",
        ragged,
        [ours(shape, ragged, half, packed), theirs(shape, ragged, half, padded)],
    )
    add(
        "Full rows, bfloat16: the peer at its best",
        full,
        [ours(shape, full, half, whole), theirs(shape, full, half, whole, fused=True)],
    )


if __name__ == "__main__":
    cyclopts.run(main)
