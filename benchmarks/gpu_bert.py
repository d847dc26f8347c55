"""BERT-Base as a masked language model on one GPU, next to transformers with sdpa, compiled.

Full rows, bfloat16, dropout 0.1 outside the attention (FlashAttention for variable lengths takes
none), 15% of the tokens predicted, the vocabulary filled up to a multiple of 64 for both. Ours:
flat tokens; embeddings, blocks, and head with loss compiled each by itself; float32 masters;
attention by the kernel for variable lengths, for rows (flash), or by cuDNN's; "twice" is rows and
twice the tokens a batch; "graph" the whole step as one CUDA graph; "chunks" decodes some of the
masked tokens at a time; they may be joined, graph+chunks. The peer: pure bfloat16, compiled whole,
fused AdamW.

    python benchmarks/gpu_bert.py --lengths 128,512 --tokens 65536

Without a GPU it runs a tiny network on the CPU to show that both sides work, and says what it
skips.
"""

import contextlib
import dataclasses
import math
import statistics
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import cyclopts
import numpy as np
import torch
import transformers
from gpu_part import turn
from side_by_side import publish
from torch import Tensor

from priorscope.bert.data.packing import MaskedBatch
from priorscope.bert.model.heads import BertForMaskedLM
from priorscope.bert.model.shape import BertShape
from priorscope.bert.training.flops import masked_lm_flops
from priorscope.bert.training.graphed import GraphedStep
from priorscope.bert.training.step import train_step
from priorscope.nn import ragged
from priorscope.nn.gemm import gemm_peak
from priorscope.train.adamw import ClippedAdamW

TINY = BertShape(
    vocabulary=512, width=128, depth=2, num_heads=2, mlp_width=512, attention_dropout=0.0
)
BASE = BertShape(vocabulary=30_528, attention_dropout=0.0)
Attention = Literal["rows", "cudnn", "variable"]
PREDICTED = 0.15  # of the words, exactly, so that compiled code sees one shape


