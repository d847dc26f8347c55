import time

from priorscope.experiments.progress import watching
from priorscope.runs.progress import Progress


def counts(left):
    """Half of the updates are done, in as many seconds as the other half will take."""
    started = time.monotonic() - left
    return Progress(runs=8, finished=4, updates=100, updated=50, started=started)


def test_a_long_time_is_told_once_and_what_can_be_done_about_it(capsys):
    with watching("training", quiet=False, advise=True) as show:
        show(counts(60))
        assert "This will take" not in capsys.readouterr().err
        show(counts(5000))
        show(counts(5000))
    said = capsys.readouterr().err
    assert said.count("This will take at least 1 h 23 min more.") == 1
    assert "--budget 10m" in said


def test_whoever_gave_a_budget_or_wants_quiet_is_told_nothing(capsys):
    for quiet, advise in ((False, False), (True, True)):
        with watching("training", quiet=quiet, advise=advise) as show:
            show(counts(5000))
        assert "This will take" not in capsys.readouterr().err


def test_lines_say_how_far_and_how_long_still(capsys, monkeypatch):
    monkeypatch.setattr("priorscope.experiments.progress.LINE_EVERY", 0.0)
    with watching("training", quiet=False) as show:
        show(counts(700))
        show(counts(700))  # nothing new
        show(Progress(runs=8, finished=8, updates=100, updated=100, started=time.monotonic() - 900))
    first = "training: 4 of 8 runs, 700 s, about 11 min 40 s left\n"
    assert capsys.readouterr().err == first + "training: 8 of 8 runs, 900 s\n"
