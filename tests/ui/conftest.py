"""A folder of results with a real, tiny comparison; a client with the token; a stand-in process."""

import os
import shutil
import signal
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from priorscope import compare
from priorscope.ui.jobs import Jobs
from priorscope.ui.place import Place

STAND_IN = """
import sys, time
print("priorscope: a sentence of a process that went wrong.", flush=True)
sys.exit(2) if sys.argv[1] == "fail" else time.sleep(600)
"""


def table(path: Path, rows: int = 90, target: str = "label", names=("near", "far")) -> Path:
    """A table whose second column says the class."""
    stream = np.random.default_rng(0)
    x = stream.normal(size=(rows, 2))
    labels = [names[int(value > 0)] for value in x[:, 1]]
    quoted = [f'"{label.replace(chr(34), chr(34) * 2)}"' for label in labels]
    lines = [f"{a:.3f},{b:.3f},{c}" for (a, b), c in zip(x, quoted, strict=True)]
    path.write_text("\n".join([f"first,second,{target}", *lines]) + "\n", encoding="utf-8")
    return path


def no_page(summary, folder):
    """In place of the report, which takes longer than such a comparison."""
    (folder / "report.html").write_text("<p>report</p>", encoding="utf-8")


@pytest.fixture(scope="session")
def compared(tmp_path_factory) -> Path:
    """A folder with one finished comparison, `tiny`."""
    folder = tmp_path_factory.mktemp("results")
    data = table(tmp_path_factory.mktemp("data") / "tiny.csv")
    with patch("priorscope.report.page.write_report", no_page):
        compare(
            data, learners=["linear", "knn"], sizes=[20, 40], repeats=2, full_grid=True,
            structures=["random-labels"], workers=0, steps=40, epochs=2, out=folder / "tiny",
        )  # fmt: skip
    return folder


@pytest.fixture
def place(compared, tmp_path) -> Place:
    """A copy of it to work on."""
    folder = tmp_path / "results"
    shutil.copytree(compared, folder)
    place = Place(folder)
    place.claim()
    return place


@pytest.fixture
def jobs(place, tmp_path, monkeypatch):
    """Jobs whose process is a stand-in: it sleeps, or fails if data are called `fail`."""
    (tmp_path / "stand_in.py").write_text(STAND_IN, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    monkeypatch.setattr(Jobs, "command", lambda self, name, data, settings: ["stand_in", data])
    jobs = Jobs(place)
    yield jobs
    jobs.close()


@pytest.fixture(scope="session")
def make_table():
    """The function that writes a table."""
    return table


@pytest.fixture
def terminate():
    """Processes that a test leaves to itself; ended after it."""
    pids: list[int] = []
    yield pids.append
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
