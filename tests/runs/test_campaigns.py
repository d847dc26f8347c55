"""Campaigns of `make test-slow`: many runs, a full disk, folders that can't be written, clocks.

Each prints its figure (`-s` shows it). Shorter ones of the same kinds are in `make test`.
"""

import contextlib
import json
import os
import random
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from priorscope.runs.backends.local import LocalBackend
from priorscope.runs.execute import execute
from priorscope.runs.planner import Question
from priorscope.runs.store import Store
from priorscope.structures.intact import Intact
from priorscope.tasks import Examples
from priorscope.train.recipe import Recipe, parse_learner

RUNS = int(os.environ.get("PRIORSCOPE_RUNS", "2000"))
DISKS = int(os.environ.get("PRIORSCOPE_FULL_DISKS", "20"))
GROWTH = 24.0  # MB: an allocator's own; 2,000 runs that kept their rows' 20 KB would be 40
TINY = ["--learners", "linear,knn", "--sizes", "40,80", "--structures", "permuted"]
TINY += ["--repeats", "2", "--steps", "10", "--epochs", "0", "--quiet", "--json", "--full-grid"]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="limits and modes are Unix's")


def memory() -> float:
    """MB that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def handles() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


def command(*arguments, through=(), **options):
    """`through`: a program that starts it."""
    line = [sys.executable, "-m", "priorscope", "compare", "digits", *TINY, "--workers", "0"]
    return subprocess.run(
        [*through, *line, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=600,
        **options,
    )


def sentence(process):
    """The one line that a refusal is."""
    assert process.returncode == 2, process.stdout + process.stderr
    (line,) = process.stderr.strip().splitlines()
    assert line.startswith("priorscope: ")
    return line


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="/proc is Linux's")
@pytest.mark.parametrize("runs", [60, pytest.param(RUNS, marks=pytest.mark.slow)])
@pytest.mark.timeout(3600)
def test_memory_and_file_handles_stay_as_they_are(tmp_path, runs):
    stream = np.random.default_rng(0)
    x = stream.standard_normal((90, 3)).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.int64)
    store = Store(tmp_path)
    recipe = Recipe(steps=2, epochs=0, batch=8)
    digest = store.save_data(Examples(x[:60], y[:60], x[60:], y[60:], ("a", "b")))
    measured = []
    for part in range(10):  # each with a back end of its own, as each rung of a race has
        question = Question(
            learners=tuple(parse_learner(name, recipe) for name in ("linear", "knn")),
            structures=(Intact(),),
            sizes=(10, 20),
            repeats=runs // 40,
            seed=part,
            tune=1,
            data=digest,
        )
        rows = execute(question.runs(), store, LocalBackend(0))
        assert {row["status"] for row in rows} == {"done"}
        del rows
        measured.append((memory(), handles()))
    early, late = np.array(measured[2:6]), np.array(measured[6:])
    growth = late[:, 0].max() - early[:, 0].max()
    print(f"{runs} runs: memory grew by {growth:.1f} MB, handles {measured[0][1]}, {late[-1, 1]}")
    assert growth < GROWTH
    assert late[:, 1].max() <= early[:, 1].max()


@contextlib.contextmanager
def largest_file(size):
    """Files can't grow beyond so many bytes, as on a full disk or with a quota."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def numbers(value):
    """All of them, in the order in which they stand."""
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return [number for part in parts for number in numbers(part)]
    return [float(value)] if isinstance(value, int | float) else []


def figures(process):
    """What a summary measures; no clock and no place decides it."""
    assert process.returncode == 0, process.stderr
    summary = json.loads(process.stdout)
    return numbers([summary[key] for key in ("curves", "code_length", "strength")])


def same(one, other):
    """But for rounding: runs that are resumed train in other company."""
    np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_disk_that_is_full_at_any_size_is_one_sentence_and_loses_nothing(tmp_path):
    expected = figures(command("--out", tmp_path / "plain"))
    stream, refused = random.Random(0), 0
    for k in range(DISKS):
        out = tmp_path / f"out{k}"
        with largest_file(int(10 ** stream.uniform(1, 6))):
            process = command("--out", out)
        if process.returncode != 0:
            refused += 1
            assert "(File too large)" in sentence(process)
        same(figures(command("--out", out)), expected)
        assert list(out.rglob("*.part")) == []
    print(f"{DISKS} disks, {refused} of them full: one sentence each, and then the same figures")


@pytest.mark.slow
def test_a_folder_without_the_right_to_write_is_one_sentence(tmp_path):
    through = ()
    if os.geteuid() == 0:  # root may write everywhere, unless it gives that right up
        if not shutil.which("setpriv"):
            pytest.skip("root writes everywhere, and setpriv isn't here")
        through = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")
    (tmp_path / "closed").mkdir(mode=0o500)
    done = command("--out", tmp_path / "closed" / "out", through=through)
    assert "Permission denied" in sentence(done)
    assert list((tmp_path / "closed").iterdir()) == []


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("cache", ["a file", "/proc/nothing", "relative/place", "closed"])
def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path, cache):
    place = tmp_path / "cache"
    if cache == "a file":
        place.write_text("")
    elif cache == "closed":
        place.mkdir(mode=0o500)
    else:
        place = Path(cache)
    environment = {**os.environ, "XDG_CACHE_HOME": str(place)}
    del environment["PRIORSCOPE_IMAGE_CACHE"]
    process = command("--out", tmp_path / "out", env=environment, cwd=tmp_path)
    assert process.returncode == 0, process.stderr
    assert "Warning" not in process.stderr


JUMPS = """
import random, sys, time
real, stream = time.time, random.Random(int(sys.argv.pop(1)))
time.time = lambda: real() + stream.choice((-1e9, -3600.0, 0.0, 86400.0, 1e9))
from priorscope.cli import main
main(sys.argv[1:])
"""


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_clocks_that_jump_neither_end_a_comparison_nor_change_it(tmp_path):
    expected = figures(command("--out", tmp_path / "plain"))
    for seed in range(5):
        line = [sys.executable, "-c", JUMPS, str(seed), "compare", "digits", *TINY]
        line += ["--workers", "0", "--budget", "10m", "--out", str(tmp_path / f"out{seed}")]
        done = subprocess.run(line, capture_output=True, text=True, timeout=600)
        same(figures(done), expected)
    print("5 comparisons under a clock that jumps by up to 30 years: the same figures")


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_two_commands_in_one_folder_share_the_work(tmp_path):
    expected = figures(command("--out", tmp_path / "plain"))
    line = [sys.executable, "-m", "priorscope", "compare", "digits", *TINY, "--workers", "0"]
    for k in range(3):
        out = tmp_path / f"out{k}"
        both = [
            subprocess.Popen(
                [*line, "--out", str(out)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(3)
        ]
        for process in both:
            printed, errors = process.communicate(timeout=600)
            done = subprocess.CompletedProcess([], process.returncode, printed, errors)
            same(figures(done), expected)
        assert list(out.rglob("*.part")) == []
    print("9 commands, three at once in each of 3 folders: all ended with the same figures")
