"""Several processes on one folder: what one does another doesn't, and what one leaves another does.

No clock is compared: a process with a clock two days ahead works with the others.
"""

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from priorscope.cli import main
from priorscope.core.files import this_machine
from priorscope.report import page
from priorscope.runs.crew import Crew, CrewMember, Watch
from priorscope.runs.shard import Shard
from priorscope.runs.status import status
from priorscope.runs.store import Store

TINY = ["--learners", "linear,mlp:width=8", "--sizes", "40,80", "--structures", "permuted"]
TINY += ["--epochs", "0", "--quiet"]
TWO_DAYS = 2 * 24 * 3600.0  # seconds


def start(out, *more, steps=60, workers=0):
    command = [sys.executable, "-m", "priorscope", "compare", "digits", *TINY, "--out", str(out)]
    command += ["--repeats", "3", "--steps", str(steps), "--workers", str(workers)]
    return subprocess.Popen(
        [*command, *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def here(out, *more):
    """The command in this process."""
    few = ["--repeats", "2", "--steps", "20", "--workers", "0", "--out", str(out)]
    main(["compare", "digits", *TINY, *few, *more])


def forked(out, *more, ahead=0.0):
    """The command in a fork, which has imported everything; only who makes the page is told.

    What draws pages has threads, which forks don't survive. ahead: of its clock, in seconds.
    """
    printed = out.with_name(f"{out.name}-{len(more)}-{time.monotonic_ns()}.txt")
    pid = os.fork()
    if pid:
        return pid, printed
    code = 1
    try:
        now = time.time
        time.time = lambda: now() + ahead
        with printed.open("w") as sink, contextlib.redirect_stdout(sink):
            here(out, *more)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    finally:
        os._exit(code)


def only_named(summary, folder):
    (folder / "report.html").write_text("a page")
    return folder / "report.html"


def finished(fork):
    pid, printed = fork
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    return printed.read_text()


def end(process):
    printed, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    return printed


def numbers(out):
    rows = [json.loads(path.read_text()) for path in (out / "runs").glob("*.json")]
    assert {row["status"] for row in rows} == {"done"}
    return {row["digest"]: {p: row[p] for p in ("block", "test") if p in row} for row in rows}


def same(first, second):
    assert first.keys() == second.keys()
    for name, parts in first.items():
        for part, scores in parts.items():
            assert second[name][part] == pytest.approx(scores, rel=1e-5)


def test_the_parts_are_the_whole_once():
    items = list(range(17))
    for count in (1, 2, 5, 20):
        shards = [Shard(index, count) for index in range(1, count + 1)]
        assert sorted(item for shard in shards for item in shard.own(items)) == items
        for shard in shards:
            assert sorted(shard.own(items) + shard.others(items)) == items
    assert Shard.of(" 2/16 ") == Shard(2, 16)


@pytest.mark.parametrize("text", ["0/4", "5/4", "2", "2/", "a/b", "-1/4", "2/16/3", ""])
def test_a_shard_that_makes_no_sense_is_refused(text):
    with pytest.raises(ValueError, match="I/N with I from 1 to N"):
        Shard.of(text)


def member(**changes):
    return dataclasses.replace(CrewMember(machine="00000000", pid=1), **changes)


def test_who_works_is_told_by_changes_and_not_by_clocks(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("priorscope.runs.crew.time.monotonic", lambda: now[0])
    watch = Watch()
    assert watch.works(member(beat=1))
    assert not watch.is_certain(member(beat=1))  # it may have been dead for a week
    now[0] += 50
    assert watch.works(member(beat=2))
    assert watch.is_certain(member(beat=2))
    now[0] += 50
    assert watch.works(member(beat=2))
    now[0] += 11
    assert not watch.works(member(beat=2))
    assert not watch.works(member(beat=3, state="finished"))
    assert watch.works(member(beat=4))


def test_a_dead_process_of_this_machine_is_gone_at_once():
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    watch = Watch()
    assert not watch.works(member(machine=this_machine(), pid=process.pid))
    assert watch.works(member(machine=this_machine(), pid=os.getpid()))


def test_a_process_number_that_another_process_has_now_is_nobody_at_work(tmp_path):
    Store(tmp_path).claim()
    said = tmp_path / "progress" / "dead.json"
    said.parent.mkdir()
    said.write_text(json.dumps(dataclasses.asdict(member(machine=this_machine(), pid=os.getpid()))))
    assert status(tmp_path).state == "running"
    two_minutes_ago = time.time() - 120
    os.utime(said, (two_minutes_ago, two_minutes_ago))
    assert status(tmp_path).state == "stopped"
    assert status(tmp_path).processes == ()


def test_what_a_member_says_is_read_by_others_and_gone_members_are_cleared(tmp_path):
    Store(tmp_path).claim()
    dead = tmp_path / "progress" / "dead.json"
    dead.parent.mkdir()
    gone = dataclasses.asdict(member(machine=this_machine(), pid=2**22 + 1))
    dead.write_text(json.dumps(gone))
    with Crew(tmp_path, Shard(1, 2)) as first:
        assert not dead.exists()
        with Crew(tmp_path, Shard(2, 2)) as second:
            assert [one.shard for one in first.others()] == ["2/2"]
            assert [one.shard for one in second.others()] == ["1/2"]
        assert first.is_last()
    assert not any("running" in path.read_text() for path in dead.parent.iterdir())
    for path in dead.parent.iterdir():
        path.write_text("[" * 10_000)  # nothing that is there can stop a comparison
    with Crew(tmp_path, Shard(1, 2)) as first:
        assert first.others() == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks are Unix's")
def test_two_shards_do_each_run_once_and_the_last_makes_the_report(tmp_path, monkeypatch):
    """One of them has a clock two days ahead."""
    alone, out = tmp_path / "alone", tmp_path / "out"
    monkeypatch.setattr(page, "write_report", only_named)
    with pytest.raises(SystemExit) as ended:
        here(alone)
    assert not ended.value.code
    shards = [forked(out, "--shard", "1/2", ahead=TWO_DAYS), forked(out, "--shard", "2/2")]
    printed = [finished(fork) for fork in shards]
    same(numbers(alone), numbers(out))
    assert (out / "report.html").exists()
    leaving = sum("the last at work makes the report" in text for text in printed)
    assert leaving in (0, 1)
    assert status(out).state == "finished"
    assert not list(out.rglob("*.part"))


@pytest.mark.slow
def test_a_shard_that_dies_is_taken_over_and_a_plain_command_finishes(tmp_path):
    out = tmp_path / "out"
    first, second = (start(out, "--shard", f"{i}/2", steps=3000, workers=1) for i in (1, 2))
    ends = time.monotonic() + 120
    while not list((out / "runs").glob("*.json")) and time.monotonic() < ends:
        time.sleep(0.05)
    while (running := status(out)).planned == 0 and time.monotonic() < ends:
        time.sleep(0.5)
    assert running.state == "running"
    assert running.planned == 24
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    end(second)
    assert len(numbers(out)) == 24
    assert status(out).state == "finished"
    assert status(out).done == 24


@pytest.mark.slow
def test_a_stopped_comparison_says_so(tmp_path):
    out = tmp_path / "out"
    process = start(out, steps=100_000)
    ends = time.monotonic() + 120
    while not list((out / "progress").glob("*.json")) and time.monotonic() < ends:
        time.sleep(0.05)
    assert status(out).state == "running"
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert status(out).state == "stopped"
    assert status(out).processes == ()


def test_the_heartbeat_needs_no_help(tmp_path, monkeypatch):
    """A process that trains in its own thread for minutes is not thought dead."""
    monkeypatch.setattr("priorscope.runs.crew.BEAT", 0.01)
    Store(tmp_path).claim()
    with Crew(tmp_path):
        (path,) = (tmp_path / "progress").iterdir()
        beats = {json.loads(path.read_text())["beat"]}
        ends = time.monotonic() + 20
        while len(beats) < 3 and time.monotonic() < ends:
            beats.add(json.loads(path.read_text())["beat"])
    assert len(beats) >= 3
    assert threading.active_count() == 1 or all(t.name != "progress" for t in threading.enumerate())
