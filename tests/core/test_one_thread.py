import sys
import types

import numpy  # noqa: F401
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from priorscope.core import one_thread


def threads() -> set[int]:
    return {library["num_threads"] for library in threadpool_info()}


def test_libraries_have_one_thread_inside_and_as_many_as_before_afterwards():
    with threadpool_limits(2):
        before = threads()
        assert 2 in before
        with one_thread.one_thread():
            assert threads() == {1}
        assert threads() == before
        with pytest.raises(ZeroDivisionError), one_thread.one_thread():
            _ = 1 / 0
        assert threads() == before


def test_libraries_are_looked_for_again_only_after_an_import(monkeypatch):
    looked = []
    real = one_thread.ThreadpoolController
    monkeypatch.setattr(one_thread, "ThreadpoolController", lambda: looked.append(1) or real())
    monkeypatch.setattr(one_thread, "_found", None)
    for _ in range(3):
        with one_thread.one_thread():
            pass
    assert len(looked) == 1
    monkeypatch.setitem(sys.modules, "a_module_of_this_test", types.ModuleType("a"))
    with one_thread.one_thread():
        pass
    assert len(looked) == 2
