"""`priorscope compare` in this process and in one of its own."""

import contextlib
import io
import os
import subprocess
import sys
from unittest.mock import patch

import pytest

from priorscope.cli import main

COMMAND = [sys.executable, "-m", "priorscope", "compare"]


SMALL = ["--full-grid", "--learners", "linear,mlp:width=8"]
SMALL += ["--structures", "permuted,random-labels"]
SMALL += ["--sizes", "40,80,160", "--repeats", "2", "--steps", "30", "--epochs", "1"]
TINY = ["--learners", "linear", "--structures", "intact", "--sizes", "20,40", "--repeats", "2"]
TINY += ["--steps", "5", "--workers", "0", "--quiet"]

ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "COLUMNS": "100"}


def compare_apart(*arguments, cwd, **options):
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=240,
        env=ENVIRONMENT,
        check=False,
        **options,
    )


def no_page(summary, folder):
    """In place of the page, which takes longer than these comparisons; tests/report draws it."""
    return folder / "report.html"


def without_figures():
    """Pages are written, but not their charts as files, which takes as long as a comparison."""
    return patch("priorscope.report.figure.Figure.save", lambda self, folder: None)


def compare(*arguments, cwd):
    """The same in this process, without a page."""
    out, errors = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(errors),
        patch("priorscope.report.page.write_report", no_page),
        patch.dict(os.environ, {"COLUMNS": "100"}),
        pytest.raises(SystemExit) as ended,
    ):
        main(["compare", *map(str, arguments)])
    code = ended.value.code
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), errors.getvalue())
