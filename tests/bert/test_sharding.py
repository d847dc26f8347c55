"""A network divided among processes (FSDP2) learns what an undivided one does."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.distributed as dist

from priorscope.bert.data.packing import MaskedBatch
from priorscope.bert.model.heads import BertForMaskedLM, BertForPreTraining
from priorscope.bert.model.shape import BertShape
from priorscope.bert.training import resume
from priorscope.bert.training.held_out import evaluate
from priorscope.bert.training.pretraining import Pretraining
from priorscope.bert.training.processes import Processes
from priorscope.bert.training.sharding import ShardedBert, is_large
from priorscope.bert.training.step import train_step
from priorscope.core.seeds import numpy_stream
from priorscope.train.adamw import ClippedAdamW

SHAPE = {
    "vocabulary": 31, "width": 24, "depth": 2, "num_heads": 4, "mlp_width": 40, "max_tokens": 20,
    "dropout": 0.0, "attention_dropout": 0.0,
}  # fmt: skip
ALONE = Processes(sharded=True)


@pytest.fixture
def group():
    """A group of this process alone."""
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    yield
    dist.destroy_process_group()


def batch_of(lengths, masked=3, seed=0):
    stream = np.random.default_rng(seed)
    offsets = np.cumsum([0, *lengths])
    ids = stream.integers(1, 31, offsets[-1])
    at = np.sort(stream.permutation(offsets[-1])[: offsets[-1] // masked]) if masked else ids[:0]
    follows = stream.integers(0, 2, len(lengths))
    return MaskedBatch(ids, offsets, at, ids[at], stream.integers(0, 2, len(ids)), follows)


def network(kind, dtype):
    torch.manual_seed(0)
    return kind(BertShape(**SHAPE)).to(dtype).train()


@pytest.mark.usefixtures("group")
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("kind", [BertForMaskedLM, BertForPreTraining])
def test_one_process_is_the_undivided_network_bit_for_bit(kind, dtype, tmp_path):
    """Steps, the state, what resumes from it, the figures."""
    plain, divided = network(kind, dtype), network(kind, dtype)
    optimizer = ClippedAdamW(plain, weight_decay=0.1)
    sharded = ShardedBert(divided, ALONE, weight_decay=0.1)
    batches = [batch_of([9, 5, 12]), batch_of([4, 3], masked=0), batch_of([20, 2], seed=1)]
    for parts in (batches[:2], batches[2:]):  # a part without a masked token counts for nothing
        one = train_step(plain, optimizer, parts, 1e-2)
        other = train_step(divided, sharded.optimizer, parts, 1e-2, ALONE)
        assert float(one.loss) == float(other.loss)
        assert (one.right, one.tokens) == (other.right, other.tokens)
    expected, state = resume.state_of(plain, optimizer), sharded.state()
    assert state.keys() == expected.keys()
    assert all(torch.equal(state[name], tensor) for name, tensor in expected.items())
    assert evaluate(plain, batches[:1], 0.0) == evaluate(divided, batches[:1], 0.0)
    whole = sharded.whole_network()
    assert whole is not None
    for name, parameter in plain.float().state_dict().items():
        assert torch.equal(whole.state_dict()[name], parameter)
    facts = dict.fromkeys(resume.FACTS, 0)
    resume.save_state(tmp_path, expected, facts)
    again = ShardedBert(network(kind, dtype), ALONE, weight_decay=0.1)
    again.load_state(tmp_path)
    state = again.state()
    assert state.keys() == expected.keys()
    assert all(torch.equal(state[name], tensor) for name, tensor in expected.items())


def test_what_is_large():
    assert not is_large(torch.nn.Linear(10, 10), torch.device("cpu"))
    asked = Pretraining(parallel="fsdp", compile="off")
    assert (asked.parallel, asked.compile) == ("fsdp", "off")


ALL = """
import dataclasses, sys
from pathlib import Path
import torch
from priorscope.bert.data.corpus_files import open_corpus
from priorscope.bert.training.pretrainer import Pretrainer
from priorscope.bert.training.pretraining import Pretraining
from priorscope.bert.training.processes import joined_processes
from priorscope.text.tokenizer import load_tokenizer

torch.set_num_threads(1)
made, CPU = Path(sys.argv[1]), torch.device("cpu")
Pretrainer.save_every = 0.0  # after every step
settings = Pretraining.from_options(eval(sys.argv[2]))

class Killed(Exception):
    pass

def pretrain(folder, parallel, processes, until=None):
    folder.mkdir(exist_ok=True)
    own = dataclasses.replace(settings, parallel=parallel)
    corpus, tokenizer = open_corpus(made / "corpus"), load_tokenizer(made)
    trainer = Pretrainer(own, corpus, tokenizer, folder, CPU, processes)

    def after_step(progress, loss):
        if trainer.step == until:
            raise Killed

    try:
        trainer.run(lambda evaluation: None, after_step)
    except Killed:
        return
    network = trainer.whole_network()
    if processes.first:
        torch.save(network.state_dict(), folder / "network.pt")

with joined_processes(CPU) as processes:
    for first in ("ddp", "fsdp"):
        pretrain(made / first, first, processes)
    for first, then in (("ddp", "fsdp"), ("fsdp", "ddp")):
        pretrain(made / f"{first} {then}", first, processes, until=4)
        processes.wait()
        pretrain(made / f"{first} {then}", then, processes)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    from priorscope.bert.data.corpus_files import build_corpus
    from priorscope.text.tokenizer import save_tokenizer, train_tokenizer

    folder, stream = tmp_path_factory.mktemp("text"), numpy_stream(0, "sharded text")
    words = [a + b for a in "bdgklm" for b in "aeiou"]
    lines = [" ".join(stream.choice(words, stream.integers(3, 40))) for _ in range(300)]
    tokenizer = train_tokenizer(lines, vocabulary=64, min_count=100_000)
    save_tokenizer(tokenizer, folder)
    build_corpus(lines, tokenizer, folder / "corpus")
    return folder


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_divided_undivided_and_one_process_agree_and_go_on_with_each_others_state(made, tmp_path):
    """Same sums in another order: float32 rounding (6e-8), grown by Adam's first steps."""
    options = {
        "size": "tiny", "steps": "8", "batch_tokens": "512", "max_tokens": "32",
        "dropout": "0", "held_out": "0.1",
    }  # fmt: skip
    (tmp_path / "all.py").write_text(ALL)
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    command = [sys.executable, *launch, str(tmp_path / "all.py"), str(made), repr(options)]
    subprocess.run(command, check=True, capture_output=True, timeout=800)
    found = {}
    for name in ("ddp", "fsdp", "ddp fsdp", "fsdp ddp"):
        rows = (made / name / "steps.csv").read_text().splitlines()[1:]
        found[name] = [float(row.split(",")[1]) for row in rows]
        assert len(found[name]) == 8
        assert found[name] == pytest.approx(found["ddp"], rel=1e-5)
    networks = [torch.load(made / name / "network.pt", weights_only=True) for name in found]
    for other in networks[1:]:
        for name, tensor in networks[0].items():
            torch.testing.assert_close(other[name], tensor, rtol=1e-3, atol=1e-4)
