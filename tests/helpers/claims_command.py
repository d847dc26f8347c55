"""`priorscope claims` as it is typed."""

import pytest

from priorscope.cli import main


def called(capsys, *arguments):
    """Exit code, and what went to stdout and stderr."""
    with pytest.raises(SystemExit) as end:
        main(["claims", *map(str, arguments)])
    captured = capsys.readouterr()
    return end.value.code, captured.out, captured.err
