"""Bad input of all kinds to every command: one sentence, exit 2 (`tools/bad_inputs` has them)."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="the corpus guards itself with SIGALRM")


def answered(*arguments, optimised):
    """How many bad inputs were tried; all are answered as promised."""
    flags = ["-O"] if optimised else []
    command = [sys.executable, *flags, "tools/bad_inputs", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    last = re.search(r"(\d[\d,]*) bad inputs, 0 answered otherwise", done.stdout)
    assert last, done.stdout[-2000:]
    return int(last[1])


@pytest.mark.timeout(900)
def test_a_sample_of_bad_inputs_is_answered_in_one_sentence():
    assert answered("--quick", "--every", "35", optimised=True) >= 20


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("optimised", [False, True])
def test_all_bad_inputs_are_answered_in_one_sentence(optimised):
    assert answered(optimised=optimised) >= 400
