"""Commands in forks of the test's own process, which has imported everything already."""

import contextlib
import json
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from priorscope.cli import main
from priorscope.report import page

SIGNALS = [getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, n)]


def no_page(summary: Any, folder: Path) -> Path:
    """In place of the page, which takes longer than these runs."""
    report = folder / "report.html"
    report.write_text("a page")
    return report


class Fork:
    """`compare digits` in a fork: a start costs milliseconds, where a process costs seconds.

    Its page isn't drawn unless `paged`: what draws it has threads, which forks don't survive.
    `ahead` moves its clock, in seconds.
    """

    def __init__(
        self, out: Path, flags: Sequence[str], *, paged: bool = False, ahead: float = 0.0
    ) -> None:
        self.printed = out.with_name(f"{out.name}-{time.monotonic_ns()}.json")
        self.errors = self.printed.with_suffix(".err")
        before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        self.pid = os.fork()
        if self.pid:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            return
        code = 1
        try:  # a signal before this would let the fork go on as a second session of tests
            os.setsid()
            for number in SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            if not paged:
                page.write_report = no_page
            if ahead:
                now = time.time
                time.time = lambda: now() + ahead
            with (
                self.printed.open("w") as sink,
                self.errors.open("w") as said,
                contextlib.redirect_stdout(sink),
                contextlib.redirect_stderr(said),
            ):
                main(["compare", "digits", *flags, "--workers", "0", "--out", str(out)])
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
        finally:
            os._exit(code)

    def kill_after(self, seconds: float, how: int) -> bool:
        """Kill it after so many seconds; whether it was still at work."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                return False
            time.sleep(0.002)
        with contextlib.suppress(ProcessLookupError):
            alone = os.getpgid(self.pid) != self.pid
            os.kill(self.pid, how) if alone else os.killpg(self.pid, how)
        os.waitpid(self.pid, 0)
        return True

    def finish(self) -> str:
        """What it prints when nobody disturbs it."""
        try:
            code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        except BaseException:
            os.kill(self.pid, signal.SIGKILL)
            raise
        assert code == 0, self.errors.read_text()
        return self.printed.read_text()


@pytest.fixture(scope="session")
def fork(tmp_path_factory: pytest.TempPathFactory) -> type[Fork]:
    """`Fork`, after one comparison in this process, so that forks have all modules."""
    if not hasattr(os, "fork"):
        pytest.skip("forks are Unix's")
    out = tmp_path_factory.mktemp("first") / "out"
    tiny = ["--learners", "linear,mlp:width=8,knn", "--sizes", "40,80", "--structures", "permuted"]
    tiny += ["--repeats", "2", "--steps", "5", "--epochs", "0", "--quiet", "--json"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "write_report", no_page)
        sink = out.with_suffix(".json")
        with (
            sink.open("w") as file,
            contextlib.redirect_stdout(file),
            pytest.raises(SystemExit) as ended,
        ):
            main(["compare", "digits", *tiny, "--workers", "0", "--out", str(out)])
        assert not ended.value.code
        assert json.loads(sink.read_text())["failed"] == []
    return Fork
