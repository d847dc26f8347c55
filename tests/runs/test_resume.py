"""Killed at any moment and resumed, a comparison says what it says when nobody disturbs it.

A fork of this process is killed after a random time. In the slow campaign (`PRIORSCOPE_KILLS`, 200)
it is a command in a process group of its own: all of it, or the command alone, whose workers then
end by themselves.
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
pytestmark = pytest.mark.skipif(os.name != "posix", reason="process groups are Unix's")


def start(out, workers=0):
    return subprocess.Popen(
        [*COMMAND, "--out", str(out), "--workers", str(workers)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(out):
    process = start(out)
    printed, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    return json.loads(printed)


def disturb(out, seconds, how, workers):
    """Kill the command after so many seconds, unless it is done."""
    process = start(out, workers)
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


def check(undisturbed, again, out):
    assert without_times(compared(again)) == without_times(compared(undisturbed))
    assert list(out.rglob("*.part")) == []
    assert not [note for note in again["notes"] if "damaged" in note]


@pytest.fixture(scope="module")
def forked(fork, tmp_path_factory):
    """The summary of a fork that nobody disturbs, and its seconds."""
    started = time.monotonic()
    summary = json.loads(fork(tmp_path_factory.mktemp("undisturbed") / "out", TINY).finish())
    return summary, time.monotonic() - started


@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(share=st.floats(0.0, 1.0), how=st.sampled_from(["SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"]))
def test_a_killed_comparison_resumes_to_the_same_summary(
    fork, forked, tmp_path_factory, share, how
):
    out = tmp_path_factory.mktemp("killed") / "out"
    fork(out, TINY).kill_after(share * forked[1], getattr(signal, f"SIG{how}"))
    check(forked[0], json.loads(fork(out, TINY).finish()), out)


@pytest.mark.slow
@pytest.mark.timeout(4 * 3600)
def test_a_campaign_of_kills_loses_nothing(tmp_path):
    started = time.monotonic()
    undisturbed = finish(tmp_path / "undisturbed")
    whole = time.monotonic() - started
    stream = random.Random(0)
    kills = int(os.environ.get("PRIORSCOPE_KILLS", "200"))
    done = 0
    while done < kills:
        several = min(stream.randint(1, 4), kills - done)
        plan = [
            (
                stream.uniform(0.1, 1.3) * whole,
                stream.choice(["group", "SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"]),
                stream.choice([0, 2]),
            )
            for _ in range(several)
        ]
        out = tmp_path / f"out{done}"
        for seconds, how, workers in plan:
            disturb(out, seconds, how, workers)
        check(undisturbed, finish(out), out)
        done += several
    print(f"{done} kills, every comparison resumed to the same summary.")
