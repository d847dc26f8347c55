"""Pre-training in several processes: the numbers of one, also after a loss."""

import subprocess
import sys

import pytest
from small_pretraining import SETTINGS, losses, trainer

TWO = """
import sys
from pathlib import Path
import torch
from priorscope.bert.data.corpus_files import open_corpus
from priorscope.text.tokenizer import load_tokenizer
from priorscope.bert.training.pretrainer import Pretrainer
from priorscope.bert.training.pretraining import Pretraining
from priorscope.bert.training.processes import Processes, joined_processes

def disturbed(self, network, share=Processes.share):
    for parameter in network.parameters():
        parameter.data += self.rank  # as if this machine had computed other first values
    share(self, network)

torch.set_num_threads(1)
Processes.share = disturbed
made, out = Path(sys.argv[1]), Path(sys.argv[2])
settings = Pretraining.from_options(eval(sys.argv[3]))
with joined_processes(torch.device("cpu")) as processes:
    corpus, tokenizer = open_corpus(made / "corpus"), load_tokenizer(made)
    trainer = Pretrainer(settings, corpus, tokenizer, out, torch.device("cpu"), processes)
    trainer.run(lambda evaluation: None)
"""


@pytest.mark.slow
def test_two_processes_give_the_losses_of_one(made, tmp_path):
    """Same sums in another order: float32 rounding (6e-8), grown by Adam's first steps."""
    options = {
        "size": "tiny", "steps": "6", "batch_tokens": "512", "max_tokens": "32",
        "dropout": "0", "held_out": "0.1",
    }  # fmt: skip
    (tmp_path / "two.py").write_text(TWO)
    found = []
    for count in (1, 2):
        out = tmp_path / str(count)
        out.mkdir()
        launch = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={count}"]
        command = [sys.executable, *(launch if count > 1 else [])]
        subprocess.run(
            [*command, str(tmp_path / "two.py"), str(made), str(out), repr(options)],
            check=True,
            capture_output=True,
            timeout=250,
        )
        found.append([float(row.split(",")[1]) for row in losses(out)[1:]])
    assert len(found[0]) == 6
    assert found[0] == pytest.approx(found[1], rel=1e-5)


LOST = """
import os, signal, sys

def killed(self, network, add=Processes.add_gradients, calls=[]):
    calls.append(1)
    first_try = os.environ.get("TORCHELASTIC_RESTART_COUNT") == "0"
    if sys.argv[4] == "lost" and first_try and self.rank == 1 and len(calls) == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    add(self, network)

Processes.add_gradients = killed
Pretrainer.save_every = 0.0  # after every step
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("parallel", ["ddp", "fsdp"])
def test_a_lost_rank_resumes_from_the_last_checkpoint(made, tmp_path, parallel):
    """torchrun starts all ranks again; the losses are bit for bit the undisturbed ones."""
    options = {
        "size": "tiny", "steps": "8", "batch_tokens": "512", "max_tokens": "32",
        "dropout": "0", "held_out": "0.1", "parallel": parallel,
    }  # fmt: skip
    before, _, after = TWO.partition("made, out =")
    (tmp_path / "lost.py").write_text(before + LOST + "made, out =" + after)
    logs = []
    for how in ("undisturbed", "lost"):
        out = tmp_path / how
        out.mkdir()
        launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
        arguments = [str(tmp_path / "lost.py"), str(made), str(out), repr(options), how]
        ended = subprocess.run(
            [sys.executable, *launch, "--max-restarts=1", *arguments],
            capture_output=True,
            text=True,
            timeout=400,
        )
        assert ended.returncode == 0, ended.stderr[-4000:]
        assert ("SIGKILL" in ended.stderr or "-9" in ended.stderr) == (how == "lost")
        logs.append(losses(out))
    assert len(logs[0]) == 1 + 8
    assert logs[0] == logs[1]


def test_what_is_read_ahead_is_the_same(made, tmp_path):
    """As on a GPU, where a thread reads the next batch while one is computed."""
    losses = []
    for reads_ahead in (False, True):
        training = trainer(made, tmp_path / str(reads_ahead))
        training.reads_ahead = reads_ahead
        losses.append([])
        training.run(lambda _: None, lambda _, loss: losses[-1].append(loss))
    assert len(losses[0]) == SETTINGS.steps
    assert losses[0] == losses[1]
