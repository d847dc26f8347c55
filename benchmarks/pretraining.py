"""Pre-training end to end, data and masking included: ours next to transformers' Trainer.

    python benchmarks/pretraining.py TEXT.txt.gz --repeats 3

Both train BERT mini (4 blocks, width 256) on the same sequences of the same tokenizer, 15% of the
tokens masked in each epoch, dropout 0.1. Tokens/s count real tokens, special tokens included,
never padding. Needs `accelerate`, which the Trainer is built on.
"""

import tempfile
import warnings
from itertools import islice
from pathlib import Path

import accelerate
import cyclopts
import numpy as np
import torch
import transformers
from side_by_side import Contender, alternate, conditions, has_bfloat16_units, publish, table
from tokenizers import Tokenizer

from priorscope.bert.data.corpus_files import build_corpus
from priorscope.bert.data.masking import Masking, Subwords
from priorscope.bert.data.packing import Cursor, plan, read_batch
from priorscope.bert.data.spans import Spans
from priorscope.bert.model.heads import BertForMaskedLM
from priorscope.bert.model.shape import BertShape, bert_shape
from priorscope.bert.training.flops import masked_lm_flops
from priorscope.bert.training.step import train_step
from priorscope.text.reading import Lines
from priorscope.text.tokenizer import save_tokenizer, train_tokenizer
from priorscope.train.adamw import ClippedAdamW

COLUMNS, ROWS = 128, 32


class Ours:
    """The steps of `Pretrainer`, over one fixed set of sequences."""

    def __init__(self, source: Spans, tokenizer: Tokenizer, shape: BertShape, tokens: int):
        self.source, self.tokens = source, tokens
        self.subwords = Subwords.of(tokenizer)
        torch.manual_seed(0)
        self.networks = {
            dtype: BertForMaskedLM(shape).to(dtype).train()
            for dtype in (torch.float32, torch.bfloat16)
        }
        self.optimizers = {d: ClippedAdamW(network) for d, network in self.networks.items()}
        self.epoch = 0

    def read(self) -> list:
        """One epoch's batches."""
        self.epoch += 1
        return [
            read_batch(self.source, numbers, self.subwords, Masking(), 0, self.epoch)
            for numbers in plan(self.source, Cursor(self.epoch), self.tokens, seed=0)
        ]

    def epoch_of(self, dtype: torch.dtype) -> None:
        for batch in self.read():
            train_step(self.networks[dtype], self.optimizers[dtype], [batch], 1e-4)


def end_to_end(rows: list[list[int]]) -> list[list[int]]:
    """The same tokens in full rows: nothing is padded, but sequences see their neighbours."""
    tokens = [token for row in rows for token in row]
    return [tokens[start : start + COLUMNS] for start in range(0, len(tokens), COLUMNS)]


def theirs(rows: list[list[int]], folder: Path, shape: BertShape, full: bool, **options: object):
    """One epoch of the Trainer, as a function; `full` pads to 128, otherwise to the longest.

    In bfloat16 attention is eager: the fused kernel is many times slower on a CPU.
    """
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    data = [{"input_ids": row, "length": len(row)} for row in rows]
    if full:
        data = [tokenizer.pad(d, padding="max_length", max_length=COLUMNS) for d in data]
    config = transformers.BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.width,
        num_hidden_layers=shape.depth,
        num_attention_heads=shape.num_heads,
        intermediate_size=shape.mlp_width,
        max_position_embeddings=COLUMNS,
        attn_implementation="eager" if options.get("bf16") else "sdpa",
    )
    arguments = transformers.TrainingArguments(
        output_dir=str(folder / "trainer"),
        num_train_epochs=1,
        per_device_train_batch_size=ROWS,
        learning_rate=1e-4,
        report_to="none",
        save_strategy="no",
        logging_strategy="no",
        disable_tqdm=True,
        use_cpu=True,
        **options,
    )
    trainer = transformers.Trainer(
        model=transformers.BertForMaskedLM(config),
        args=arguments,
        train_dataset=data,
        data_collator=transformers.DataCollatorForLanguageModeling(tokenizer),
    )
    return trainer.train


