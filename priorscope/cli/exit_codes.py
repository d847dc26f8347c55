"""Exit codes of every command."""

from enum import IntEnum


class Exit(IntEnum):
    """What the process says when it ends."""

    DONE = 0
    SOME_FAILED = 1
    BAD_INPUT = 2
    BUDGET_ENDED = 3
    INTERRUPTED = 130
