import pickle
import time

import pytest

from priorscope.core.deadline import Deadline, DeadlinePassed


def test_before_nothing_happens_and_afterwards_it_raises():
    Deadline(60).check()
    Deadline().check()
    with pytest.raises(DeadlinePassed):
        Deadline(0).check()


def test_it_travels_as_remaining_seconds(monkeypatch):
    """On a host whose clocks are elsewhere as much time is left as where it came from."""
    sent = pickle.dumps(Deadline(100))
    here = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: here() + 1e6)
    assert pickle.loads(sent).remaining == pytest.approx(100, abs=1)


def test_a_clock_that_is_set_does_not_matter(monkeypatch):
    deadline = Deadline(100)
    monkeypatch.setattr(time, "time", lambda: 1e12)
    deadline.check()
    assert deadline.remaining == pytest.approx(100, abs=1)
