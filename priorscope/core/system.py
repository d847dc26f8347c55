"""What operating systems do differently, in one place: owners of files, cores, other processes."""

import os
import stat
from typing import Any

_QUERY, _STILL_ACTIVE, _DENIED = 0x1000, 259, 5  # of Windows: rights, exit code, error


def is_anothers(facts: os.stat_result) -> bool:
    """Whether a file belongs to another user; False on Windows, where numbers don't say."""
    return hasattr(os, "getuid") and facts.st_uid != os.getuid()


def may_be_anothers(facts: os.stat_result) -> bool:
    """Whether it isn't a plain file of this user that nobody else may write."""
    if not stat.S_ISREG(facts.st_mode):
        return True
    if not hasattr(os, "getuid"):
        return False
    return is_anothers(facts) or bool(facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def available_cores() -> int:
    """Cores that this process may use; all of them where the system doesn't say."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def address_limit() -> int | None:
    """Bytes of addresses that this process may have (`ulimit -v`); None: no limit."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit


def is_running(pid: int) -> bool:
    """Whether this machine has such a process, whoever's it is."""
    if os.name == "nt":  # there signal 0 is Ctrl-C, and would be sent
        import ctypes

        return _runs_on_windows(pid, getattr(ctypes, "windll").kernel32)  # noqa: B009  (no such name elsewhere)
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # somebody else's process
        return True
    return True


def _runs_on_windows(pid: int, kernel: Any) -> bool:
    """kernel: kernel32."""
    import ctypes

    handle = kernel.OpenProcess(_QUERY, False, pid)
    if not handle:
        return kernel.GetLastError() == _DENIED  # somebody else's process
    code = ctypes.c_ulong()
    try:
        told = kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        return not told or code.value == _STILL_ACTIVE
    finally:
        kernel.CloseHandle(handle)
