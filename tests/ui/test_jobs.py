"""Processes of comparisons: started once, stopped, kept in mind over a server that was killed."""

import dataclasses
import json
import os
import time

import pytest

from priorscope.experiments.settings import Settings
from priorscope.ui.jobs import Jobs, UiJob, flags
from priorscope.ui.library import Library
from priorscope.ui.live import so_far
from priorscope.ui.processes import birth, is_same
from priorscope.ui.watch import Watching


def until(condition, seconds=30.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_the_command_is_that_of_the_shell(place):
    settings = {
        "target": "-a column", "preset": "quick", "budget": "90s", "full_grid": True,
        "learners": ["mlp:width=8,depth=2", "cnn"], "sizes": [20, 40],
    }  # fmt: skip
    command = Jobs(place).command("tiny", "/data/a b.csv", settings)
    assert command[:3] == ["priorscope", "compare", "/data/a b.csv"]
    assert "--target=-a column" in command
    assert "--full-grid" in command
    assert "--learners=mlp:width=8,depth=2 cnn" in command
    assert "--sizes=20,40" in command
    assert "--budget=90s" in command
    assert f"--out={place.folder / 'tiny'}" in command


def test_flags_are_read_back_as_they_were(place):
    from priorscope.cli import build_app
    from priorscope.cli.compare import run

    given = Settings.of(
        target="-x", learners=["mlp:width=8,depth=2", "cnn"], sizes=[20, 40], budget="1h30m",
        structures=["within-patches:4"], full_grid=True, repeats=2, missing=["a b", "-"],
    )  # fmt: skip
    _, bound, _ = build_app().parse_args(["compare", "data.csv", *flags(given)])
    assert bound.arguments["settings"] == given
    assert run is not None


@pytest.mark.parametrize(
    "settings",
    [
        {"include": ["evil.py"]},
        {"learners": ["evil.py:build"]},
        {"learners": ["linear", "EVIL.PY:f"]},
    ],
)
def test_no_code_of_files_is_run(place, settings):
    with pytest.raises(ValueError, match="for the shell"):
        Jobs(place).start("tiny", "digits", settings)
    write_job(place, UiJob(name="tiny", data="digits", settings=settings))
    with pytest.raises(ValueError, match="for the shell"):
        Jobs(place).resume("tiny")


def test_data_are_no_flag(place):
    with pytest.raises(ValueError, match="begins as a flag"):
        Jobs(place).start("tiny", "--include=evil.py", {})


def write_job(place, job):
    text = json.dumps(dataclasses.asdict(job))
    (place.jobs / f"{job.name}.json").write_text(text, encoding="utf-8")


def test_never_two_processes_on_one_folder_and_stop_ends_it(jobs):
    jobs.start("one", "data", {})
    pid = jobs.pid("one")
    assert pid is not None
    with pytest.raises(ValueError, match="already"):
        jobs.start("one", "data", {})
    jobs.start("two", "data", {})
    jobs.stop("one")
    until(lambda: jobs.pid("one") is None)
    assert jobs.pid("two") is not None
    with pytest.raises(LookupError, match="nothing to stop"):
        jobs.stop("one")


def test_a_server_that_was_killed_leaves_processes_that_the_next_one_knows(jobs, place, terminate):
    jobs.start("one", "data", {})
    terminate(jobs.pid("one"))
    after = Jobs(place)  # of a new server
    assert after.pid("one") == jobs.pid("one")
    with pytest.raises(ValueError, match="already"):
        after.resume("one")
    after.stop("one")
    until(lambda: after.pid("one") is None)
    after.resume("one")
    assert after.pid("one") is not None
    after.close()
    assert after.pid("one") is None


def test_another_process_with_the_same_number_is_not_ours(place):
    mine = os.getpid()
    assert is_same(mine, birth(mine))
    assert not is_same(mine, "1")
    assert birth(0) is None
    write_job(place, UiJob(name="one", data="d", pid=mine, began="1"))
    assert Jobs(place).pid("one") is None


@pytest.mark.parametrize(("age", "state"), [(0, "running"), (3600, "stopped")])
def test_a_process_of_a_shell_is_shown_and_never_ended_here(place, age, state):
    """Its number may belong to another process by now: what is silent isn't at work."""
    path = next((place.folder / "tiny" / "progress").glob("*.json"))
    member = json.loads(path.read_text("utf-8")) | {"state": "running", "pid": os.getpid()}
    path.write_text(json.dumps(member), encoding="utf-8")
    os.utime(path, (time.time() - age,) * 2)
    jobs = Jobs(place)
    entry = Library(place, jobs).entry("tiny")
    assert entry.state == state
    assert not entry.stoppable
    assert jobs.pid("tiny") is None
    with pytest.raises(LookupError, match="nothing to stop"):
        jobs.stop("tiny")
    if state == "running":
        with pytest.raises(ValueError, match="already"):
            jobs.start("tiny", "digits", {})


def test_why_a_process_failed_is_told(jobs, place):
    jobs.start("one", "fail", {})
    until(lambda: jobs.pid("one") is None)
    entry = Library(place, jobs).entry("one")
    assert entry.state == "failed"
    assert entry.problem == "a sentence of a process that went wrong."
    assert entry.here


@pytest.mark.parametrize("content", [b"", b"{", b'{"name": 3}', b'{"pid": "x"}'])
def test_a_damaged_record_is_none(place, content):
    (place.jobs / "tiny.json").write_bytes(content)
    jobs = Jobs(place)
    assert jobs.job("tiny") is None
    assert Library(place, jobs).entry("tiny").state == "finished"


def test_a_stopped_comparison_shows_its_runs_so_far(place):
    jobs = Jobs(place)
    library = Library(place, jobs)
    watching = Watching(library, jobs)
    before = watching.stamp("tiny")
    assert watching.stamp("tiny") == before
    (place.folder / "tiny" / "summary.json").unlink()
    for path in (place.folder / "tiny" / "progress").glob("*.json"):
        path.write_text(path.read_text("utf-8").replace("finished", "stopped", 1), "utf-8")
    assert watching.stamp("tiny") != before
    watched = watching.look("tiny")
    assert watched.entry.state == "stopped"
    assert not watched.final
    assert {row["learner"] for row in watched.summary["leaderboard"]} == {"linear", "knn"}
    assert {row["n"] for row in watched.summary["curves"]} == {20, 40}


def row(learner, n, bits, accuracy, recipe=1, kind="intact", tune=1, status="done"):
    run = {
        "text": learner, "size": n, "tune": tune, "structure": {"kind": kind},
        "learner": {"recipe": recipe},
    }  # fmt: skip
    test = {"bits": bits, "accuracy": accuracy, "examples": 10}
    return {"run": run, "status": status, "test": test}


def test_so_far_is_the_mean_of_the_recipe_with_most_runs():
    rows = [
        row("a", 10, 1.0, 0.5), row("a", 10, 2.0, 0.7), row("a", 10, 0.1, 0.9, recipe=2),
        row("a", 20, 1.0, 0.8), row("b", 10, 1.0, 0.65), row("b", 10, 9.0, 0.0, kind="permuted"),
        row("b", 10, 9.0, 0.0, tune=3), row("b", 20, 9.0, 0.0, status="failed"),
    ]  # fmt: skip
    summary = so_far("data", rows)
    means = {(p["learner"], p["n"]): p["accuracy"]["center"] for p in summary["curves"]}
    assert means == pytest.approx({("a", 10): 0.6, ("a", 20): 0.8, ("b", 10): 0.65})
    assert [p["learner"] for p in summary["leaderboard"]] == ["b", "a"]  # at 10, which both reached
    assert [p["size"] for p in summary["leaderboard"]] == [10, 10]
    assert so_far("data", []) is None
