"""Killed at any moment and resumed, a comparison says what it says when nobody disturbs it.

The command runs in a process group of its own, which is killed after a random time: at once, or
the command alone, whose workers then end by themselves. `PRIORSCOPE_KILLS` says how many kills
the slow campaign makes (200 by default).
"""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TINY = ["--learners", "linear,mlp:width=8", "--sizes", "40,80", "--structures", "permuted"]
TINY += ["--repeats", "2", "--steps", "40", "--epochs", "0", "--quiet", "--json"]
COMMAND = [sys.executable, "-m", "priorscope", "compare", "digits", *TINY]
NO_PAGE = """
import sys
from priorscope.cli import main
from priorscope.report import page
page.write_report = lambda summary, folder: folder / "report.html"
main(sys.argv[1:])
"""  # the page takes longer than these runs
QUICKER = [sys.executable, "-c", NO_PAGE, "compare", "digits", *TINY]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="process groups are Unix's")


def start(out, workers=0, command=QUICKER):
    return subprocess.Popen(
        [*command, "--out", str(out), "--workers", str(workers)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(out, command=QUICKER):
    process = start(out, command=command)
    printed, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    return json.loads(printed)


def disturbed(out, seconds, how, workers, command=QUICKER):
    """Kill the command after so many seconds, unless it is done."""
    process = start(out, workers, command)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        if how == "group":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            os.kill(process.pid, getattr(signal, how))
        process.communicate(timeout=60)


def compared(summary):
    """Without what tells where and how long: numbers to floating-point tolerance."""
    kept = {k: v for k, v in summary.items() if k not in ("reproduce", "report", "cost", "notes")}
    return json.loads(json.dumps(kept), parse_float=lambda text: float(f"{float(text):.4g}"))


def without_times(value):
    """Leaves out what was measured with a clock."""
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if "seconds" not in k}
    return [without_times(v) for v in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    started = time.monotonic()
    summary = finish(tmp_path_factory.mktemp("undisturbed") / "out")
    return summary, time.monotonic() - started


def holds(undisturbed, out, kills, command=QUICKER):
    summary, _ = undisturbed
    for seconds, how, workers in kills:
        disturbed(out, seconds, how, workers, command)
    again = finish(out, command)
    assert without_times(compared(again)) == without_times(compared(summary))
    left = [path for path in out.rglob("*.part")]
    assert left == []
    assert not [note for note in again["notes"] if "damaged" in note]


@pytest.mark.slow  # test_kills does the same in forks, without a start of seconds for each
@settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(share=st.floats(0.2, 1.0), how=st.sampled_from(["group", "SIGTERM", "SIGHUP", "SIGINT"]))
def test_a_killed_comparison_resumes_to_the_same_summary(undisturbed, tmp_path_factory, share, how):
    out = tmp_path_factory.mktemp("killed") / "out"
    holds(undisturbed, out, [(share * undisturbed[1], how, 0)])


@pytest.mark.slow
@pytest.mark.timeout(4 * 3600)
def test_a_campaign_of_kills_loses_nothing(undisturbed, tmp_path):
    stream = random.Random(0)
    kills = int(os.environ.get("PRIORSCOPE_KILLS", "200"))
    done = 0
    while done < kills:
        several = min(stream.randint(1, 4), kills - done)
        plan = [
            (
                stream.uniform(0.1, 1.3) * undisturbed[1],
                stream.choice(["group", "SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"]),
                stream.choice([0, 2]),
            )
            for _ in range(several)
        ]
        holds(undisturbed, tmp_path / f"out{done}", plan, COMMAND)
        done += several
    print(f"{done} kills, every comparison resumed to the same summary.")
