"""Under `ulimit -v`: V8, which draws, ends a process that may not have its addresses."""

import pytest

from priorscope.report.page import FiguresWarning, write_report
from priorscope.report.scripts import bundle


def test_the_page_is_written_without_its_figures(summary, tmp_path, monkeypatch):
    bundle()
    monkeypatch.setattr("priorscope.report.figure.address_limit", lambda: 8 * 2**30)
    with pytest.warns(FiguresWarning, match="ulimit -v"):
        path = write_report(summary, tmp_path / "out")
    assert path.is_file()
    assert not (tmp_path / "out" / "figures").exists()
    bundle.cache_clear()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "empty"))
    with pytest.raises(ValueError, match="ulimit -v"):
        bundle()
