"""A campaign of kills: whenever it happens, no row is lost and the summary is the same.

A comparison runs in a fork of this process, which has imported everything, so that a kill costs a
fraction of a second; `PRIORSCOPE_KILLS` says how many there are (1,000). Kills of workers go to
processes that were started as users start them (`PRIORSCOPE_WORKER_KILLS`, 20).
"""

import contextlib
import hashlib
import json
import math
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from priorscope.cli import main
from priorscope.report import page

TINY = ["--learners", "linear,knn", "--sizes", "40,80", "--structures", "permuted"]
TINY += ["--repeats", "2", "--steps", "20", "--epochs", "0", "--quiet", "--json", "--full-grid"]
KILLS = int(os.environ.get("PRIORSCOPE_KILLS", "1000"))
WORKER_KILLS = int(os.environ.get("PRIORSCOPE_WORKER_KILLS", "20"))
WITH_PAGE = 0.05  # of the series of kills; a page takes longer than all the runs
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks are Unix's")


def no_page(summary, folder):
    return folder / "report.html"


def forked(out: Path, paged: bool) -> int:
    """Start the command in a fork; its summary goes to a file beside `out`. Returns its pid."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()
        if not paged:
            page.write_report = no_page
        printed = out.with_suffix(".json")
        errors = out.with_suffix(".err")
        with (
            printed.open("w") as sink,
            errors.open("a") as said,
            contextlib.redirect_stdout(sink),
            contextlib.redirect_stderr(said),
        ):
            main(["compare", "digits", *TINY, "--workers", "0", "--out", str(out)])
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    finally:
        os._exit(code)


def killed(pid: int, seconds: float, how: int) -> bool:
    """Kill it after so many seconds; whether it was still at work."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return False
        time.sleep(0.002)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, how) if os.getpgid(pid) == pid else os.kill(pid, how)
    os.waitpid(pid, 0)
    return True


def finished(out: Path, paged: bool) -> dict:
    """The summary of a command that nobody disturbs."""
    pid = forked(out, paged)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert code == 0, out.with_suffix(".err").read_text()
    return json.loads(out.with_suffix(".json").read_text())


def without_times(value):
    """Leaves out what was measured with a clock, and where it lies."""
    if isinstance(value, dict):
        left_out = ("reproduce", "report", "cost", "notes")
        kept = {k: v for k, v in value.items() if "seconds" not in k and k not in left_out}
        return {k: without_times(v) for k, v in kept.items()}
    return [without_times(v) for v in value] if isinstance(value, list) else value


def difference(one, other, place="") -> str:
    """Where two summaries differ, beyond rounding: runs that are resumed train in other company."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        parts = [difference(one[k], other[k], f"{place}.{k}") for k in one]
        return next(filter(None, parts), "")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return next(filter(None, (difference(a, b, f"{place}[{k}]") for k, (a, b) in pairs)), "")
    if isinstance(one, float) and isinstance(other, float):
        close = math.isclose(one, other, rel_tol=1e-3, abs_tol=1e-4)
        return "" if close else f"{place}: {one} and {other}"
    return "" if one == other else f"{place}: {one!r} and {other!r}"[:400]


def rows(out: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in out.glob("runs/*.json")}


@pytest.fixture(scope="module", autouse=True)
def _imported(tmp_path_factory):
    """One comparison in this process, so that forks have all modules.

    Without its page: what draws that has threads, which forks don't survive.
    """
    out = tmp_path_factory.mktemp("first") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "write_report", no_page)
        with pytest.raises(SystemExit):
            main(["compare", "digits", *TINY, "--workers", "0", "--out", str(out)])


@pytest.mark.parametrize("kills", [4, pytest.param(KILLS, marks=pytest.mark.slow)])
@pytest.mark.timeout(4 * 3600)
def test_kills_at_random_moments_lose_nothing(tmp_path, kills):
    started = time.monotonic()
    expected = {False: finished(tmp_path / "plain", False)}
    times = {False: time.monotonic() - started}
    stream, done, tried, lost, series = random.Random(kills), 0, 0, 0, 0
    while done < kills and tried < 2 * kills:  # on a busy machine some come when all is done
        paged = kills > 100 and stream.random() < WITH_PAGE
        if paged not in expected:
            started = time.monotonic()
            expected[paged] = finished(tmp_path / "paged", paged)
            times[paged] = time.monotonic() - started
        out, series = tmp_path / f"out{series}", series + 1
        before: dict[str, str] = {}
        for _ in range(min(stream.randint(1, 6), kills - done)):
            seconds = stream.uniform(0, 1.1) * times[paged]
            how = stream.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
            tried, done = tried + 1, done + killed(forked(out, paged), seconds, how)
            now = rows(out)
            lost += sum(now.get(name) != content for name, content in before.items())
            before = now
        summary = finished(out, paged)
        now = rows(out)
        lost += sum(now.get(name) != content for name, content in before.items())
        assert difference(without_times(summary), without_times(expected[paged])) == ""
        assert not [note for note in summary["notes"] if "damaged" in note]
        assert list(out.rglob("*.part")) == []
    assert lost == 0
    assert done >= kills / 2
    print(f"{done} kills in {series} comparisons: 0 rows lost, every summary the same.")


@pytest.mark.slow
@pytest.mark.timeout(4 * 3600)
def test_kills_of_workers_lose_nothing(tmp_path):
    """Of a worker, or of the parent alone, whose workers then end by themselves."""
    psutil = pytest.importorskip("psutil")
    expected = finished(tmp_path / "plain", False)
    stream, done, series = random.Random(1), 0, 0
    command = [sys.executable, "-m", "priorscope", "compare", "digits", *TINY, "--workers", "2"]
    while done < WORKER_KILLS:
        out, series = tmp_path / f"out{series}", series + 1
        process = subprocess.Popen(
            [*command, "--out", str(out)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        family = psutil.Process(process.pid)
        time.sleep(stream.uniform(1, 12))
        children = family.children(recursive=True) if family.is_running() else []
        workers = [c for c in children if c.is_running() and "loky" in " ".join(c.cmdline())]
        victim = stream.choice(workers) if workers and stream.random() < 0.7 else family
        with contextlib.suppress(psutil.NoSuchProcess):
            victim.kill()
            done += 1
        if victim is not family:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=60)
            process.kill()
        process.wait()
        _, alive = psutil.wait_procs(children, timeout=30)
        assert alive == [], "workers outlived their parent"
        summary = finished(out, False)
        assert difference(without_times(summary), without_times(expected)) == ""
        assert list(out.rglob("*.part")) == []
    print(f"{done} kills of workers and parents in {series} comparisons: no orphans, same summary.")