def contenders(
    source: Spans,
    tokenizer: Tokenizer,
    shape: BertShape,
    folder: Path,
    tokens: int,
    half: bool,
) -> list[Contender]:
    ours = Ours(source, tokenizer, shape, tokens)
    packed = source.pack(np.arange(len(source)), 0)
    rows = [part.tolist() for part in np.split(packed.tokens, packed.offsets[1:-1])]
    grouped = {"train_sampling_strategy": "group_by_length"}
    timed = [
        Contender(
            "priorscope",
            f"float32, end to end, {tokens} tokens a step, fast GEMM",
            lambda: ours.epoch_of(torch.float32),
            fast_gemm=True,
        ),
        Contender(
            "Trainer",
            f"float32, padded to {COLUMNS}, {ROWS} rows a step",
            theirs(rows, folder, shape, full=True),
        ),
        Contender(
            "Trainer",
            "float32, grouped by length, padded to the longest, fast GEMM",
            theirs(rows, folder, shape, full=False, **grouped),
            fast_gemm=True,
        ),
        Contender(
            "Trainer",
            f"float32, packed into full rows of {COLUMNS} that see their neighbours, fast GEMM",
            theirs(end_to_end(rows), folder, shape, full=True),
            fast_gemm=True,
        ),
        Contender(
            "Trainer",
            "float32, packed into full rows, compiled, fast GEMM",
            theirs(end_to_end(rows), folder, shape, full=True, torch_compile=True),
            fast_gemm=True,
        ),
    ]
    if half:  # without units for it bfloat16 is a hundred times slower than float32
        timed += [
            Contender(
                "Trainer",
                "bfloat16 autocast, eager attention, grouped by length, fast GEMM",
                theirs(rows, folder, shape, full=False, bf16=True, **grouped),
                torch.bfloat16,
                fast_gemm=True,
            ),
            Contender(
                "priorscope",
                f"bfloat16, float32 masters, {tokens} tokens a step",
                lambda: ours.epoch_of(torch.bfloat16),
                torch.bfloat16,
                fast_gemm=True,
            ),
        ]
    # Last: not a way to train, but the share of ours that is spent on the data.
    return [*timed, Contender("reading alone", "pack and mask", ours.read)]


def main(
    text: Path,
    *,
    sequences: int = 512,
    batch_tokens: int = 4096,
    vocabulary: int = 8000,
    threads: int = 1,
    repeats: int = 3,
    out: Path | None = None,
) -> None:
    """Time one epoch over the first sequences of the text, all contenders in turns."""
    warnings.filterwarnings("ignore", category=FutureWarning)
    transformers.logging.set_verbosity_error()
    lines = list(islice(Lines([text]), 20_000))
    tokenizer = train_tokenizer(lines, vocabulary=vocabulary)
    shape = bert_shape("mini", tokenizer.get_vocab_size(), max_tokens=COLUMNS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        save_tokenizer(tokenizer, folder)
        corpus = build_corpus(lines[:sequences], tokenizer, folder / "corpus")
        source = Spans(corpus, np.arange(len(corpus.documents) - 1), COLUMNS, 2, 3)
        lengths = source.lengths(np.arange(len(source)))
        half = has_bfloat16_units(threads)
        timed = contenders(source, tokenizer, shape, folder, batch_tokens, half)
        alternate(timed, repeats, threads)
    *timed, reading = timed
    real = int(lengths.sum())
    flops = masked_lm_flops(shape, real, int((lengths**2).sum()), int(0.15 * real))
    versions = {"transformers": transformers.__version__, "accelerate": accelerate.__version__}
    publish(
        f"## Pre-training mini on {text.name}\n\n{conditions(threads, repeats, **versions)}\n\n"
        f"{len(source)} sequences, {real} real tokens (mean length {lengths.mean():.1f}), one "
        f"epoch a run.\n\n{table(timed, real, 'real tokens/s', flops)}\n\n"
        f"Reading, packing and masking alone: {reading.median:.3g} s, "
        f"{reading.median / timed[0].median:.2%} of ours.",
        out,
    )


if __name__ == "__main__":
    cyclopts.run(main)