def batch_of(shape: BertShape, length: int, tokens: int) -> MaskedBatch:
    """Full rows of random tokens."""
    stream = np.random.default_rng(0)
    ids = stream.integers(5, shape.vocabulary, tokens // length * length)
    positions = np.sort(stream.permutation(len(ids))[: round(PREDICTED * len(ids))])
    targets = ids[positions]
    ids[positions] = 4
    return MaskedBatch(ids, np.arange(0, len(ids) + 1, length), positions, targets)


@contextlib.contextmanager
def attention(kind: Attention) -> Iterator[None]:
    """Which kernel our step uses; chosen when it is compiled."""
    before = ragged.EQUAL_ROWS_APART
    ragged.EQUAL_ROWS_APART = kind != "variable"
    torch.backends.cuda.enable_flash_sdp(kind != "cudnn")
    torch.backends.cuda.enable_mem_efficient_sdp(kind != "cudnn")
    torch.backends.cuda.enable_cudnn_sdp(kind == "cudnn")
    yield
    ragged.EQUAL_ROWS_APART = before
    torch.backends.cuda.enable_flash_sdp(True)
    torch.backends.cuda.enable_mem_efficient_sdp(True)
    torch.backends.cuda.enable_cudnn_sdp(True)


def ours(
    shape: BertShape, batch: MaskedBatch, device: torch.device, compiled: bool, kind: str
) -> Callable[[], Tensor]:
    parts = kind.split("+")
    kernels: Attention = "variable" if "variable" in parts else "rows"
    kernels = "cudnn" if "cudnn" in parts else kernels
    network = BertForMaskedLM(shape).to(device, torch.bfloat16).train()
    network.loss_in_chunks = "chunks" in parts
    if compiled:
        network.compile_training()
    optimizer = ClippedAdamW(network)
    graphed = None
    if "graph" in parts:
        longest = int(np.diff(batch.offsets).max())
        graphed = GraphedStep(network, optimizer, len(batch.tokens), longest)

    def step() -> Tensor:
        with attention(kernels):
            if graphed is None:
                return train_step(network, optimizer, [batch], 1e-4).loss
            loss = graphed(batch, 1e-4).loss
            assert graphed.captured, "the step isn't a graph"
            return loss

    return step


def theirs(
    shape: BertShape, batch: MaskedBatch, length: int, device: torch.device, compiled: bool
) -> Callable[[], Tensor]:
    config = transformers.BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.width,
        num_hidden_layers=shape.depth,
        num_attention_heads=shape.num_heads,
        intermediate_size=shape.mlp_width,
        max_position_embeddings=shape.max_tokens,
        attention_probs_dropout_prob=0.0,
        attn_implementation="sdpa",
    )
    network = transformers.BertForMaskedLM(config)
    network.to(device, torch.bfloat16).train()  # pyright: ignore[reportArgumentType]
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4, fused=True)
    if compiled:
        network.compile()
    ids = torch.from_numpy(batch.tokens).view(-1, length).to(device)
    labels = np.full_like(batch.tokens, -100)
    labels[batch.positions] = batch.targets
    labels = torch.from_numpy(labels).view(-1, length).to(device)

    def step() -> Tensor:
        optimizer.zero_grad()
        loss = network(input_ids=ids, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        return loss.detach()

    return step


def held_bytes() -> int:
    """On the GPU at the moment; the highest is counted anew from here on."""
    if not torch.cuda.is_available():
        return 0
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    return torch.cuda.memory_allocated()


def seconds(step: Callable[[], Tensor], steps: int) -> float:
    """Wall time of one step, the mean of `steps` in a row."""
    start = time.perf_counter()
    for _ in range(steps - 1):
        step()
    loss = step().item()  # waits for the device
    elapsed = time.perf_counter() - start
    assert math.isfinite(loss)
    return elapsed / steps


def main(
    *,
    lengths: str = "128,512",
    tokens: int = 65_536,
    repeats: int = 3,
    steps: int = 6,
    compiled: bool = True,
    peer: bool = True,
    kinds: str = "rows,graph,graph+chunks",
    out: Path | None = None,
) -> None:
    """Time a step of all in turns.

    lengths: tokens of a row. tokens: of a batch. steps: timed together, `repeats` times.
    peer: whether to time transformers. kinds: of our step.
    """
    parts = []
    for length in map(int, lengths.split(",")):
        parts.append(compare(length, tokens, repeats, steps, compiled, peer, kinds.split(",")))
        publish("\n\n".join(parts), out)
        torch.compiler.reset()
        torch.cuda.empty_cache()


def compare(
    length: int,
    tokens: int,
    repeats: int,
    steps: int,
    compiled: bool,
    peer: bool,
    kinds: Sequence[str],
) -> str:
    """One length of rows, as a Markdown section."""
    has_gpu = torch.cuda.is_available()
    device, shape = torch.device("cuda" if has_gpu else "cpu"), BASE
    notes = []
    if not has_gpu:
        shape, tokens, repeats, steps, compiled = TINY, 4 * length, 1, 1, False
        notes.append(
            "No GPU here: skipped are BERT-Base, torch.compile, the GPU's attention and every "
            "speed that means something. A tiny network ran on the CPU on both sides:"
        )
    torch.manual_seed(0)
    shape = dataclasses.replace(shape, max_tokens=max(shape.max_tokens, length))
    batch = batch_of(shape, length, tokens)
    twice = batch_of(shape, length, 2 * tokens)
    times: dict[str, list[float]] = {}
    contenders: dict[str, Callable[[], Tensor]] = {}
    for name in [f"priorscope, {kind}" for kind in kinds] + ["transformers"] * peer:
        try:
            started, held = time.perf_counter(), held_bytes()
            if name == "transformers":
                step = theirs(shape, batch, length, device, compiled)
            else:
                kind = name.split(", ")[1]
                own = twice if "twice" in kind else batch
                step = ours(shape, own, device, compiled, kind)
            seconds(step, 4)  # compiles, warms up and captures
            took = time.perf_counter() - started
            peak = (torch.cuda.max_memory_allocated() - held) / 1e9 if has_gpu else math.nan
            notes.append(f"{name}: {took:.0f} s until warm, {peak:.1f} GB at most.")
            contenders[name], times[name] = step, []
        except Exception as error:  # one that fails doesn't stop the others
            traceback.print_exc()
            notes.append(f"{name} failed: {type(error).__name__}: {str(error)[:300]}")
        print(notes[-1], flush=True)
    with turn():
        for _ in range(repeats):
            for name, step in contenders.items():
                times[name].append(seconds(step, steps) / (2 if "twice" in name else 1))
        return "\n\n".join([report(shape, batch, length, times, device), *notes])


def report(
    shape: BertShape,
    batch: MaskedBatch,
    length: int,
    times: dict[str, list[float]],
    device: torch.device,
) -> str:
    """A Markdown section with speeds, the share of the peak and the conditions."""
    tokens, squared = len(batch.tokens), int((np.diff(batch.offsets) ** 2).sum())
    flops = masked_lm_flops(shape, tokens, squared, len(batch.positions))
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    peak = None
    if device.type == "cuda":
        peak = gemm_peak(torch.bfloat16, torch.get_num_threads(), size=8192, device="cuda")
    lines = [
        f"## BERT on {name}: rows of {length}, {tokens} tokens a batch, bfloat16",
        f"torch {torch.__version__}, transformers {transformers.__version__}, "
        f"n = {len(next(iter(times.values()), []))} alternating repeats, "
        f"{flops / 1e12:.3g} TFLOP of use a step"
        + ("." if peak is None else f", GEMM peak {peak / 1e12:.0f} TFLOP/s (8192, measured)."),
        f"| | s for {tokens} tokens, median (range) | tokens/s | share of GEMM peak |"
        "\n|---|---|--:|--:|",
    ]
    for who, measured in times.items():
        median = statistics.median(measured)
        share = "" if peak is None else f"{flops / median / peak:.0%}"
        spread = f"{min(measured):.4g} to {max(measured):.4g}"
        lines[-1] += f"\n| {who} | {median:.4g} ({spread}) | {tokens / median:,.0f} | {share} |"
    for who, measured in times.items():
        if who != "transformers" and "transformers" in times:
            pairs = zip(times["transformers"], measured, strict=True)
            lines.append(f"{who}: {statistics.median(b / a for b, a in pairs):.2f} × the peer.")
    return "\n\n".join(lines)


if __name__ == "__main__":
    cyclopts.run(main)
